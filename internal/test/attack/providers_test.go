package attack_test

import (
	"bufio"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// startCertifiedProvider starts npm's oidc-provider, which is certified, for as long as the test runs.
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
		t.Fatalf("the provider does not start: %v", lines.Err())
	}
	return lines.Text()
}

// Signing in with another provider than the bridge, from the link to the list of users and out again.
func TestSignInWithAnotherProvider(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("PROVIDERS")
	if folder == "" {
		t.Skip("make providers runs it: it needs Node.js and npm")
	}
	base := site.Start(t, site.Options{})
	i := base.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
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
		t.Run(c.name, func(t *testing.T) { // one after the other: each starts a provider
			var issuer string
			s := &attackSite{Site: site.Start(t, site.Options{
				Beside: base,
				Issuer: func(s *site.Site) string {
					issuer = startCertifiedProvider(t, folder, s.URL)
					return issuer
				},
				SignIn: func(config *signin.Config) {
					config.ClientID, config.ClientSecret = c.client, "a secret of the tests' own: 100%"
				},
			})}
			code := base.Seed.FiscalCode("Anna Bianchi").Reveal()
			s.secrets = []string{code}
			b := s.NewBrowser(t)
			p := b.Follow(b.Get("/"), htmltest.SignIn)
			form := p.One("button", c.button).Form()
			at, err := p.URL.Parse(form.Action)
			if err != nil {
				t.Fatal(err)
			}
			form.Action = at.String()
			form.Values.Set("code", code)
			form.Values.Set("acr", c.acr)
			p = b.Submit(form)
			s.check(t, p, c.ends)
			if c.ends != in {
				return
			}
			if p = b.Get(web.UsersURL(i.ID, access.Filter{})); !strings.Contains(p.Text(), "Oto Neri") {
				t.Errorf("at %s, without Oto Neri: %s", p.URL, p.Text())
			}
			p = b.Press(p, "Esci")
			if p = b.Follow(p, "Esci anche dal servizio di identità"); p.Status != http.StatusOK || !strings.HasPrefix(p.URL.String(), issuer) {
				t.Errorf("out at the provider: %d %s", p.Status, p.URL)
			}
		})
	}
}
