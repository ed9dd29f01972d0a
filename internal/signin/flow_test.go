package signin_test

import (
	"encoding/hex"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
)

var marioRossi = signin.Identity{FiscalCode: mario, FirstName: "Mario", LastName: "Rossi"}

func TestASignInReturnsToTheRequestedPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		change   func(*signin.Config, *bridge.Config)
		userinfo int
	}{
		{"claims in the ID Token", func(*signin.Config, *bridge.Config) {}, 0},
		{"claims at userinfo only", func(_ *signin.Config, there *bridge.Config) { there.UserinfoOnly = true }, 1},
		{"a new subject at each sign-in", func(_ *signin.Config, there *bridge.Config) { there.SubPerLogin = true }, 0},
		{
			"a new subject, claims at userinfo",
			func(_ *signin.Config, there *bridge.Config) { there.SubPerLogin, there.UserinfoOnly = true, true }, 1,
		},
		{"AgID's names of claims", func(here *signin.Config, _ *bridge.Config) { here.Claims = "agid" }, 0},
		{"OneIdentity's names of claims", func(here *signin.Config, _ *bridge.Config) { here.Claims = "oneidentity" }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, c.change)
			for range 2 {
				back := s.atProvider(s.start(s.browser, "/institutions/7/users?page=2"), "consent")
				id, returnTo, err := s.signin.FinishAttempt(t.Context(), s.browser, back)
				if err != nil || id != marioRossi || returnTo != "/institutions/7/users?page=2" {
					t.Errorf("%+v, %q, %v", id, returnTo, err)
				}
			}
			want := map[string]int{discovery: 1, jwks: 1, token: 2}
			if c.userinfo > 0 {
				want[userinfo] = 2 * c.userinfo
			}
			if diff := cmp.Diff(want, s.requestCounts); diff != "" {
				t.Errorf("asked of the provider (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheRequestAsksForASingleUseAnswerAtTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	s := open(t, func(here *signin.Config, _ *bridge.Config) { here.AuthURL = issuer + "/start?theme=dark" })
	one, two := s.start(s.browser, "/"), s.start(s.browser, "/")
	if got := one.Scheme + "://" + one.Host + one.Path; got != issuer+"/start" || one.Query().Get("theme") != "dark" {
		t.Errorf("it starts at %s", got)
	}
	q := one.Query()
	for name, want := range map[string]string{
		"response_type": "code", "scope": "openid", "client_id": clientID, "redirect_uri": returning,
		"code_challenge_method": "S256", "acr_values": bridge.Level2,
	} {
		if q.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, q.Get(name), want)
		}
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Get(name)) != 43 || q.Get(name) == two.Query().Get(name) {
			t.Errorf("%s = %q, then %q", name, q.Get(name), two.Query().Get(name))
		}
	}
	var rows string
	if err := s.db.Owner.QueryRow(t.Context(), `SELECT string_agg(a::text, ' ') FROM login_attempt a`).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{q.Get("state"), s.browser} {
		if strings.Contains(rows, secret) || strings.Contains(rows, hex.EncodeToString([]byte(secret))) {
			t.Errorf("%s is readable in %s", secret, rows)
		}
	}
}

func TestARefusalCarriesSPIDsNumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, answer := range []string{"19", "20", "21", "22", "23", "25", "server_error"} {
		_, returnTo, err := s.signin.FinishAttempt(t.Context(), s.browser, s.atProvider(s.start(s.browser, "/mine"), answer))
		var no *signin.RefusedError
		if want := strings.TrimSuffix(answer, "server_error"); !errors.As(err, &no) || no.Code != want || returnTo != "/mine" {
			t.Errorf("%s: %v, back to %s", answer, err, returnTo)
		}
	}
	for description, want := range map[string]string{
		"22": "22", "30": "30", "ErrorCode nr25": "25", "ErrorCode nr24": "", "99": "", "": "", "2 of 25": "", "123": "", "25 <script>": "",
	} {
		state := s.start(s.browser, "/").Query().Get("state")
		err := s.finish(s.browser, url.Values{"error": {"access_denied"}, "error_description": {description}, "state": {state}, "iss": {issuer}})
		var no *signin.RefusedError
		if !errors.As(err, &no) || no.Code != want {
			t.Errorf("%q: %v, want code %q", description, err, want)
		}
	}
	if n := s.times(token); n != 0 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
}

func TestAReplyIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	back := s.back()
	if err := s.finish(s.browser, back); err != nil {
		t.Fatal(err)
	}
	for _, browser := range []string{s.browser, signin.NewBrowser(), ""} {
		if err := s.finish(browser, back); !errors.Is(err, signin.ErrAttempt) {
			t.Errorf("replayed: %v", err)
		}
	}
	if n := s.times(token); n != 1 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
	refused := s.atProvider(s.start(s.browser, "/"), "22")
	_ = s.finish(s.browser, refused)
	if err := s.finish(s.browser, refused); !errors.Is(err, signin.ErrAttempt) {
		t.Errorf("a refusal replayed: %v", err)
	}
}

func TestAReplyInAnotherBrowserIsRefusedAndLeavesTheAttemptAlone(t *testing.T) {
	t.Parallel()
	s := open(t)
	other := signin.NewBrowser()
	s.start(other, "/") // the other browser has an attempt of its own
	back := s.back()
	for _, browser := range []string{other, ""} {
		if err := s.finish(browser, back); !errors.Is(err, signin.ErrAttempt) {
			t.Errorf("%v", err)
		}
	}
	if err := s.finish(s.browser, back); err != nil {
		t.Errorf("then in the browser that asked: %v", err)
	}
}

func TestAnotherAttemptsCodeIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	stolen := s.back().Get("code")
	mine := s.back()
	mine.Set("code", stolen)
	if err := s.finish(s.browser, mine); !errors.Is(err, signin.ErrReply) {
		t.Errorf("%v", err)
	}
}

func TestAnAttemptLastsTwentyMinutes(t *testing.T) {
	t.Parallel()
	s := open(t)
	back := s.back()
	s.here.advance(20*time.Minute + time.Second)
	if err := s.finish(s.browser, back); !errors.Is(err, signin.ErrAttempt) {
		t.Errorf("too late: %v", err)
	}
	address := s.start(s.browser, "/")
	s.here.advance(20*time.Minute - time.Second)
	s.there.offset.Store(s.here.offset.Load())
	if err := s.finish(s.browser, s.atProvider(address, "consent")); err != nil {
		t.Errorf("just in time: %v", err)
	}
}

func TestEightRepliesAtOnceMakeOneSignIn(t *testing.T) {
	t.Parallel()
	s := open(t)
	back := s.back()
	results := make(chan error, 8)
	var all sync.WaitGroup
	for range cap(results) {
		all.Go(func() { results <- s.finish(s.browser, back) })
	}
	all.Wait()
	close(results)
	in := 0
	for err := range results {
		if err == nil {
			in++
		} else if !errors.Is(err, signin.ErrAttempt) {
			t.Errorf("%v", err)
		}
	}
	if in != 1 || s.times(token) != 1 {
		t.Errorf("%d sign-ins, %d code exchanges", in, s.times(token))
	}
}

func TestTwoTabsSignInEachInItsOwnWay(t *testing.T) {
	t.Parallel()
	s := open(t)
	first, second := s.start(s.browser, "/first"), s.start(s.browser, "/second")
	for _, tab := range []struct {
		address *url.URL
		want    string
	}{{second, "/second"}, {first, "/first"}} {
		_, returnTo, err := s.signin.FinishAttempt(t.Context(), s.browser, s.atProvider(tab.address, "consent"))
		if err != nil || returnTo != tab.want {
			t.Errorf("%s: %v, back to %s", tab.want, err, returnTo)
		}
	}
}

func TestAMalformedReplyIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, spoil := range map[string]func(url.Values){
		"another issuer": func(v url.Values) { v.Set("iss", "http://elsewhere.example") },
		"a slash more":   func(v url.Values) { v.Set("iss", issuer+"/") },
		"no issuer":      func(v url.Values) { v.Del("iss") },
		"another issuer's error": func(v url.Values) {
			v.Del("code")
			v.Set("error", "access_denied")
			v.Set("iss", "http://elsewhere.example")
		},
		"no issuer of an error": func(v url.Values) { v.Del("code"); v.Set("error", "access_denied"); v.Del("iss") },
		"code twice":            func(v url.Values) { v["code"] = slices.Repeat(v["code"], 2) },
		"state twice":           func(v url.Values) { v.Add("state", "other") },
		"something else twice":  func(v url.Values) { v["x"] = []string{"1", "2"} },
	} {
		back := s.back()
		spoil(back)
		if err := s.finish(s.browser, back); !errors.Is(err, signin.ErrReply) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := s.times(token); n != 0 {
		t.Errorf("the token endpoint was asked %d times", n)
	}
	back := s.back()
	back.Set("state", back.Get("state")+"x")
	if err := s.finish(s.browser, back); !errors.Is(err, signin.ErrAttempt) {
		t.Errorf("another state: %v", err)
	}
}

func TestAProviderMayOmitTheIssuerInReplies(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.change[discovery] = rewrite(func(document map[string]any) { delete(document, "authorization_response_iss_parameter_supported") })
	back := s.back()
	back.Del("iss")
	if err := s.finish(s.browser, back); err != nil {
		t.Errorf("no issuer: %v", err)
	}
	back = s.back()
	back.Set("iss", "http://elsewhere.example")
	if err := s.finish(s.browser, back); !errors.Is(err, signin.ErrReply) {
		t.Errorf("another issuer: %v", err)
	}
}
