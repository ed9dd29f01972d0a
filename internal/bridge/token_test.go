package bridge_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

func TestAnInvalidTokenRequestIsRefusedAndUsesUpItsOwnClientsCode(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, c := range map[string]struct {
		form        url.Values
		wantStatus  int
		wantError   string
		codeIsSpent bool
	}{
		"wrong secret":       {url.Values{"client_secret": {"guess"}}, 401, "invalid_client", false},
		"no secret":          {url.Values{"client_secret": {""}}, 401, "invalid_client", false},
		"unknown client":     {url.Values{"client_id": {"unknown"}}, 401, "invalid_client", false},
		"neither is known":   {url.Values{"client_id": {"unknown"}, "client_secret": {""}}, 401, "invalid_client", false},
		"another client":     {url.Values{"client_id": {"other"}, "client_secret": {"other's"}}, 400, "invalid_grant", false},
		"no grant type":      {url.Values{"grant_type": {""}}, 400, "invalid_request", false},
		"password grant":     {url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type", false},
		"repeated parameter": {url.Values{"redirect_uri": {returning, returning}}, 400, "invalid_request", false},
		"wrong redirect":     {url.Values{"redirect_uri": {"https://service.example/with?query=1"}}, 400, "invalid_grant", true},
		"no redirect":        {url.Values{"redirect_uri": {""}}, 400, "invalid_grant", true},
		"wrong verifier":     {url.Values{"code_verifier": {verifier + "x"}}, 400, "invalid_grant", true},
		"no verifier":        {url.Values{"code_verifier": {""}}, 400, "invalid_grant", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code := s.consent(mario)
			c.form.Set("code", code)
			p, answer := s.tokenRequest(c.form)
			if p.status != c.wantStatus || answer["error"] != c.wantError {
				t.Errorf("%d %v", p.status, answer)
			}
			if c.wantStatus == 401 && !strings.HasPrefix(p.header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("WWW-Authenticate %q", p.header.Get("WWW-Authenticate"))
			}
			p, _ = s.tokenRequest(url.Values{"code": {code}})
			if spent := p.status != http.StatusOK; spent != c.codeIsSpent {
				t.Errorf("afterwards a good request gets %d", p.status)
			}
		})
	}
	if p, answer := s.tokenRequest(url.Values{"code": {"made up"}}); p.status != 400 || answer["error"] != "invalid_grant" {
		t.Errorf("unknown code: %d %v", p.status, answer)
	}
	if p, answer := s.tokenRequest(nil); p.status != 400 || answer["error"] != "invalid_request" {
		t.Errorf("no code: %d %v", p.status, answer)
	}
}

func TestTheVerifierMustHaveItsLegalLength(t *testing.T) {
	t.Parallel()
	s := open(t)
	const short = "too-short"
	code := s.consent(mario, "code_challenge", oauth2.S256ChallengeFromVerifier(short))
	if _, answer := s.tokenRequest(url.Values{"code": {code}, "code_verifier": {short}}); answer["error"] != "invalid_grant" {
		t.Errorf("answer %v", answer)
	}
}

func TestBasicAuthenticationIsFormEncodedAndExclusive(t *testing.T) {
	t.Parallel()
	s := open(t)
	basic := func(id, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+password))
	}
	encoded := basic(url.QueryEscape(clientID), url.QueryEscape(secret))
	none := url.Values{"client_id": {""}, "client_secret": {""}}
	for name, c := range map[string]struct {
		header string
		form   url.Values
		want   any
	}{
		"encoded":               {encoded, none, nil},
		"with its client_id":    {encoded, url.Values{"client_secret": {""}}, nil},
		"raw":                   {basic(clientID, secret), none, "invalid_client"},
		"wrong secret":          {basic(url.QueryEscape(clientID), "guess"), none, "invalid_client"},
		"not Basic":             {"Bearer x", none, "invalid_client"},
		"secret twice":          {encoded, nil, "invalid_request"},
		"with another's client": {encoded, url.Values{"client_id": {"other"}, "client_secret": {""}}, "invalid_request"},
	} {
		form := url.Values{"code": {s.consent(mario)}}
		maps.Copy(form, c.form)
		if _, answer := s.tokenRequest(form, "Authorization", c.header); answer["error"] != c.want {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestACodeExpiresAfterOneMinute(t *testing.T) {
	t.Parallel()
	s := open(t)
	early, late := s.consent(mario), s.consent(mario)
	s.clock.advance(50 * time.Second)
	if p, answer := s.tokenRequest(url.Values{"code": {early}}); p.status != http.StatusOK {
		t.Errorf("after 50 s: %v", answer)
	}
	s.clock.advance(10 * time.Second)
	if p, answer := s.tokenRequest(url.Values{"code": {late}}); p.status != 400 || answer["error"] != "invalid_grant" {
		t.Errorf("after a minute: %d %v", p.status, answer)
	}
}

func TestASecondUseOfACodeIsRefusedAndRevokesTheAccessToken(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, wait := range []time.Duration{0, 5 * time.Minute} {
		code := s.consent(mario)
		_, token := s.exchange(code)
		if got := s.userinfoStatus(token.AccessToken); got != http.StatusOK {
			t.Errorf("before: %d", got)
		}
		s.clock.advance(wait)
		if p, answer := s.tokenRequest(url.Values{"code": {code}}); p.status != 400 || answer["error"] != "invalid_grant" {
			t.Errorf("second use: %d %v", p.status, answer)
		}
		if got := s.userinfoStatus(token.AccessToken); got != http.StatusUnauthorized {
			t.Errorf("after %v: %d", wait, got)
		}
	}
}

func TestOfEightExchangesAtOnceOneSucceedsAndItsTokenIsRevoked(t *testing.T) {
	t.Parallel()
	s := open(t)
	code := s.consent(mario)
	tokens := make(chan string, 8)
	for range cap(tokens) {
		go func() {
			var token string
			defer func() { tokens <- token }()
			_, answer := s.tokenRequest(url.Values{"code": {code}})
			token, _ = answer["access_token"].(string)
		}()
	}
	var got []string
	for range cap(tokens) {
		if token := <-tokens; token != "" {
			got = append(got, token)
		}
	}
	if len(got) != 1 {
		t.Fatalf("%d exchanges succeeded", len(got))
	}
	if status := s.userinfoStatus(got[0]); status != http.StatusUnauthorized {
		t.Errorf("its token answers %d", status)
	}
}

func TestAnAccessTokenLastsAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.exchange(s.consent(mario))
	s.clock.advance(15*time.Minute - 10*time.Second)
	if got := s.userinfoStatus(token.AccessToken); got != http.StatusOK {
		t.Errorf("before: %d", got)
	}
	s.clock.advance(10 * time.Second)
	if got := s.userinfoStatus(token.AccessToken); got != http.StatusUnauthorized {
		t.Errorf("after: %d", got)
	}
}

func TestUserinfoRequiresOneValidToken(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, token := s.exchange(s.consent(mario))
	good := token.AccessToken
	for name, c := range map[string]struct {
		p         page
		want      int
		challenge string
	}{
		"none":           {s.get("/userinfo", nil), 401, `Bearer realm="userinfo"`},
		"in the address": {s.get("/userinfo", url.Values{"access_token": {good}}), 401, `Bearer realm="userinfo"`},
		"made up":        {s.post("/userinfo", nil, "Authorization", "Bearer x"), 401, `Bearer realm="userinfo", error="invalid_token"`},
		"as Basic":       {s.post("/userinfo", nil, "Authorization", "Basic "+good), 401, `Bearer realm="userinfo", error="invalid_token"`},
		"in two places": {
			s.post("/userinfo", url.Values{"access_token": {good}}, "Authorization", "Bearer "+good),
			400, `Bearer realm="userinfo", error="invalid_request"`,
		},
		"twice in the form": {
			s.post("/userinfo", url.Values{"access_token": {good, good}}),
			400, `Bearer realm="userinfo", error="invalid_request"`,
		},
		"good": {s.post("/userinfo", nil, "Authorization", "Bearer "+good), 200, ""},
	} {
		if c.p.status != c.want || c.p.header.Get("WWW-Authenticate") != c.challenge {
			t.Errorf("%s: %d %q", name, c.p.status, c.p.header.Get("WWW-Authenticate"))
		}
	}
}
