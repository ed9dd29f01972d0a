package bridge_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/bridge"
)

func TestAFaultyConfigurationIsRefused(t *testing.T) {
	t.Parallel()
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*bridge.Config){
		"production":                 func(c *bridge.Config) { c.Production = true },
		"issuer is missing":          func(c *bridge.Config) { c.Issuer = "" },
		`"/idp"`:                     func(c *bridge.Config) { c.Issuer = "/idp" },
		`"ftp://a.example"`:          func(c *bridge.Config) { c.Issuer = "ftp://a.example" },
		`"http://a.example/"`:        func(c *bridge.Config) { c.Issuer = "http://a.example/" },
		`"http://a.example/idp/"`:    func(c *bridge.Config) { c.Issuer = "http://a.example/idp/" },
		`"http://a.example/{x}"`:     func(c *bridge.Config) { c.Issuer = "http://a.example/{x}" },
		`"http://a.example/a/../b"`:  func(c *bridge.Config) { c.Issuer = "http://a.example/a/../b" },
		`"http://a.example/idp?q=1"`: func(c *bridge.Config) { c.Issuer = "http://a.example/idp?q=1" },
		"no source":                  func(c *bridge.Config) { c.Identities = nil },
		"no client":                  func(c *bridge.Config) { c.Clients = nil },
		"secret":                     func(c *bridge.Config) { c.Clients[0].Secret = "" },
		"twice":                      func(c *bridge.Config) { c.Clients[1].ID = clientID },
		"no redirect address":        func(c *bridge.Config) { c.Clients[0].RedirectURIs = nil },
		`"/return"`:                  func(c *bridge.Config) { c.Clients[0].RedirectURIs = []string{"/return"} },
		"#":                          func(c *bridge.Config) { c.Clients[0].PostLogoutRedirectURIs = []string{"https://a.example/#x"} },
		"1024 bits":                  func(c *bridge.Config) { c.Key = weak },
	} {
		config := goodConfig("http://a.example/idp")
		change(&config)
		if _, err := bridge.New(config); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in: %v", want, err)
		}
	}
	if _, err := bridge.New(goodConfig("http://a.example/idp")); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestDiscoveryListsWhatIsSupportedBelowTheIssuer(t *testing.T) {
	t.Parallel()
	s := open(t)
	var metadata map[string]any
	if err := json.Unmarshal([]byte(s.get("/.well-known/openid-configuration", nil).body), &metadata); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"issuer":                                         s.issuer,
		"end_session_endpoint":                           s.issuer + "/end-session",
		"code_challenge_methods_supported":               "S256",
		"response_types_supported":                       "code",
		"grant_types_supported":                          "authorization_code",
		"authorization_response_iss_parameter_supported": true,
		"request_uri_parameter_supported":                false,
	} {
		got := metadata[name]
		if list, ok := got.([]any); ok && len(list) == 1 {
			got = list[0]
		}
		if got != want {
			t.Errorf("%s: %v, want %v", name, metadata[name], want)
		}
	}
}

func TestTheKeyIsTheConfiguredOneAndOnlyItsPublicHalfIsShown(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	withKey := func(c *bridge.Config) { c.Key = key }
	first, second := open(t, withKey).get("/jwks", nil), open(t, withKey).get("/jwks", nil)
	if first.body != second.body {
		t.Error("the same key is shown in two ways")
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal([]byte(first.body), &set); err != nil || len(set.Keys) != 1 {
		t.Fatalf("%v: %s", err, first.body)
	}
	if _, private := set.Keys[0]["d"]; private || set.Keys[0]["alg"] != "RS256" || set.Keys[0]["kid"] == "" {
		t.Errorf("key %v", set.Keys[0])
	}
}

var inlineHandler = regexp.MustCompile(`<[^>]* on[a-z]+=`)

func TestEveryScreenSaysThatThisIsATestAndNeedsNeitherScriptNorInlineStyle(t *testing.T) {
	t.Parallel()
	s := open(t)
	scheme := s.get("/authorize", s.request())
	list := scheme.press("Entra con SPID")
	for name, p := range map[string]page{
		"scheme": scheme, "list": list, "consent": list.press(maria), "front door": s.get("/", nil),
		"signed out": s.get("/end-session", nil), "fault": s.get("/authorize", nil), "over": s.get("/login/consent", nil),
	} {
		for text, want := range map[string]int{
			`<strong>Ambiente di prova</strong>`: 1, `<html lang="it">`: 1, "<h1>": 1, "<main": 1,
			"<script": 0, "<style": 0, " style=": 0, "<&>": 0,
		} {
			if got := strings.Count(p.body, text); got != want {
				t.Errorf("%s: %q occurs %d times", name, text, got)
			}
		}
		if handler := inlineHandler.FindString(p.body); handler != "" {
			t.Errorf("%s: %q", name, handler)
		}
		for header, want := range map[string]string{
			"Content-Type":            "text/html; charset=utf-8",
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Cache-Control":           "no-store",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "same-origin",
		} {
			if got := p.header.Get(header); got != want {
				t.Errorf("%s: %s: %s", name, header, got)
			}
		}
		if strings.Contains(p.at.String(), maria) {
			t.Errorf("%s: the address shows a fiscal code", name)
		}
	}
	style := s.get("/screen.css", nil)
	if style.status != http.StatusOK || !strings.HasPrefix(style.header.Get("Content-Type"), "text/css") {
		t.Errorf("style: %d %s", style.status, style.header.Get("Content-Type"))
	}
}

func TestAFormOfAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	consent := s.get("/authorize", s.request("login_hint", mario))
	form := url.Values{"request": {consent.at.Query().Get("request")}, "answer": {"consent"}, "scheme": {"SPID"}, "fiscal_code": {maria}}
	for _, path := range []string{"/login/scheme", "/login/identity", "/login/answer"} {
		for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
			if p := s.post(path, form, header...); p.status != http.StatusForbidden {
				t.Errorf("%s with %v: %d", path, header, p.status)
			}
		}
	}
	if end := consent.press("Acconsenti e accedi"); end.back.Get("code") == "" {
		t.Error("the person's own answer no longer works")
	}
}

func TestAMalformedFormIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	attempt := s.get("/authorize", s.request()).at.Query().Get("request")
	for name, p := range map[string]page{
		"unknown scheme": s.post("/login/scheme", url.Values{"request": {attempt}, "scheme": {"eIDAS"}}),
		"unknown answer": s.post("/login/answer", url.Values{"request": {attempt}, "answer": {"24"}}),
		"no attempt":     s.post("/login/scheme", url.Values{"scheme": {"SPID"}}),
		"value twice":    s.post("/login/scheme", url.Values{"request": {attempt}, "scheme": {"SPID", "CIE"}}),
		"far too long":   s.post("/login/scheme", url.Values{"request": {attempt}, "scheme": {"SPID"}, "x": {strings.Repeat("x", 70_000)}}),
	} {
		if p.status != http.StatusBadRequest || p.back != nil {
			t.Errorf("%s: %d", name, p.status)
		}
	}
}

func TestALongListOfPeopleIsCompact(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{30: false, 31: true} {
		s := open(t, func(c *bridge.Config) {
			one := c.Identities()[0]
			people := make([]bridge.Identity, n)
			for i := range people {
				people[i] = one
			}
			c.Identities = func() []bridge.Identity { return people }
		})
		list := s.get("/authorize", s.request()).press("Entra con SPID")
		if got := strings.Contains(list.body, `class="people compact"`); got != want {
			t.Errorf("%d people: compact %v", n, got)
		}
	}
}

func TestWithoutRandomnessNothingIsIssued(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *bridge.Config) { c.Rand = io.LimitReader(strings.NewReader(""), 0) })
	if p := s.get("/authorize", s.request()); p.back.Get("error") != "server_error" {
		t.Errorf("answer %v", p.back)
	}
}
