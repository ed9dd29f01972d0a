package bridge_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"areariservata.example/utenti/internal/bridge"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// inside starts a provider that does not listen.
type inside struct {
	site      *site
	transport http.RoundTripper
}

func inMemory(t *testing.T) inside {
	t.Helper()
	s := &site{t: t, issuer: "http://nowhere.example:8080/idp", clock: new(clock)}
	config := goodConfig(s.issuer)
	config.Now = s.clock.now
	provider, err := bridge.New(config)
	if err != nil {
		t.Fatal(err)
	}
	network := transport(func(r *http.Request) (*http.Response, error) {
		t.Errorf("the network was used for %s", r.URL)
		return nil, http.ErrServerClosed
	})
	in := inside{site: s, transport: provider.InProcess(network)}
	if s.rp, err = oidc.NewProvider(in.context(t), s.issuer); err != nil {
		t.Fatal(err)
	}
	s.oauth = oauth2.Config{
		ClientID: clientID, ClientSecret: secret, RedirectURL: returning, Endpoint: s.rp.Endpoint(), Scopes: []string{"openid"},
	}
	return in
}

func (in inside) context(t *testing.T) context.Context {
	t.Helper()
	return oidc.ClientContext(t.Context(), &http.Client{Transport: in.transport})
}

func TestInProcessTheWholeBackChannelNeedsNoNetwork(t *testing.T) {
	t.Parallel()
	in := inMemory(t)
	s, ctx := in.site, in.context(t)
	var code string
	browser := http.Client{Transport: in.transport, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if code = next.URL.Query().Get("code"); code != "" {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := browser.Get(s.issuer + "/authorize?" + s.request("login_hint", mario).Encode())
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	form := response.Request.URL.Query()
	form.Set("answer", "consent")
	if response, err = browser.PostForm(s.issuer+"/login/answer", form); err != nil {
		t.Fatal(err)
	}
	response.Body.Close()

	token, err := s.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := s.rp.Verifier(&oidc.Config{ClientID: clientID}).Verify(ctx, raw)
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.rp.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil || info.Subject != idToken.Subject {
		t.Errorf("userinfo: %v, %v", info, err)
	}
}

func TestInProcessOtherAddressesGoToTheNetwork(t *testing.T) {
	t.Parallel()
	provider, err := bridge.New(goodConfig("http://a.example/idp"))
	if err != nil {
		t.Fatal(err)
	}
	var asked bool
	client := http.Client{Transport: provider.InProcess(transport(func(r *http.Request) (*http.Response, error) {
		asked = true
		return &http.Response{StatusCode: http.StatusTeapot, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
	}))}
	for address, wantNetwork := range map[string]bool{
		"http://a.example/idp/jwks":      false,
		"http://A.example:80/idp/jwks":   false,
		"http://a.example/idpx/jwks":     true,
		"http://a.example/":              true,
		"http://a.example:8080/idp/jwks": true,
		"https://a.example/idp/jwks":     true,
		"http://b.example/idp/jwks":      true,
	} {
		asked = false
		response, err := client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if asked != wantNetwork || (response.StatusCode == http.StatusOK) == wantNetwork {
			t.Errorf("%s: network %v, %d", address, asked, response.StatusCode)
		}
	}
}

func TestInProcessACancelledContextFails(t *testing.T) {
	t.Parallel()
	in := inMemory(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, in.site.issuer+"/jwks", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := in.transport.RoundTrip(r); err == nil {
		response.Body.Close()
		t.Error("answered")
	}
}
