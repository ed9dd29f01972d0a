package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/a-h/templ"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/cmd/areariservata/demo"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/catalogue"
	"areariservata.example/utenti/internal/datafile"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/pgembed"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web/gallery"
)

// The demo's own provider: below the same address, reached from within the process.
const (
	demoProvider = "/idp"
	demoClient   = "areariservata"
	demoDatabase = "areariservata"
)

// demonstrate runs everything at once, for whoever wants to see it: a PostgreSQL of its own, the stand-in for SPID and
// CIE, invented institutions and people. LISTEN, DATA_DIR and DATABASE_URL (a superuser's) say where; DEMO_CATALOGUE and
// DEMO_DATA (several by commas) name files to show instead of the demo's own.
func demonstrate(ctx context.Context, env map[string]string, log *slog.Logger, stdout io.Writer) error {
	if env["APP_ENV"] == "production" {
		return errors.New("the demo lets anybody in as anybody: it doesn't run with APP_ENV=production")
	}
	listener, err := demoListener(ctx, env["LISTEN"])
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	folder, err := demoFolder(env["DATA_DIR"])
	if err != nil {
		return err
	}
	owner, c, stop, err := demoBackend(ctx, env, folder)
	if err != nil {
		return err
	}
	defer stop()
	identities, err := demoData(ctx, env, owner, c)
	owner.Close()
	if err != nil {
		return err
	}

	c.BaseURL = "http://" + listener.Addr().String()
	c.Issuer, c.ClientID, c.ClientSecret = c.BaseURL+demoProvider, demoClient, demoSecret
	provider, err := bridge.New(bridge.Config{
		Issuer: c.Issuer, Identities: func() []bridge.Identity { return identities },
		Clients: []bridge.Client{{
			ID: c.ClientID, Secret: c.ClientSecret,
			RedirectURIs: []string{c.BaseURL + "/login/callback"}, PostLogoutRedirectURIs: []string{c.BaseURL + "/logout"},
		}},
	})
	if err != nil {
		return err
	}
	relying := c.signin()
	relying.Transport = provider.InProcess(http.DefaultTransport)
	box := &notify.Mailbox{}
	a, err := newApplication(c, relying, box, true, log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.db.Check(ctx); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.site)
	mux.Handle(demoProvider+"/", provider)
	mux.Handle("/_gallery", a.site.Gallery(demoGallery()))
	mux.Handle("GET "+demoMail, a.site.Gallery(mailboxPage(box), nil))
	mux.HandleFunc("GET "+demoLetter, showLetter(box))
	return a.serve(ctx, listener, mux, stdout, "Area Riservata, ambiente dimostrativo: "+c.BaseURL+"\nLettere inviate: "+c.BaseURL+demoMail)
}

// demoGallery is every page in every state.
func demoGallery() (index templ.Component, pages map[string]templ.Component) {
	pages = map[string]templ.Component{}
	for _, p := range gallery.Pages() {
		pages[p.Name] = p.Component
	}
	return gallery.Index(), pages
}

// demoListener takes the address that was asked for, or any free port where the usual one is taken. The stand-in lets
// anybody in as anybody, so it is for this machine only.
func demoListener(ctx context.Context, address string) (net.Listener, error) {
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
	if !loopback(host) {
		return nil, fmt.Errorf("LISTEN: %s: the demo is for this machine only (127.0.0.1)", address)
	}
	return listen(address)
}

func demoFolder(folder string) (string, error) {
	if folder != "" {
		return filepath.Abs(folder)
	}
	return pgembed.DefaultDataDir()
}

// demoData loads the demo's files, or those that are asked for, and gives the identities of the stand-in that belong with them.
func demoData(ctx context.Context, env map[string]string, owner *pgxpool.Pool, c config) ([]bridge.Identity, error) {
	catalogueFile, dataFiles, err := demoFiles(env)
	if err != nil {
		return nil, err
	}
	products, err := catalogue.Read(catalogueFile.name, catalogueFile.content)
	if err != nil {
		return nil, err
	}
	if _, err := store.ImportCatalogue(ctx, owner, products); err != nil {
		return nil, err
	}
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	var all []datafile.Data
	for _, f := range dataFiles {
		d, err := datafile.Read(f.name, f.content)
		if err != nil {
			return nil, err
		}
		if _, err := store.ImportData(ctx, owner, keys, d, now()); err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	var identities []bridge.Identity
	for _, i := range datafile.Identities(all[0].People, products, all...) {
		identities = append(identities, bridge.Identity(i))
	}
	return identities, nil
}

// demoFiles are the catalogue and the data: of the first data file, the people are the stand-in's identities.
func demoFiles(env map[string]string) (file, []file, error) {
	products := []file{{"catalogue.json", demo.Catalogue()}}
	var data []file
	for _, f := range demo.Data() {
		data = append(data, file{f.Name, f.Content})
	}
	var err error
	if name := env["DEMO_CATALOGUE"]; name != "" {
		if products, err = readFiles(name); err != nil {
			return file{}, nil, fmt.Errorf("DEMO_CATALOGUE: %w", err)
		}
	}
	if names := env["DEMO_DATA"]; names != "" {
		if data, err = readFiles(strings.Split(names, ",")...); err != nil {
			return file{}, nil, fmt.Errorf("DEMO_DATA: %w", err)
		}
	}
	return products[0], data, nil
}
