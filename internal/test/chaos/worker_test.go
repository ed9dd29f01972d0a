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

// line is what a change leaves in the log.
type line struct{ action, product, role string }

// worker is one of them, with what they believe of their user.
type worker struct {
	crowd   *crowd
	browser browser
	chance  *rand.Rand
	address func() string // where the next request goes

	institution access.InstitutionID
	name        string // of the user
	user        string // their id; another one each time they are added anew
	users       []string
	group       access.GroupID
	held        map[access.Target]access.Status
	joined      bool
	log         []line   // acknowledged
	marks       []string // of the forms acknowledged
}

var (
	api      = access.Target{Product: "prod-interop", Role: "api"}
	security = access.Target{Product: "prod-interop", Role: "security"}
	operator = access.Target{Product: "prod-pn", Role: "operator"}
	targets  = []access.Target{api, security, operator}
)

// change is a form.
type change struct {
	path  string
	form  url.Values
	lines []line
	then  func()
}

// step reads pages, and makes a change.
func (w *worker) step() {
	for range w.chance.IntN(2*w.crowd.reads + 1) {
		path := "/dashboard/" + string(w.institution) + []string{"/users", "/users?product=prod-pn", ""}[w.chance.IntN(3)]
		if got := w.ask(http.MethodGet, path, nil); got.status != http.StatusOK && (path != "" && got.status != http.StatusSeeOther) {
			w.crowd.fail(got)
		}
	}
	w.carryOut(w.draw())
}

// carryOut sends a form, and the same form again until there is an answer: nobody stops at an error page.
func (w *worker) carryOut(c change) {
	mark := uuid(w.chance)
	c.form.Set("once", mark)
	for attempt := 0; ; attempt++ {
		got := w.ask(http.MethodPost, c.path, c.form)
		switch {
		case got.status == http.StatusSeeOther && strings.HasSuffix(got.to, "?done="+mark):
			w.log, w.marks = append(w.log, c.lines...), append(w.marks, mark)
			c.then()
			if c.path == w.profile("add/confirm") {
				path, _, _ := strings.Cut(got.to, "?")
				w.user = path[strings.LastIndexByte(path, '/')+1:]
				w.users = append(w.users, w.user)
			}
			w.crowd.acknowledge(attempt > 0)
			return
		case got.err == nil && got.status < 500:
			w.crowd.fail(got)
			w.crowd.wonder(fmt.Sprintf("%s: %d %s, believing %v", c.path, got.status, got.to, w.held))
			w.believe()
			return
		case w.crowd.over.Load():
			return
		case attempt > 3000:
			w.crowd.wonder(c.path + ": no answer for a minute")
			return
		}
		w.crowd.fail(got)
		<-time.After(20 * time.Millisecond) // and the button is pressed again
	}
}

// ask sends a request and times it.
func (w *worker) ask(method, path string, form url.Values) answer {
	start := time.Now()
	got := w.browser.ask(method, w.address()+path, form)
	c := w.crowd
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked++
	c.slowest = max(c.slowest, time.Since(start))
	return got
}

// profile is an address below the institution's users.
func (w *worker) profile(path string) string {
	return "/dashboard/" + string(w.institution) + "/users/" + path
}

// draw draws one of the changes that are possible.
func (w *worker) draw() change {
	if len(w.held) == 0 {
		return w.add()
	}
	t := targets[w.chance.IntN(len(targets))]
	status, held := w.held[t]
	switch other := other(t); {
	case !held && w.held[other] == access.Suspended: // no other role beside one that is suspended
		return w.reactivate(other)
	case !held:
		return w.assign(t)
	case t.Product == "prod-interop" && !w.joined && w.chance.IntN(3) == 0:
		return change{
			path: w.profile(w.user + "/products/prod-interop/groups/add"), form: url.Values{"group": {string(w.group)}},
			lines: []line{{"join", "prod-interop", ""}}, then: func() { w.joined = true },
		}
	case w.chance.IntN(4) == 0:
		return w.do(t, "remove", func() { delete(w.held, t); w.leave() })
	case status == access.Active:
		return w.do(t, "suspend", func() { w.held[t] = access.Suspended })
	}
	return w.reactivate(t)
}

// other is the role that combines with this one, if any.
func other(t access.Target) access.Target {
	return map[access.Target]access.Target{api: security, security: api}[t]
}

func (w *worker) reactivate(t access.Target) change {
	return w.do(t, "reactivate", func() { w.held[t] = access.Active })
}

// do is a change of one role.
func (w *worker) do(t access.Target, action string, then func()) change {
	path := w.profile(w.user + "/products/" + string(t.Product) + "/roles/" + string(t.Role) + "/" + action)
	return change{path, url.Values{}, []line{{action, string(t.Product), string(t.Role)}}, then}
}

// leave ends what hangs on the last role on a product.
func (w *worker) leave() {
	if w.held[api] == "" && w.held[security] == "" {
		w.joined = false
	}
}

// assign gives a role, and with a first one on prod-interop the other as well: a change of many rows.
func (w *worker) assign(t access.Target) change {
	path, form, roles := "/add-product", url.Values{"product": {string(t.Product)}}, []access.Target{t}
	if t.Product == "prod-interop" {
		if w.held[api] == "" && w.held[security] == "" {
			roles = []access.Target{api, security}
		} else {
			path, form = "/products/prod-interop/roles/add", url.Values{}
		}
	}
	return w.give(change{path: w.profile(w.user + path), form: form}, roles)
}

// add makes the user anew, after the last role has gone.
func (w *worker) add() change {
	first, last, _ := strings.Cut(w.name, " ")
	return w.give(change{
		path: w.profile("add/confirm"), lines: []line{{"add", "", ""}},
		form: url.Values{
			"fiscal_code": {w.browser.site.seed.FiscalCode(w.name).Reveal()}, "first_name": {first}, "last_name": {last},
			"email": {seed.Email(w.name)}, "product": {"prod-interop"}, "names_confirmed": {"1"},
		},
	}, []access.Target{api, security})
}

func (w *worker) give(c change, roles []access.Target) change {
	for _, t := range roles {
		c.form.Add("role", string(t.Product)+":"+string(t.Role))
		c.lines = append(c.lines, line{"assign", string(t.Product), string(t.Role)})
	}
	c.then = func() {
		for _, t := range roles {
			w.held[t] = access.Active
		}
	}
	return c
}

// believe reads from the database what the answers didn't tell: after something strange.
func (w *worker) believe() {
	rows, err := w.crowd.site.pg.owner.Query(w.browser.t.Context(), `SELECT product, role, status, EXISTS (
		SELECT FROM group_member m WHERE (m.institution, m.person) = (a.institution, a.person)) FROM assignment a WHERE institution = $1 AND person = $2`, w.institution, w.user)
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
		w.held, w.joined = held, joined
	}
}

// logged is what the log says of the worker's user, in the order of the log; what was loaded aside.
func (w *worker) logged(t testing.TB) (all []line) {
	t.Helper()
	rows, err := w.crowd.site.pg.owner.Query(t.Context(), `
		SELECT action, product, role FROM audit_event
		WHERE institution = $1 AND subject::text = ANY($2) AND actor IS NOT NULL ORDER BY seq`, w.institution, w.users)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var l line
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
