package signin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
)

// refuseConnection is a provider that does not answer.
func refuseConnection(*http.Request) error { return errors.New("connection refused") }

func TestAProviderThatIsDownAtFirstIsFoundLater(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.between = refuseConnection
	for range 3 {
		if _, err := s.signin.StartAttempt(t.Context(), s.browser, "/"); !errors.Is(err, signin.ErrUnavailable) {
			t.Errorf("down: %v", err)
		}
	}
	if n := s.times(discovery); n != 1 {
		t.Errorf("asked %d times at once", n)
	}
	s.between = nil
	if _, err := s.signin.StartAttempt(t.Context(), s.browser, "/"); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("so soon after: %v", err)
	}
	s.here.advance(3 * time.Second)
	s.there.advance(3 * time.Second)
	if err := s.signIn(); err != nil {
		t.Errorf("up again: %v", err)
	}
	if n := s.times(discovery); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestAProviderWithInvalidMetadataIsUnavailable(t *testing.T) {
	t.Parallel()
	s := open(t)
	for name, change := range map[string]func(*answer){
		"another issuer": rewrite(set("issuer", issuer+"/")),
		"out of order":   statusOnly(http.StatusBadGateway),
		"not JSON":       func(a *answer) { a.body = []byte("<html>") },
		"half of it":     func(a *answer) { a.body = a.body[:len(a.body)/2] },
	} {
		s.change[discovery] = change
		if _, err := s.signin.StartAttempt(t.Context(), s.browser, "/"); !errors.Is(err, signin.ErrUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		s.here.advance(time.Minute)
	}
	if n := s.times(discovery); n != 4 {
		t.Errorf("asked %d times", n)
	}
}

func TestAProviderThatFailsLaterIsUnavailable(t *testing.T) {
	t.Parallel()
	s := open(t)
	back := s.back()
	s.between = refuseConnection
	_, returnTo, err := s.signin.FinishAttempt(t.Context(), s.browser, back)
	if !errors.Is(err, signin.ErrUnavailable) || returnTo != "/" {
		t.Errorf("down: %v", err)
	}
	s.between = nil
	back = s.back()
	restarted := signin.New(s.config, s.db.App)
	s.between = refuseConnection
	if _, _, err := restarted.FinishAttempt(t.Context(), s.browser, back); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("provider down after a restart of the application: %v", err)
	}
}

func TestTokenEndpointErrorsAreDistinguished(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct {
		status int
		want   error
	}{
		{http.StatusBadRequest, signin.ErrReply},
		{http.StatusUnauthorized, signin.ErrReply},
		{http.StatusInternalServerError, signin.ErrUnavailable},
		{http.StatusServiceUnavailable, signin.ErrUnavailable},
		{http.StatusOK, signin.ErrUnavailable}, // with an empty body
	} {
		s.change[token] = statusOnly(c.status)
		before := s.times(token)
		if err := s.signIn(); !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", c.status, err, c.want)
		}
		if n := s.times(token) - before; n != 1 {
			t.Errorf("%d: the code was sent %d times", c.status, n)
		}
	}
}

func TestTheClientsSecretIsSentAsTheProviderWants(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		methods any
		header  bool
	}{
		"either":   {[]string{"client_secret_post", "client_secret_basic"}, true},
		"body":     {[]string{"client_secret_post"}, false},
		"not said": {nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			s.change[discovery] = rewrite(set("token_endpoint_auth_methods_supported", c.methods))
			s.between = func(r *http.Request) error {
				if r.Method != http.MethodPost {
					return nil
				}
				body, err := r.GetBody()
				if err != nil {
					return err
				}
				text, err := io.ReadAll(body)
				if err != nil {
					return err
				}
				form, err := url.ParseQuery(string(text))
				if header := r.Header.Get("Authorization") != ""; header != c.header || form.Has("client_secret") == c.header {
					t.Errorf("in the header: %v, in the body: %v", header, form.Has("client_secret"))
				}
				return err
			}
			if err := s.signIn(); err != nil || s.times(token) != 1 {
				t.Errorf("%v; the code was sent %d times", err, s.times(token))
			}
		})
	}
}

func TestTheSecretFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	const elsewhere = "http://elsewhere.example/"
	s := open(t)
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		redirected := func(a *answer) { *a = answer{status, http.Header{"Location": {elsewhere}}, nil} }
		s.signin = signin.New(s.config, s.db.App)
		s.change = map[string]func(*answer){discovery: redirected}
		if _, err := s.signin.StartAttempt(t.Context(), s.browser, "/"); !errors.Is(err, signin.ErrUnavailable) {
			t.Errorf("%d from discovery: %v", status, err)
		}
		s.signin = signin.New(s.config, s.db.App)
		s.change = map[string]func(*answer){token: redirected}
		if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
			t.Errorf("%d from the token endpoint: %v", status, err)
		}
	}
	if n := s.times(elsewhere); n != 0 {
		t.Errorf("followed %d times", n)
	}
}

// hang never responds.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestAHangingProviderTimesOutAfterTenSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := signin.New(signin.Config{Issuer: issuer, Now: time.Now, Transport: transport(hang)}, nil)
		began := time.Now()
		_, err := s.StartAttempt(t.Context(), signin.NewBrowser(), "/")
		if took := time.Since(began); !errors.Is(err, signin.ErrUnavailable) || took != 10*time.Second {
			t.Errorf("%v after %s", err, took)
		}
	})
}

func TestACancelledRequestDoesNotWaitForAHangingProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := signin.New(signin.Config{Issuer: issuer, Now: time.Now, Transport: transport(hang)}, nil)
		began := time.Now()
		var others sync.WaitGroup
		others.Go(func() { _, _ = s.StartAttempt(t.Context(), signin.NewBrowser(), "/") })
		defer others.Wait()
		synctest.Wait()
		address := s.EndSession(t.Context(), leaving)
		if took := time.Since(began); address != "" || took != time.Second {
			t.Errorf("%q after %s", address, took)
		}
		left, leave := context.WithCancel(t.Context())
		leave()
		_, err := s.StartAttempt(left, signin.NewBrowser(), "/")
		if !errors.Is(err, signin.ErrUnavailable) || time.Since(began) != time.Second {
			t.Errorf("a browser that left: %v after %s", err, time.Since(began))
		}
	})
}

func TestAllRequestsAfterTheReplyShareADeadline(t *testing.T) {
	t.Parallel()
	s := open(t, func(_ *signin.Config, there *bridge.Config) { there.UserinfoOnly = true })
	until := map[string]time.Time{}
	s.between = func(r *http.Request) error {
		deadline, ok := r.Context().Deadline()
		if left := time.Until(deadline); !ok || left > 10*time.Second {
			t.Errorf("%s may take %s", r.URL.Path, left)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		until[strings.TrimPrefix(r.URL.String(), issuer)] = deadline
		return nil
	}
	if err := s.signIn(); err != nil {
		t.Fatal(err)
	}
	if len(until) != 4 || !until[token].Equal(until[userinfo]) {
		t.Errorf("deadlines: %v", until)
	}
}

func TestAnEndlessAnswerIsCutOff(t *testing.T) {
	t.Parallel()
	read := 0
	s := signin.New(signin.Config{Issuer: issuer, Now: time.Now, Transport: transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(endless{&read}), Header: http.Header{}, Request: r}, nil
	})}, nil)
	if _, err := s.StartAttempt(t.Context(), signin.NewBrowser(), "/"); !errors.Is(err, signin.ErrUnavailable) || read > 2<<20 {
		t.Errorf("%v after %d bytes", err, read)
	}
}

// endless is JSON without an end, up to a limit that stops a reader without one.
type endless struct{ read *int }

func (e endless) Read(b []byte) (int, error) {
	if *e.read += len(b); *e.read > 16<<20 {
		return 0, errors.New("enough")
	}
	for i := range b {
		b[i] = '['
	}
	return len(b), nil
}

func TestTheProvidersOwnSessionIsEndedAtItsAddress(t *testing.T) {
	t.Parallel()
	s := open(t)
	w := httptest.NewRecorder()
	address := s.signin.EndSession(t.Context(), leaving)
	s.provider.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != leaving {
		t.Errorf("%d, on to %q", w.Code, w.Header().Get("Location"))
	}

	s = open(t)
	s.change[discovery] = rewrite(set("end_session_endpoint", issuer+"/leave?policy=1"))
	u, err := url.Parse(s.signin.EndSession(t.Context(), leaving))
	if err != nil || u.Query().Get("policy") != "1" || u.Query().Get("client_id") != clientID {
		t.Errorf("an address with a query becomes %s (%v)", u, err)
	}

	s = open(t)
	s.change[discovery] = rewrite(without("end_session_endpoint"))
	if address := s.signin.EndSession(t.Context(), leaving); address != "" {
		t.Errorf("no address expected: %q", address)
	}

	s = open(t)
	s.between = refuseConnection
	if address := s.signin.EndSession(t.Context(), leaving); address != "" {
		t.Errorf("no address expected from a provider that is down: %q", address)
	}
}
