package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Main(func() int { return pgtest.Main(m) })) }

// startDemo runs the demo as the program does, and returns its address; stop ends it and waits.
func startDemo(t *testing.T, folder string) (address string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := runDemo(ctx, map[string]string{"LISTEN": "127.0.0.1:0", "DATA_DIR": folder}, slog.New(slog.DiscardHandler), in)
		_ = in.CloseWithError(io.ErrUnexpectedEOF)
		done <- err
	}()
	var output strings.Builder
	buffer := make([]byte, 1024)
	for !strings.Contains(output.String(), "\n") {
		n, err := out.Read(buffer)
		if err != nil {
			cancel()
			t.Fatalf("the demo does not start: %v, %v", err, <-done)
		}
		output.Write(buffer[:n])
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return output.String()[strings.Index(output.String(), "http"):strings.Index(output.String(), "\n")], func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the demo ends with %v", err)
		}
	}
}

// One command starts a working site, twice in a row on the same data, and changes persist. If PICTURES names a folder, the
// test takes the pictures of README.md.
func TestTheDemoRunsTwiceInARow(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL and a browser, which -short leaves out")
	}
	t.Parallel()
	folder, err := os.MkdirTemp("", "demo") // the database's user cannot enter t.TempDir's folders
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil { // the database's user must be able to enter
		t.Fatal(err)
	}
	picture := func(p *browsertest.Page, name string) {
		if folder := os.Getenv("PICTURES"); folder != "" {
			p.Screenshot(filepath.Join(folder, name))
		}
	}

	start := time.Now()
	address, stop := startDemo(t, folder)
	t.Logf("cold start: %s", time.Since(start).Round(time.Millisecond))
	p := browsertest.Open(t, browsertest.Options{Width: 1280, Height: 800})
	enter(p, address)
	p.ClickCSS(`nav a[href$="/users"]`)
	p.Text("table.users")
	p.ClickCSS("nav.tabs li:nth-child(3) a")
	p.Text("nav.tabs li:nth-child(3) a[aria-current]")
	picture(p, "list.png")
	p.Click("checkbox", "Seleziona Lucia De Santis")
	p.Click("checkbox", "Seleziona Luca Ricci")
	p.Follow("button", htmltest.Suspend)
	picture(p, "bulk.png")
	p.Follow("link", htmltest.Cancel)
	p.Resize(360, 740)
	picture(p, "phone.png")
	p.Resize(1280, 800)
	p.ClickCSS(`nav a[href$="/groups"]`)
	p.Text("h1")
	picture(p, "groups.png")
	p.ClickCSS(`nav a[href$="/users"]`)
	p.ClickCSS("nav.tabs li:nth-child(3) a")
	p.Text("nav.tabs li:nth-child(3) a[aria-current]")
	p.Follow("link", "De Santis Lucia")
	profile := strings.TrimPrefix(p.URL(), address)
	picture(p, "profile.png")
	p.Click("link", htmltest.Suspend+" Operatore API di Lucia De Santis")
	p.Text("dialog[open] h1")
	picture(p, "dialog.png")
	p.Follow("button", htmltest.Suspend)
	picture(p, "outcome.png")
	for limit := time.Now().Add(20 * time.Second); len(p.Texts("main article h2")) == 0 && time.Now().Before(limit); {
		p.Goto(address + mailPath) // the worker polls the queue every second
	}
	picture(p, "email.png")
	if got := p.Texts("main article h2"); len(got) != 1 || !strings.HasSuffix(got[0], ": un tuo ruolo è stato sospeso") {
		t.Errorf("e-mails that the demo sent: %q", got)
	}
	stop()

	start = time.Now()
	address, stop = startDemo(t, folder)
	t.Logf("warm start: %s", time.Since(start).Round(time.Millisecond))
	p.Goto(address + profile) // the session persists too
	if !p.Has("link", htmltest.Reactivate+" Operatore API di Lucia De Santis") {
		t.Error("a change of before the restart is lost")
	}
	stop()
}

// enter signs in as the first identity, an Administrator of several products.
func enter(p *browsertest.Page, address string) {
	p.Goto(address)
	p.Follow("link", htmltest.SignIn)
	p.Follow("button", "Entra con SPID")
	p.ClickCSS("main form button")
	p.Text("details")
	p.Follow("button", "Acconsenti e accedi")
}

func TestTheDemoRefusesProductionAndOtherMachines(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"production":         {"APP_ENV": "production"},
		"every address":      {"LISTEN": "0.0.0.0:0"},
		"every IPv6 address": {"LISTEN": "[::]:0"},
		"a name":             {"LISTEN": "demo.example.it:80"},
		"no port":            {"LISTEN": "127.0.0.1"},
	} {
		if err := runDemo(t.Context(), env, slog.New(slog.DiscardHandler), io.Discard); err == nil {
			t.Errorf("%s: it ran", name)
		}
	}
}
