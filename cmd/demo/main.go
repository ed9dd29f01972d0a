// Command demo shows the Users section of the Area Riservata: with its own database, a stand-in for SPID and CIE, and
// invented institutions and people. It is not part of the service's program, which therefore contains no way to sign in
// as any person, enabled or not.
//
//	demo                                the demo
//	demo generate [-users N] [-institutions N] [-largest N] [-seed N]
//	                                    fills an empty, migrated database with invented institutions and people
//	demo identities CATALOGUE FILE...   prints the people of the first data file as cmd/spidbridge reads them
//
// LISTEN, DATA_DIR and DATABASE_URL (a superuser's) are the demo's addresses and folder; DEMO_CATALOGUE and DEMO_DATA
// (several, separated by commas) replace its files. generate connects as areariservata migrate does, with the keys of the
// site.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // Europe/Rome, on machines that have no time zones

	"github.com/a-h/templ"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/demo/identities"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/web/gallery"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], settings(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

const usage = `usage:
  demo
  demo generate [-users N] [-institutions N] [-largest N] [-seed N]
  demo identities CATALOGUE FILE [FILE...]`

// run runs one command. All that it depends on are arguments, so that tests can call it.
func run(ctx context.Context, args []string, env map[string]string, stdout, stderr io.Writer) error {
	switch {
	case len(args) == 0:
		return runDemo(ctx, env, slog.New(slog.NewJSONHandler(stderr, nil)), stdout)
	case args[0] == "generate":
		return generateData(ctx, env, args[1:], stdout, stderr)
	case args[0] == "identities" && len(args) > 2:
		return printIdentities(args[1], args[2:], stdout)
	}
	return errors.New(usage)
}

// settings are the variables of the environment that the demo reads.
func settings() map[string]string {
	env := map[string]string{}
	for _, name := range []string{
		"APP_ENV", "LISTEN", "DATA_DIR", "DATABASE_URL", "DEMO_CATALOGUE", "DEMO_DATA",
		"MANUAL_URL", "ASSISTANCE_URL", "ACCESSIBILITY_DECLARATION_URL", "ACCESSIBILITY_EMAIL", "PRIVACY_EMAIL",
		"MIGRATIONS_DATABASE_URL", "FISCAL_CODE_FIND_KEY", "FISCAL_CODE_SEAL_KEY",
		"MIGRATIONS_DATABASE_URL_FILE", "FISCAL_CODE_FIND_KEY_FILE", "FISCAL_CODE_SEAL_KEY_FILE",
	} {
		env[name] = os.Getenv(name)
	}
	return env
}

// The demo's provider has a path of the same address; the site reaches it within the process.
const (
	providerPath = "/idp"
	clientID     = "areariservata"
	database     = "areariservata"
)

// runDemo runs the demo until the context ends.
func runDemo(ctx context.Context, env map[string]string, log *slog.Logger, stdout io.Writer) error {
	if env["APP_ENV"] == "production" {
		return errors.New("the demo lets any visitor sign in as any person: it does not run with APP_ENV=production")
	}
	l, err := listener(ctx, env["LISTEN"])
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	folder, err := dataFolder(env["DATA_DIR"])
	if err != nil {
		return err
	}
	owner, c, stop, err := backend(ctx, env, folder)
	if err != nil {
		return err
	}
	defer stop()
	offered, err := load(ctx, env, owner, c)
	owner.Close()
	if err != nil {
		return err
	}

	c.BaseURL = "http://" + l.Addr().String()
	c.Issuer, c.ClientID, c.ClientSecret = c.BaseURL+providerPath, clientID, app.DemoSecret
	provider, err := bridge.New(bridge.Config{
		Issuer: c.Issuer, Identities: func() []bridge.Identity { return offered },
		Clients: []bridge.Client{{
			ID: c.ClientID, Secret: c.ClientSecret,
			RedirectURIs: []string{c.BaseURL + "/login/callback"}, PostLogoutRedirectURIs: []string{c.BaseURL + "/logout"},
		}},
	})
	if err != nil {
		return err
	}
	relying := c.SignIn()
	relying.Transport = provider.InProcess(http.DefaultTransport)
	box := &notify.Mailbox{}
	a, err := app.New(c, relying, box, true, log)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Check(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.Site)
	mux.Handle(providerPath+"/", provider)
	mux.Handle("/_gallery", a.Site.Gallery(pages()))
	mux.Handle("GET "+mailPath, a.Site.Gallery(mailboxPage(box), nil))
	mux.HandleFunc("GET "+emailPath, showEmail(box))
	return a.Serve(ctx, l, mux, stdout, "Area Riservata, demo: "+c.BaseURL+"\nE-mails sent: "+c.BaseURL+mailPath)
}

// pages are all pages, in all states.
func pages() (index templ.Component, pages map[string]templ.Component) {
	pages = map[string]templ.Component{}
	for _, p := range gallery.Pages() {
		pages[p.Name] = p.Component
	}
	return gallery.Index(), pages
}

// listener listens on the given address; without one, on port 8080 or any free port. Addresses of other machines are
// refused, because the demo lets any visitor sign in as any person.
func listener(ctx context.Context, address string) (net.Listener, error) {
	listen := func(address string) (net.Listener, error) {
		return (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	}
	if address == "" {
		if l, err := listen("127.0.0.1:8080"); err == nil {
			return l, nil
		}
		return listen("127.0.0.1:0")
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("LISTEN: %w", err)
	}
	if !app.IsLoopback(host) {
		return nil, fmt.Errorf("LISTEN: %s: the demo is for this machine only (127.0.0.1)", address)
	}
	return listen(address)
}

func dataFolder(folder string) (string, error) {
	if folder != "" {
		return filepath.Abs(folder)
	}
	return devpostgres.DefaultDataDir()
}

// load imports the demo's files, or those of the environment, and returns the identities to offer at sign-in.
func load(ctx context.Context, env map[string]string, owner *pgxpool.Pool, c app.Config) ([]bridge.Identity, error) {
	catalogueFile, dataFiles, err := filesOf(env)
	if err != nil {
		return nil, err
	}
	products, err := catalogue.Read(catalogueFile.Name, catalogueFile.Content)
	if err != nil {
		return nil, err
	}
	if _, err := admin.ImportCatalogue(ctx, owner, products); err != nil {
		return nil, err
	}
	keys, err := c.Keys()
	if err != nil {
		return nil, err
	}
	var all []datafile.Data
	for _, f := range dataFiles {
		d, err := datafile.Read(f.Name, f.Content)
		if err != nil {
			return nil, err
		}
		if _, err := admin.ImportData(ctx, owner, keys, d, time.Now()); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	var offered []bridge.Identity
	for _, i := range identities.Of(all[0].People, products, all...) {
		offered = append(offered, bridge.Identity(i))
	}
	return offered, nil
}

// filesOf returns the catalogue and the data files. The people of the first data file are offered at sign-in.
func filesOf(env map[string]string) (products demo.File, data []demo.File, err error) {
	products, data = demo.File{Name: demo.CatalogueName, Content: demo.Catalogue()}, demo.Data()
	if name := env["DEMO_CATALOGUE"]; name != "" {
		if products, err = readFile(name); err != nil {
			return products, nil, fmt.Errorf("DEMO_CATALOGUE: %w", err)
		}
	}
	if names := env["DEMO_DATA"]; names != "" {
		data = nil
		for name := range strings.SplitSeq(names, ",") {
			f, err := readFile(name)
			if err != nil {
				return products, nil, fmt.Errorf("DEMO_DATA: %w", err)
			}
			data = append(data, f)
		}
	}
	return products, data, nil
}

func readFile(name string) (demo.File, error) {
	content, err := os.ReadFile(name)
	return demo.File{Name: name, Content: content}, err
}
