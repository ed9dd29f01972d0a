package browsertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m.Run)) }

const form = `<!doctype html><html lang="it"><title>Aggiungi</title>
<p id="scripts">senza</p><script src="/script.js"></script>
<form method="post" action="/">
<label for="n">Nome</label><input id="n" name="nome" value="vecchio">
<label for="r">Ruolo</label><select id="r" name="ruolo"><option>Scegli</option><option>Operatore</option></select>
<label><input type="checkbox" name="letto"> Ho letto</label>
<div style="height:3000px"></div><button>Salva</button></form>
<button type="button" class="two">Doppio</button><button type="button" class="two">Doppio</button>`

// site serves a form, the values sent, and the number of visits of the browser.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, form) })
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `<!doctype html><title>Fatto</title><h1>%s, %s, %s</h1><a href="/">Indietro</a>`,
			r.PostFormValue("nome"), r.PostFormValue("ruolo"), r.PostFormValue("letto"))
	})
	mux.HandleFunc("GET /script.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, `document.getElementById('scripts').textContent = 'con'`)
	})
	mux.HandleFunc("GET /visits", func(w http.ResponseWriter, r *http.Request) {
		visits := ""
		if c, err := r.Cookie("visits"); err == nil {
			visits = c.Value
		}
		http.SetCookie(w, &http.Cookie{Name: "visits", Value: visits + "I"})
		fmt.Fprintf(w, `<!doctype html><title>Visite</title><p>%sI</p>`, visits)
	})
	mux.HandleFunc("GET /strict", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		fmt.Fprint(w, `<!doctype html><title>Severa</title><p>testo</p><script>document.title = 'Violata'</script>`)
	})
	mux.HandleFunc("GET /error", func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "no", http.StatusForbidden)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestAJourneyThroughAFormWithAndWithoutScripts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		off  bool
		want string
	}{{"with scripts", false, "con"}, {"without", true, "senza"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := Open(t, Options{NoScripts: c.off})
			p.Goto(site(t))
			if got := p.Text("#scripts"); got != c.want {
				t.Errorf("the page is %q scripts", got)
			}
			p.Fill("Nome", "Niccolò D'Amico")
			p.Choose("Ruolo", "Operatore")
			p.Click("checkbox", "Ho letto")
			p.Follow("button", "Salva")
			if got, want := p.Text("h1"), "Niccolò D'Amico, Operatore, on"; got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
			if got := p.Title(); got != "Fatto" {
				t.Errorf("title = %q", got)
			}
			p.Follow("link", "Indietro")
			p.Fill("Nome", "")
			p.Follow("button", "Salva")
			if got, want := p.Text("h1"), ", Scegli,"; got != want {
				t.Errorf("sent %q, want %q", got, want)
			}
			if !p.Has("link", "Indietro") || p.Has("button", "Salva") {
				t.Error("Has is wrong about the page")
			}
		})
	}
}

func TestEachPageHasItsOwnCookies(t *testing.T) {
	t.Parallel()
	address := site(t) + "/visits"
	one, two := Open(t, Options{}), Open(t, Options{})
	one.Goto(address)
	one.Goto(address)
	two.Goto(address)
	if a, b := one.Text("p"), two.Text("p"); a != "II" || b != "I" {
		t.Errorf("visits = %q and %q", a, b)
	}
}

func TestPolicyViolationsAndErrorStatusesAreConsoleErrors(t *testing.T) {
	t.Parallel()
	address := site(t)
	for _, c := range []struct{ path, want string }{{"/strict", "Content Security Policy"}, {"/error", "403"}} {
		p := Open(t, Options{})
		p.Goto(address + c.path)
		waitUntil(t, c.want+" is among the complaints", func() bool {
			return slices.ContainsFunc(p.ConsoleErrors(), func(s string) bool { return strings.Contains(s, c.want) })
		})
	}
	p := Open(t, Options{})
	p.Goto(address + "/strict")
	if got := p.Title(); got != "Severa" {
		t.Errorf("title = %q: the script has run", got)
	}
	if got := Eval[int](p, `Promise.resolve(40 + 2)`); got != 42 {
		t.Errorf("under the policy, Eval returns %d", got)
	}
}

func TestTheWindowHasTheSizeAskedFor(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]int{0: 1280, 320: 320} {
		if got := Eval[int](Open(t, Options{Width: width}), `window.innerWidth`); got != want {
			t.Errorf("width = %d, want %d", got, want)
		}
	}
	p := Open(t, Options{Width: 390, Height: 844})
	p.Goto(site(t))
	if got := Eval[int](p, `window.innerWidth`); got != 390 {
		t.Errorf("width = %d", got)
	}
	path := filepath.Join(t.TempDir(), "page.png")
	p.Screenshot(path)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || picture.Width != 390 || picture.Height < 3000 {
		t.Errorf("picture of %d by %d (%v)", picture.Width, picture.Height, err)
	}
}

// recorder records a failure instead of failing the test, and ends the goroutine as a failing test does.
type recorder struct {
	testing.TB
	message string
}

func (r *recorder) Helper() {}
func (r *recorder) Fatalf(format string, args ...any) {
	r.message = fmt.Sprintf(format, args...)
	panic(r)
}

func TestAFailureReportsTheActionAndTheAddress(t *testing.T) {
	t.Parallel()
	p := Open(t, Options{})
	address := site(t)
	p.Goto(address)
	r := &recorder{TB: t}
	for _, try := range []struct {
		do   func(*Page)
		want string
	}{
		{func(broken *Page) { broken.Click("button", "Doppio") }, `click button "Doppio": there are 2 of them`},
		{func(broken *Page) { broken.Choose("Ruolo", "Re") }, `choose "Re" in "Ruolo": no such option`},
	} {
		func() {
			defer func() { _ = recover() }()
			ctx, cancel := context.WithTimeout(p.ctx, actionTimeout)
			defer cancel()
			try.do(&Page{t: r, ctx: ctx})
		}()
		for _, want := range []string{try.want, address, `"Aggiungi"`} {
			if !strings.Contains(r.message, want) {
				t.Errorf("no %q in: %s", want, r.message)
			}
		}
	}
}

func TestABrowserAskedForByNameIsNotReplacedByAnother(t *testing.T) {
	t.Parallel()
	if _, err := find("/nonexistent/chrome", []string{"sh"}); err == nil || !strings.Contains(err.Error(), "CHROME") {
		t.Errorf("error = %v", err)
	}
	if found, err := find("", []string{"nonexistent-chrome", "sh"}); err != nil || filepath.Base(found.path) != "sh" {
		t.Errorf("found %v (%v)", found, err)
	}
}

func TestTheBrowserFromNPMOpensAPage(t *testing.T) {
	t.Parallel()
	packed, err := packedChromium()
	if errors.Is(err, errNoBrowser) {
		t.Skip("no Chromium from npm here: npm ci --prefix tools")
	}
	if err != nil {
		t.Fatal(err)
	}
	found, err := unpack(packed, "/var/tmp")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end, err := start(found)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end)
	p, err := open(t, ctx, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.Goto(site(t))
	if got := p.Text("#scripts"); got != "con" {
		t.Errorf("the page is %q scripts", got)
	}
}

// waitUntil waits for a condition.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(actionTimeout)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("still not: %s", what)
		case <-again.C:
		}
	}
}
