package bridge_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"areariservata.example/utenti/internal/bridge"
)

const (
	mario = "RSSMRA80A01H501U"
	maria = "RSSMRA75C22H50MA"

	clientID  = "demo client" // the space must be encoded for Basic
	secret    = "segreto: 100% + 1"
	returning = "https://service.example/login/return"
	leaving   = "https://service.example/logout/done"
	verifier  = "abcdefghijklmnopqrstuvwxyz-0123456789.ABCDEFG"
)

// clock is the current time plus an offset that a test sets.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) advance(d time.Duration) { c.ahead.Add(int64(d)) }

// site has a running provider, a browser and a relying party.
type site struct {
	t      *testing.T
	issuer string
	clock  *clock
	oauth  oauth2.Config
	rp     *oidc.Provider
}

func goodConfig(issuer string) bridge.Config {
	return bridge.Config{
		Issuer: issuer,
		Clients: []bridge.Client{
			{
				ID: clientID, Secret: secret, RedirectURIs: []string{returning, "https://service.example/with?query=1"},
				PostLogoutRedirectURIs: []string{leaving},
			},
			{ID: "other", Secret: "other's", RedirectURIs: []string{"https://other.example/"}},
		},
		Identities: func() []bridge.Identity {
			return []bridge.Identity{
				{FiscalCode: mario, FirstName: "Mario", LastName: "Rossi", Note: "Amministratore di SEND, Comune di Prova"},
				{FiscalCode: maria, FirstName: "Maria", LastName: "D'Arco <&>", Note: "Sospesa"},
			}
		},
	}
}

func open(t *testing.T, changes ...func(*bridge.Config)) *site {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	s := &site{t: t, issuer: "http://" + server.Listener.Addr().String() + "/idp", clock: new(clock)}
	config := goodConfig(s.issuer)
	config.Now = s.clock.now
	for _, change := range changes {
		change(&config)
	}
	provider, err := bridge.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = provider
	server.Start()
	t.Cleanup(server.Close)

	if s.rp, err = oidc.NewProvider(t.Context(), s.issuer); err != nil {
		t.Fatal(err)
	}
	s.oauth = oauth2.Config{
		ClientID: clientID, ClientSecret: secret, RedirectURL: returning, Scopes: []string{"openid"}, Endpoint: s.rp.Endpoint(),
	}
	s.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	return s
}

// request returns a valid authorization request's parameters, with changes as pairs; an empty value removes one.
func (s *site) request(changes ...string) url.Values {
	s.t.Helper()
	u, err := url.Parse(s.oauth.AuthCodeURL("the+state/1", oidc.Nonce("the-nonce"), oauth2.S256ChallengeOption(verifier)))
	if err != nil {
		s.t.Fatal(err)
	}
	v := u.Query()
	for i := 0; i < len(changes); i += 2 {
		if v.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			v.Del(changes[i])
		}
	}
	return v
}

// page is what the browser shows: a screen, or the relying party's address after the redirect.
type page struct {
	site   *site
	status int
	body   string
	header http.Header
	at     *url.URL
	back   url.Values // the answer to the relying party; nil on a screen
}

func (s *site) browse(r *http.Request) page {
	s.t.Helper()
	var away *url.URL
	browser := http.Client{CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(next.URL.String(), s.issuer) {
			away = next.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := browser.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	p := page{site: s, status: response.StatusCode, body: string(body), header: response.Header, at: response.Request.URL}
	if away != nil {
		p.at, p.back = away, away.Query()
	}
	return p
}

func (s *site) get(path string, query url.Values) page {
	s.t.Helper()
	address := s.issuer + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.browse(r)
}

func (s *site) post(path string, form url.Values, headers ...string) page {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.issuer+path, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.browse(r)
}

var (
	formShape   = regexp.MustCompile(`(?s)<form[^>]* action="([^"]*)">(.*?)</form>`)
	hiddenShape = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	buttonShape = regexp.MustCompile(`(?s)<button[^>]* name="([^"]*)" value="([^"]*)">(.*?)</button>`)
	tagShape    = regexp.MustCompile(`<[^>]*>`)
)

// press submits the form whose button has the label.
func (p page) press(label string) page {
	p.site.t.Helper()
	for _, form := range formShape.FindAllStringSubmatch(p.body, -1) {
		values := url.Values{}
		for _, hidden := range hiddenShape.FindAllStringSubmatch(form[2], -1) {
			values.Set(html.UnescapeString(hidden[1]), html.UnescapeString(hidden[2]))
		}
		for _, button := range buttonShape.FindAllStringSubmatch(form[2], -1) {
			if strings.Contains(html.UnescapeString(tagShape.ReplaceAllString(button[3], "")), label) {
				values.Set(button[1], html.UnescapeString(button[2]))
				return p.site.post(strings.TrimPrefix(form[1], "/idp"), values)
			}
		}
	}
	p.site.t.Fatalf("no button %q in:\n%s", label, p.body)
	return page{}
}

// consent passes all screens as one person and returns the code.
func (s *site) consent(fiscalCode string, changes ...string) string {
	s.t.Helper()
	end := s.get("/authorize", s.request(changes...)).press("Entra con SPID").press(fiscalCode).press("Acconsenti e accedi")
	if end.back.Get("code") == "" {
		s.t.Fatalf("no code: %v\n%s", end.at, end.body)
	}
	return end.back.Get("code")
}

// exchange runs the relying party's code exchange and returns the verified claims and the access token.
func (s *site) exchange(code string) (map[string]any, *oauth2.Token) {
	s.t.Helper()
	token, err := s.oauth.Exchange(s.t.Context(), code, oauth2.VerifierOption(verifier))
	if err != nil {
		s.t.Fatal(err)
	}
	return s.verify(token), token
}

func (s *site) verify(token *oauth2.Token) map[string]any {
	s.t.Helper()
	raw, _ := token.Extra("id_token").(string)
	idToken, err := s.rp.VerifierContext(s.t.Context(), &oidc.Config{ClientID: clientID, Now: s.clock.now}).Verify(s.t.Context(), raw)
	if err != nil {
		s.t.Fatal(err)
	}
	if idToken.Nonce != "the-nonce" {
		s.t.Errorf("nonce %q", idToken.Nonce)
	}
	if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
		s.t.Error(err)
	}
	claims := map[string]any{}
	if err := idToken.Claims(&claims); err != nil {
		s.t.Fatal(err)
	}
	return claims
}

// tokenRequest posts a valid token request with changes and headers as pairs, and returns status and response.
func (s *site) tokenRequest(form url.Values, headers ...string) (page, map[string]any) {
	s.t.Helper()
	good := url.Values{
		"grant_type": {"authorization_code"}, "redirect_uri": {returning}, "code_verifier": {verifier},
		"client_id": {clientID}, "client_secret": {secret},
	}
	maps.Copy(good, form)
	p := s.post("/token", good, headers...)
	answer := map[string]any{}
	if err := json.Unmarshal([]byte(p.body), &answer); err != nil {
		s.t.Fatalf("%v: %s", err, p.body)
	}
	return p, answer
}

// userinfoStatus requests the attributes with a plain HTTP client.
func (s *site) userinfoStatus(accessToken string) int {
	s.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.issuer+"/userinfo", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+accessToken)
	return s.browse(r).status
}
