package bridge_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/bridge"
)

func TestAnInvalidClientOrRedirectAddressIsShownOnAPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, changes := range map[string][]string{
		"no client":               {"client_id", ""},
		"unknown client":          {"client_id", "unknown"},
		"no address":              {"redirect_uri", ""},
		"another client's":        {"redirect_uri", "https://other.example/"},
		"a slash more":            {"redirect_uri", returning + "/"},
		"a query more":            {"redirect_uri", returning + "?a=b"},
		"capitals":                {"redirect_uri", strings.Replace(returning, "service", "Service", 1)},
		"bad address and request": {"redirect_uri", "https://evil.example/", "response_type", "token"},
	} {
		p := s.get("/authorize", s.request(changes...))
		if p.status != http.StatusBadRequest || p.back != nil || !strings.Contains(p.body, "Ambiente di prova") {
			t.Errorf("%s: %d %v", name, p.status, p.at)
		}
	}
	for _, name := range []string{"client_id", "redirect_uri"} {
		v := s.request()
		v.Add(name, v.Get(name))
		if p := s.get("/authorize", v); p.status != http.StatusBadRequest || p.back != nil {
			t.Errorf("%s twice: %d %v", name, p.status, p.at)
		}
	}
}

func TestAnInvalidRequestIsReturnedWithStateAndIssuer(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"no response type":           {[]string{"response_type", ""}, "invalid_request"},
		"implicit":                   {[]string{"response_type", "id_token"}, "unsupported_response_type"},
		"hybrid":                     {[]string{"response_type", "code id_token"}, "unsupported_response_type"},
		"form_post":                  {[]string{"response_mode", "form_post"}, "invalid_request"},
		"no scope":                   {[]string{"scope", ""}, "invalid_scope"},
		"scope without openid":       {[]string{"scope", "profile openid2"}, "invalid_scope"},
		"no challenge":               {[]string{"code_challenge", ""}, "invalid_request"},
		"plain":                      {[]string{"code_challenge_method", "plain"}, "invalid_request"},
		"plain by default":           {[]string{"code_challenge_method", ""}, "invalid_request"},
		"a challenge too short":      {[]string{"code_challenge", "abc"}, "invalid_request"},
		"a challenge not in base64":  {[]string{"code_challenge", strings.Repeat("+", 43)}, "invalid_request"},
		"prompt none":                {[]string{"prompt", "none"}, "login_required"},
		"prompt none with others":    {[]string{"prompt", "none login"}, "invalid_request"},
		"request object":             {[]string{"request", "e30.e30."}, "request_not_supported"},
		"request object elsewhere":   {[]string{"request_uri", "https://service.example/r"}, "request_uri_not_supported"},
		"registration along the way": {[]string{"registration", "{}"}, "registration_not_supported"},
	} {
		p := s.get("/authorize", s.request(c.changes...))
		if p.back.Get("error") != c.want || p.back.Get("state") != "the+state/1" || p.back.Get("iss") != s.issuer {
			t.Errorf("%s: %d %v, want %s", name, p.status, p.back, c.want)
		}
	}
	for _, name := range []string{"scope", "nonce", "code_challenge", "prompt"} {
		v := s.request("prompt", "login")
		v.Add(name, v.Get(name))
		if p := s.get("/authorize", v); p.back.Get("error") != "invalid_request" || p.back.Get("state") == "" {
			t.Errorf("%s twice: %v", name, p.back)
		}
	}
	v := s.request()
	v.Add("state", "another")
	if p := s.get("/authorize", v); p.back.Get("error") != "invalid_request" || p.back.Has("state") || p.back.Get("iss") != s.issuer {
		t.Errorf("state twice: %v", p.back)
	}
}

func TestAWideScopeAndAPromptAreAccepted(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.consent(mario, "scope", "openid profile", "prompt", "consent login", "acr_values", bridge.Level2)
	if _, answer := s.tokenRequest(url.Values{"code": {code}}); answer["scope"] != "openid" {
		t.Errorf("scope %v", answer["scope"])
	}
}

func TestSigningOutReturnsOnlyToRegisteredAddresses(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.exchange(s.consent(mario))
	hint, _ := token.Extra("id_token").(string)
	s.clock.advance(time.Hour)
	for name, c := range map[string]struct {
		v      url.Values
		status int
		back   url.Values
	}{
		"no address": {nil, 200, nil},
		"client and address": {
			url.Values{"client_id": {clientID}, "post_logout_redirect_uri": {leaving}, "state": {"s&1"}},
			303,
			url.Values{"state": {"s&1"}},
		},
		"hint and address":  {url.Values{"id_token_hint": {hint}, "post_logout_redirect_uri": {leaving}}, 303, url.Values{}},
		"address alone":     {url.Values{"post_logout_redirect_uri": {leaving}}, 400, nil},
		"sign-in's address": {url.Values{"client_id": {clientID}, "post_logout_redirect_uri": {returning}}, 400, nil},
		"another client":    {url.Values{"client_id": {"other"}, "post_logout_redirect_uri": {leaving}}, 400, nil},
		"hint of another":   {url.Values{"client_id": {"other"}, "id_token_hint": {hint}}, 400, nil},
		"hint made up":      {url.Values{"id_token_hint": {hint[:len(hint)-8] + "AAAAAAAA"}}, 400, nil},
		"hint unreadable":   {url.Values{"id_token_hint": {"x"}}, 400, nil},
		"address twice":     {url.Values{"client_id": {clientID}, "post_logout_redirect_uri": {leaving, leaving}}, 400, nil},
	} {
		for _, p := range []page{s.get("/end-session", c.v), s.post("/end-session", c.v)} {
			if diff := cmp.Diff(c.back, p.back); p.status != c.status || diff != "" {
				t.Errorf("%s: %d %s", name, p.status, diff)
			}
		}
	}
}

func TestTooManyAttemptsAreRefusedUntilTheOldOnesLapse(t *testing.T) {
	t.Parallel()
	provider := inMemory(t)
	s := provider.site
	client := http.Client{
		Transport:     provider.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ask := func() *url.URL {
		response, err := client.Get(s.issuer + "/authorize?" + s.request().Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		location, err := response.Location()
		if err != nil {
			t.Fatal(err)
		}
		return location
	}
	const wanted = "/idp/login/scheme"
	for i := range 9_999 {
		if at := ask(); at.Path != wanted {
			t.Fatalf("attempt %d: %s", i, at)
		}
	}
	s.clock.advance(14*time.Minute + 50*time.Second)
	if at := ask(); at.Path != wanted {
		t.Errorf("the last that has room: %s", at)
	}
	if at := ask(); at.Query().Get("error") != "temporarily_unavailable" || at.Query().Get("state") == "" {
		t.Errorf("one too many: %s", at)
	}
	s.clock.advance(20 * time.Second)
	if at := ask(); at.Path != wanted {
		t.Errorf("after they lapsed: %s", at)
	}
}
