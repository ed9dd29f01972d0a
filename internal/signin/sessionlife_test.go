package signin_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/signin"
)

func TestASessionEndsAfterHalfAnHourWithoutARequest(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	if r := p.row(token); !isNear(r.expiry, 30*time.Minute) || !isNear(r.deadline, 9*time.Hour) {
		t.Errorf("it ends at %s, at the latest at %s", r.expiry, r.deadline)
	}
	p.expireSession(token, time.Minute, 0)
	p.wantSignedIn(token, anna)
	if r := p.row(token); !isNear(r.expiry, 30*time.Minute) || !isNear(r.deadline, 9*time.Hour) {
		t.Errorf("used, it ends at %s, at the latest at %s", r.expiry, r.deadline)
	}
	p.expireSession(token, -time.Second, 0)
	p.wantSignedOut(token, signin.Expired)
	p.wantSignedOut(token, signin.Expired)
}

func TestASessionEndsAfterNineHoursHoweverMuchItIsUsed(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	p.expireSession(token, 5*time.Minute, 10*time.Minute)
	p.wantSignedIn(token, anna)
	if r := p.row(token); !r.expiry.Equal(r.deadline) || !isNear(r.deadline, 10*time.Minute) {
		t.Errorf("used ten minutes before its end, it ends at %s, at the latest at %s", r.expiry, r.deadline)
	}
	p.expireSession(token, 20*time.Minute, 25*time.Minute)
	p.wantSignedIn(token, anna)
	if r := p.row(token); !r.expiry.Equal(r.deadline) {
		t.Errorf("it ends at %s, at the latest at %s", r.expiry, r.deadline)
	}
	p.expireSession(token, -time.Second, -time.Second)
	p.wantSignedOut(token, signin.Expired)
}

func TestEachSignInHasNineHoursOfItsOwn(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	p.expireSession(token, 5*time.Minute, 5*time.Minute)
	token = p.signIn(anna, token)
	if r := p.row(token); !isNear(r.deadline, 9*time.Hour) {
		t.Errorf("at the latest at %s", r.deadline)
	}
}

func TestASessionIsntWrittenAtEveryRequest(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	for _, c := range []struct {
		name             string
		expiry, deadline time.Duration
		written          bool
	}{
		{"just signed in", 30 * time.Minute, 9 * time.Hour, false},
		{"used 50 seconds ago", 29*time.Minute + 10*time.Second, 9 * time.Hour, false},
		{"used 70 seconds ago", 28*time.Minute + 50*time.Second, 9 * time.Hour, true},
		{"can't be made longer", 10 * time.Minute, 10 * time.Minute, false},
		{"can't be made much longer", 9*time.Minute + 10*time.Second, 10 * time.Minute, false},
	} {
		p.expireSession(token, c.expiry, c.deadline)
		before := p.row(token).version
		for range 3 {
			p.wantSignedIn(token, anna)
		}
		if got := p.row(token).version != before; got != c.written {
			t.Errorf("%s: written %v, want %v", c.name, got, c.written)
		}
		before = p.row(token).version
		p.wantSignedIn(token, anna)
		if p.row(token).version != before {
			t.Errorf("%s: written again at once", c.name)
		}
	}
}

func TestARequestInFlightDoesntBringASessionBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why signin.EndReason
		end func(p *sessionSite)
	}{
		{signin.SignedOut, func(p *sessionSite) { p.gate <- struct{}{} }},
		{signin.LostPowers, func(p *sessionSite) {
			p.exec(`UPDATE web_session SET revoked_at = now(), revoked_reason = 'lost-powers' WHERE person = $1 AND revoked_at IS NULL`, anna)
		}},
	} {
		t.Run(string(c.why), func(t *testing.T) {
			t.Parallel()
			p := openSessionSite(t, false)
			token := p.signIn(anna, "")
			var all sync.WaitGroup
			defer all.Wait()
			if c.why == signin.SignedOut {
				all.Go(func() { p.visit("/out-at-the-gate", token) })
				p.gate <- struct{}{} // the request has its session and waits at the gate
			}
			p.expireSession(token, 10*time.Minute, 0) // so that a request keeps the session alive

			// Another transaction holds the row: first the end of the session waits for it, then a request that has found the
			// session open.
			holder, err := p.db.Owner.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = holder.Rollback(t.Context()) }()
			if _, err := holder.Exec(t.Context(), `SELECT FROM web_session FOR UPDATE`); err != nil {
				t.Fatal(err)
			}
			all.Go(func() { c.end(p) })
			p.waitForWaiting(1)
			all.Go(func() { p.visit("/", token) })
			p.waitForWaiting(2)
			if err := holder.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			all.Wait()

			p.wantSignedOut(token, c.why)
			if r := p.row(token); !isNear(r.expiry, 10*time.Minute) || r.revoked != string(c.why) {
				t.Errorf("it was written after its end: %+v", r)
			}
		})
	}
}

func TestTheFirstReasonOfASessionsEndStays(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	var all sync.WaitGroup
	all.Go(func() { p.visit("/out-at-the-gate", token) })
	p.gate <- struct{}{}
	p.exec(`UPDATE web_session SET revoked_at = now(), revoked_reason = 'lost-powers' WHERE person = $1`, anna)
	p.gate <- struct{}{}
	all.Wait()
	p.wantSignedOut(token, signin.LostPowers)
}

// waitForWaiting waits until the given number of transactions wait for a lock.
func (p *sessionSite) waitForWaiting(want int) {
	p.t.Helper()
	for until := time.Now().Add(10 * time.Second); ; {
		n := len(p.strings(`SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`))
		if n == want {
			return
		}
		if time.Now().After(until) {
			p.t.Fatalf("%d are waiting, not %d", n, want)
		}
	}
}

func TestSweepRemovesWhatEndedAnHourAgoAndOnlyThat(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	for name, ago := range map[string]string{"old": "61 minutes", "recent": "59 minutes", "live": "-20 minutes"} {
		p.exec(`INSERT INTO web_session (token_hash, data, expiry) VALUES ($1, '{}', now() - $2::interval)`, name, ago)
		p.exec(`INSERT INTO web_session (token_hash, data, expiry, revoked_at, revoked_reason)
			VALUES ($1 || ' revoked', '{}', now() - $2::interval, now(), 'lost-powers')`, name, ago)
		p.exec(`INSERT INTO login_attempt (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
			VALUES (convert_to($1, 'UTF8'), '', '', '', '/', now() - $2::interval)`, name, ago)
	}
	if err := p.sessions.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string][]string{
		`SELECT token_hash FROM web_session`:                         {"live", "live revoked", "recent", "recent revoked"},
		`SELECT convert_from(state_hash, 'UTF8') FROM login_attempt`: {"live", "recent"},
	} {
		if got := p.strings(sql); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
}
