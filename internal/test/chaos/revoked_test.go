package chaos_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
)

// After the response to a suspension or a removal no request with that power succeeds on any replica. Requests in
// flight took effect before, and the log's replay proves it.
func TestARevokedPowerEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{replicas: 2}).start()
	v := newRevocation(t, s, newRand(t))
	tried, breaches := v.run(t, repetitions(t, 500, 10_000))
	t.Logf("%d requests after the revocation, %d of them succeeded; %d before it", tried, breaches, v.allowedCount.Load())
	if breaches > 0 {
		t.Errorf("%d requests succeeded after their power was revoked", breaches)
	}
	s.checkConsistency(t)
}

// revocation is an Administrator who repeatedly takes away powers that two others are using.
type revocation struct {
	site        *deployment
	rng         *rand.Rand
	institution *seed.Institution
	anna        *browser
	users       []revokedUser
	oto         access.UserID

	allowedCount atomic.Int64 // requests that succeeded before the revocation
}

type revokedUser struct {
	name         string
	id           access.UserID
	browser      *browser
	keepsSession bool // the session continues, because they have another power
}

const requestsPerRevocation = 250 // requests after each revocation

func newRevocation(t *testing.T, s *deployment, r *rand.Rand) *revocation {
	t.Helper()
	v := &revocation{site: s, rng: r, institution: s.seed.Institution("Qui", "PA").Product("prod-interop", "prod-pn")}
	v.institution.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	v.oto = v.institution.User("Oto Neri", "prod-interop/api")
	elsewhere := s.seed.Institution("Altrove", "PA").Product("prod-pn")
	elsewhere.Admin("Anna Bianchi", "prod-pn")
	for _, name := range []string{"Ivo Verdi", "Eva Viola"} {
		id := v.institution.User(name, "prod-interop/admin", "prod-pn/operator suspended")
		if name == "Eva Viola" {
			elsewhere.Operator(name, "prod-pn", "operator")
		}
		v.users = append(v.users, revokedUser{name: name, id: id, browser: s.signInAs(t, name), keepsSession: name == "Eva Viola"})
	}
	v.anna = s.signInAs(t, "Anna Bianchi")
	return v
}

// run continues until that many requests were sent without the power.
func (v *revocation) run(t *testing.T, total int) (tried, breaches int64) {
	t.Helper()
	for n := 0; tried < int64(total); n++ {
		who, action := v.users[n%2], []string{"suspend", "remove"}[(n+n/2)%2]
		more, through := v.revokeOnce(t, who, action)
		tried, breaches = tried+more, breaches+through
		if action == "suspend" {
			v.changeRole(t, who, "reactivate")
		} else {
			v.institution.User(who.name, "prod-interop/admin") // a role that cannot be assigned on the site
		}
		if !who.keepsSession {
			who.browser.signIn(who.name)
		}
	}
	return tried, breaches
}

// changeRole makes Anna change the victim's role.
func (v *revocation) changeRole(t *testing.T, who revokedUser, action string) {
	t.Helper()
	idempotencyKey := uuid(v.rng)
	path := "/dashboard/" + string(v.institution.ID) + "/users/" + string(who.id) + "/products/prod-interop/roles/admin/" + action
	got := v.anna.send(http.MethodPost, "http://"+v.site.replicas[v.rng.IntN(2)].address+path, url.Values{"once": {idempotencyKey}})
	if got.status != http.StatusSeeOther || !strings.HasSuffix(got.to, "?done="+idempotencyKey) {
		t.Fatalf("%s: %v %s", path, got, got.to)
	}
}

// revokeOnce takes the power away while it is being used.
func (v *revocation) revokeOnce(t *testing.T, who revokedUser, action string) (tried, breaches int64) {
	t.Helper()
	var gone atomic.Bool
	var after, through, used atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		r := rand.New(rand.NewPCG(v.rng.Uint64(), 0))
		all.Go(func() {
			for after.Load() < requestsPerRevocation {
				late := gone.Load() // the response to the revocation came before this request was sent
				good := v.tryRequest(who, r)
				switch {
				case late && good:
					after.Add(1)
					through.Add(1)
				case late:
					after.Add(1)
				case good:
					used.Add(1)
				}
			}
		})
	}
	waitUntil(t, "the power is in use", func() bool { return used.Load() >= 10 })
	v.changeRole(t, who, action)
	gone.Store(true)
	all.Wait()
	v.allowedCount.Add(used.Load())
	return after.Load(), through.Load()
}

// tryRequest sends one request that needs the power, to either replica, and reports whether it succeeded.
func (v *revocation) tryRequest(who revokedUser, r *rand.Rand) bool {
	users := "http://" + v.site.replicas[r.IntN(2)].address + "/dashboard/" + string(v.institution.ID) + "/users"
	if r.IntN(2) == 0 {
		return who.browser.send(http.MethodGet, users, nil).status == http.StatusOK
	}
	idempotencyKey := uuid(r)
	path := users + "/" + string(v.oto) + "/products/prod-interop/roles/api/" + []string{"suspend", "reactivate"}[r.IntN(2)]
	got := who.browser.send(http.MethodPost, path, url.Values{"once": {idempotencyKey}})
	return got.status == http.StatusSeeOther && strings.HasSuffix(got.to, "?done="+idempotencyKey)
}
