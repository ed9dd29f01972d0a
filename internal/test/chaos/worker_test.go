package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
)

// logLine is the event of a change.
type logLine struct{ action, product, role string }

// worker is one of the load's Administrators, with the expected state of their user.
type worker struct {
	load    *load
	browser *browser
	rng     *rand.Rand
	address func() string // of the server for the next request

	institution     access.InstitutionID
	name            string // of the user
	user            string // their id, which changes each time the user is added again
	users           []string
	group           access.GroupID
	roles           map[access.Target]access.Status
	joined          bool
	log             []logLine // acknowledged
	idempotencyKeys []string  // of the acknowledged forms
}

var (
	api      = access.Target{Product: "prod-interop", Role: "api"}
	security = access.Target{Product: "prod-interop", Role: "security"}
	operator = access.Target{Product: "prod-pn", Role: "operator"}
	targets  = []access.Target{api, security, operator}
)

// formChange is a form and the change that it makes.
type formChange struct {
	path      string
	form      url.Values
	lines     []logLine
	onSuccess func()
}

// step reads pages and makes a change.
func (w *worker) step() {
	for range w.rng.IntN(2*w.load.reads + 1) {
		path := "/dashboard/" + string(w.institution) + []string{"/users", "/users?product=prod-pn", ""}[w.rng.IntN(3)]
		if got := w.send(http.MethodGet, path, nil); got.status != http.StatusOK && (path != "" && got.status != http.StatusSeeOther) {
			w.load.recordFailure(got)
		}
	}
	w.submit(w.randomChange())
}

// submit resends a form until there is a response.
func (w *worker) submit(c formChange) {
	idempotencyKey := uuid(w.rng)
	c.form.Set("once", idempotencyKey)
	for attempt := 0; ; attempt++ {
		got := w.send(http.MethodPost, c.path, c.form)
		switch {
		case got.status == http.StatusSeeOther && strings.HasSuffix(got.to, "?done="+idempotencyKey):
			w.log, w.idempotencyKeys = append(w.log, c.lines...), append(w.idempotencyKeys, idempotencyKey)
			c.onSuccess()
			if c.path == w.profileURL("add/confirm") {
				path, _, _ := strings.Cut(got.to, "?")
				w.user = path[strings.LastIndexByte(path, '/')+1:]
				w.users = append(w.users, w.user)
			}
			w.load.recordAcknowledged(attempt > 0)
			return
		case got.err == nil && got.status < 500:
			w.load.recordFailure(got)
			w.load.recordUnexpected(fmt.Sprintf("%s: %d %s, believing %v", c.path, got.status, got.to, w.roles))
			w.reloadState()
			return
		case w.load.isEnded.Load():
			return
		case attempt > 3000:
			w.load.recordUnexpected(c.path + ": no answer for a minute")
			return
		}
		w.load.recordFailure(got)
		<-time.After(20 * time.Millisecond) // the user presses the button again
	}
}

// send sends a request and measures its time.
func (w *worker) send(method, path string, form url.Values) response {
	start := time.Now()
	got := w.browser.send(method, w.address()+path, form)
	c := w.load
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sentCount++
	c.slowestRequest = max(c.slowestRequest, time.Since(start))
	return got
}

// profileURL is an address below the institution's users.
func (w *worker) profileURL(path string) string {
	return "/dashboard/" + string(w.institution) + "/users/" + path
}

// randomChange draws one of the possible changes.
func (w *worker) randomChange() formChange {
	if len(w.roles) == 0 {
		return w.add()
	}
	t := targets[w.rng.IntN(len(targets))]
	status, held := w.roles[t]
	switch other := combinableRole(t); {
	case !held && w.roles[other] == access.Suspended: // no second role beside a suspended one
		return w.reactivate(other)
	case !held:
		return w.assign(t)
	case t.Product == "prod-interop" && !w.joined && w.rng.IntN(3) == 0:
		return formChange{
			path: w.profileURL(w.user + "/products/prod-interop/groups/add"), form: url.Values{"group": {string(w.group)}},
			lines: []logLine{{"join", "prod-interop", ""}}, onSuccess: func() { w.joined = true },
		}
	case w.rng.IntN(4) == 0:
		return w.changeRole(t, "remove", func() { delete(w.roles, t); w.forgetProduct() })
	case status == access.Active:
		return w.changeRole(t, "suspend", func() { w.roles[t] = access.Suspended })
	}
	return w.reactivate(t)
}

// combinableRole is the role that combines with this one, if any.
func combinableRole(t access.Target) access.Target {
	return map[access.Target]access.Target{api: security, security: api}[t]
}

func (w *worker) reactivate(t access.Target) formChange {
	return w.changeRole(t, "reactivate", func() { w.roles[t] = access.Active })
}

// changeRole is a change of one role.
func (w *worker) changeRole(t access.Target, action string, then func()) formChange {
	path := w.profileURL(w.user + "/products/" + string(t.Product) + "/roles/" + string(t.Role) + "/" + action)
	return formChange{path, url.Values{}, []logLine{{action, string(t.Product), string(t.Role)}}, then}
}

// forgetProduct removes what depends on the last role on a product.
func (w *worker) forgetProduct() {
	if w.roles[api] == "" && w.roles[security] == "" {
		w.joined = false
	}
}

// assign gives a role; with a first one on prod-interop the other as well, as a change of many rows.
func (w *worker) assign(t access.Target) formChange {
	path, form, roles := "/add-product", url.Values{"product": {string(t.Product)}}, []access.Target{t}
	if t.Product == "prod-interop" {
		if w.roles[api] == "" && w.roles[security] == "" {
			roles = []access.Target{api, security}
		} else {
			path, form = "/products/prod-interop/roles/add", url.Values{}
		}
	}
	return w.addRoles(formChange{path: w.profileURL(w.user + path), form: form}, roles)
}

// add adds the user again after the last role was removed.
func (w *worker) add() formChange {
	first, last, _ := strings.Cut(w.name, " ")
	return w.addRoles(formChange{
		path: w.profileURL("add/confirm"), lines: []logLine{{"add", "", ""}},
		form: url.Values{
			"fiscal_code": {w.browser.site.seed.FiscalCode(w.name).Reveal()}, "first_name": {first}, "last_name": {last},
			"email": {seed.Email(w.name)}, "product": {"prod-interop"}, "names_confirmed": {"1"},
		},
	}, []access.Target{api, security})
}

func (w *worker) addRoles(c formChange, roles []access.Target) formChange {
	for _, t := range roles {
		c.form.Add("role", string(t.Product)+":"+string(t.Role))
		c.lines = append(c.lines, logLine{"assign", string(t.Product), string(t.Role)})
	}
	c.onSuccess = func() {
		for _, t := range roles {
			w.roles[t] = access.Active
		}
	}
	return c
}

// reloadState reads the state from the database after an unexpected response.
func (w *worker) reloadState() {
	rows, err := w.load.site.pg.owner.Query(w.browser.T.Context(), `
		SELECT product, role, status,
		       EXISTS (SELECT FROM group_member m WHERE (m.institution, m.person) = (a.institution, a.person))
		FROM assignment a WHERE institution = $1 AND person = $2`, w.institution, w.user)
	if err != nil {
		return
	}
	defer rows.Close()
	held, joined := map[access.Target]access.Status{}, false
	for rows.Next() {
		var t access.Target
		var s access.Status
		if err := rows.Scan(&t.Product, &t.Role, &s, &joined); err != nil {
			return
		}
		held[t] = s
	}
	if rows.Err() == nil {
		w.roles, w.joined = held, joined
	}
}

// loggedEvents are the events about the worker's user in the order of the log, except those of the initial import.
func (w *worker) loggedEvents(t testing.TB) (all []logLine) {
	t.Helper()
	rows, err := w.load.site.pg.owner.Query(t.Context(), `
		SELECT action, product, role FROM audit_event
		WHERE institution = $1 AND subject::text = ANY($2) AND actor IS NOT NULL ORDER BY seq`, w.institution, w.users)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var l logLine
		if err := rows.Scan(&l.action, &l.product, &l.role); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}
