package server_test

import (
	"bufio"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/web"
)

// startCertifiedProvider is a provider that isn't ours: npm's oidc-provider, which is certified. It runs for as long as the test does.
func startCertifiedProvider(t *testing.T, folder, ourURL string) (issuer string) {
	t.Helper()
	node := exec.CommandContext(t.Context(), "node", "server.mjs")
	node.Dir, node.Stderr = folder, t.Output()
	node.Env = append(os.Environ(), "REDIRECT="+ourURL+"/login/callback", "LEAVING="+ourURL+"/logout")
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	alive, err := node.StdinPipe() // it ends when this does, however this test ends
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = alive.Close()
		_ = node.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("the provider doesn't start: %v", lines.Err())
	}
	return lines.Text()
}

// Our sign-in against another provider than our own stand-in, from the link to the list of users and out again.
func TestSignInWithAnotherProvider(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PROVIDERS")
	if folder == "" {
		t.Skip("make providers runs it: it needs Node.js and npm")
	}
	base := open(t)
	i := base.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
	var present http.Handler
	ours := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { present.ServeHTTP(w, r) }))
	t.Cleanup(ours.Close)
	issuer := startCertifiedProvider(t, folder, ours.URL)

	for _, c := range []struct {
		name, client, acr, button string
		ends                      string
	}{
		{"RS256, the person in userinfo, the secret in the header", "RS256", bridge.Level2, "Enter", in},
		{"PS256, the secret in the body", "PS256", bridge.Level2, "Enter", in},
		{"ES256", "ES256", bridge.Level2, "Enter", in},
		{"userinfo as a signed token", "signed userinfo", bridge.Level2, "Enter", in},
		{"no level", "RS256", "", "Enter", level},
		{"a level too low", "RS256", "https://www.spid.gov.it/SpidL1", "Enter", level},
		{"the person leaves", "RS256", bridge.Level2, "Leave", "/login/error/25"},
		{"EdDSA, which we don't take", "EdDSA", bridge.Level2, "Enter", generic},
		{"HS256, which we don't take", "HS256", bridge.Level2, "Enter", generic},
	} {
		t.Run(c.name, func(t *testing.T) { // one after the other: they share the address to come back to
			s := &attackSite{site: &site{Server: ours, t: t, seed: base.seed, log: &logbook{}}}
			provider := signin.New(signin.Config{
				Issuer: issuer, ClientID: c.client, ClientSecret: "a secret of the tests' own: 100%", RedirectURL: ours.URL + "/login/callback",
				Scopes: []string{"openid"}, MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Now: time.Now,
			}, base.db.App)
			present = server.New(server.Config{BaseURL: ours.URL}, base.store, base.service, provider, signin.NewSessions(base.db.App, false),
				slog.New(slog.NewJSONHandler(s.log, nil)), time.Now)
			code := base.seed.FiscalCode("Anna Bianchi").Reveal()
			s.secrets = []string{code}
			b := s.newBrowser(t)
			p := b.follow(b.get("/"), "Entra con SPID o CIE")
			form := p.One("button", c.button).Form()
			form.Action = resolve(t, p, form.Action)
			form.Values.Set("code", code)
			form.Values.Set("acr", c.acr)
			p = b.send(form)
			s.check(t, p, c.ends)
			if c.ends != in {
				return
			}
			if p = b.get(web.UsersURL(i.ID, access.Filter{})); !strings.Contains(p.Text(), "Oto Neri") {
				t.Errorf("at %s, without Oto Neri: %s", p.url, p.Text())
			}
			p = b.press(p, "Esci")
			if p = b.follow(p, "Esci anche dal servizio di identità"); p.status != http.StatusOK || !strings.HasPrefix(p.url.String(), issuer) {
				t.Errorf("out at the provider: %d %s", p.status, p.url)
			}
		})
	}
}
