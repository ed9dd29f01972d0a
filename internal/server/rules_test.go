package server_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// cell is one request: this action, on this target, by this actor, about this subject.
type cell struct {
	action  access.Action
	address string
	values  url.Values
	want    access.Reason // by the rules, in the current state; empty: granted
	control string        // the address that a control for it links to
}

// cells are all questions about a profile.
func cells(p access.Profile) []cell {
	i, u := p.Institution.ID, p.Subject.ID
	var all []cell
	for _, product := range p.Products {
		for _, role := range product.Roles {
			at := access.Target{Product: product.ID, Role: role.ID}
			for _, a := range []access.Action{access.Suspend, access.Reactivate, access.Remove} {
				address := web.RoleURL(i, u, at, a)
				all = append(all, cell{a, address, site.KeyedForm(), p.WhyNot(a, at), address})
			}
			values := site.KeyedForm()
			values.Set("role", string(product.ID)+":"+string(role.ID))
			values.Set("product", string(product.ID))
			address := web.AddRoleURL(i, u, product.ID)
			if len(p.Subject.AssignmentsOn(product.ID)) == 0 {
				address = web.AddProductURL(i, u)
			}
			all = append(all, cell{access.Assign, address, values, p.WhyNot(access.Assign, at), ""})
		}
		for _, g := range p.Groups {
			values := site.KeyedForm()
			values.Set("group", string(g.ID))
			var no access.Reason
			if err := access.Decide(p.GroupRequest(access.Join, product.ID, g.ID)); err != nil {
				no = refusalReason(err)
			}
			all = append(all, cell{access.Join, web.AddGroupURL(i, u, product.ID), values, no, ""})
		}
	}
	values := site.KeyedForm()
	values.Set("first_name", p.Subject.FirstName)
	values.Set("last_name", p.Subject.LastName)
	values.Set("email", "altra@ente.example")
	values.Set("version", fmt.Sprint(p.Subject.Version))
	return append(all, cell{access.Edit, web.EditURL(i, u), values, p.WhyNotEdit(false), web.EditURL(i, u)})
}

// status is the status that the rules require.
func (c cell) status() int {
	if c.want == "" {
		return http.StatusSeeOther
	}
	return map[access.Grade]int{
		access.Hidden: http.StatusNotFound, access.Forbidden: http.StatusForbidden, access.Conflict: http.StatusConflict,
	}[c.want.Grade()]
}

// Section 3, over HTTP: for thousands of questions the status is the rules' answer, a control is shown if and only if
// the action would be granted, and a refused action changes nothing.
func TestTheSiteAnswersAsTheRulesDo(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	number := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(number, 0))
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn", "prod-io")
	i.Admin("Ivo Rossi", "prod-pn")
	i.User("Oto Neri", "prod-interop/api", "prod-pn/operator")
	i.User("Pia Gialli", "prod-interop/security suspended", "prod-interop/api", "prod-pn/admin suspended")
	i.User("Leo Verdi", "prod-interop/viewer suspended", "prod-io/referente operativo")
	i.Group("prod-interop", "Sviluppo")
	i.Group("prod-pn", "Messi")
	i.SuspendedGroup("prod-pn", "Vecchio")
	i.Join("Oto Neri", "prod-interop", "Sviluppo")
	names := []string{"Anna Bianchi", "Ivo Rossi", "Oto Neri", "Pia Gialli", "Leo Verdi"}
	ids, browsers := map[string]access.UserID{}, map[string]*site.Browser{}
	for _, name := range names {
		ids[name] = i.User(name)
		browsers[name] = s.SignIn(t, name).Stay()
	}
	const least = 5_000
	asked, granted := 0, 0
	for round := 0; asked < least && round < 400; round++ {
		actor, subject := names[r.IntN(len(names))], names[r.IntN(len(names))]
		b := browsers[actor]
		p := s.Profile(t, i.ID, ids[actor], ids[subject])
		if p.Subject.ID == "" || !p.Actor.HasPowers() {
			continue
		}
		page := b.Get(web.ProfileURL(i.ID, ids[subject]))
		if page.Status == http.StatusSeeOther { // signed out when they lost their powers, and given some back since
			browsers[actor] = s.SignIn(t, actor).Stay()
			continue
		}
		before := fingerprint(t, s)
		var allowed []cell
		for _, c := range cells(p) {
			asked++
			if c.control != "" && page.Status == http.StatusOK && page.HasInner("a", "href", c.control) != (c.want == "") {
				t.Errorf("seed %d: %s on %s, %s: shown %v, and the rules say %q", number, actor, subject, c.address, c.want != "", c.want)
			}
			if c.want == "" {
				allowed = append(allowed, c)
			} else if got := b.Post(c.address, c.values); got.Status != c.status() && !isFormShownAgain(c, got) {
				t.Errorf("seed %d: %s on %s, %s: got %d, and the rules say %q", number, actor, subject, c.address, got.Status, c.want)
			}
		}
		if fingerprint(t, s) != before {
			t.Fatalf("seed %d: %s on %s: what was refused has changed something", number, actor, subject)
		}
		if len(allowed) > 0 {
			c := allowed[r.IntN(len(allowed))]
			if c.action == access.Remove && r.IntN(4) > 0 { // otherwise soon no user holds any role
				continue
			}
			granted++
			if got := b.Post(c.address, c.values); got.Status != http.StatusSeeOther || fingerprint(t, s) == before {
				t.Errorf("seed %d: %s on %s, %s: got %d, and the rules grant it", number, actor, subject, c.address, got.Status)
			}
		}
	}
	t.Logf("cells over HTTP: %d asked, %d granted and done; seed %d", asked, granted, number)
	if asked < least || granted == 0 {
		t.Errorf("only %d cells, %d granted", asked, granted)
	}
}

// isFormShownAgain reports whether roles that cannot be combined are offered for another choice, which is no
// conflict.
func isFormShownAgain(c cell, p site.Page) bool {
	return c.want == access.NotCombinable && p.Status == http.StatusUnprocessableEntity
}

// fingerprint is a hash of everything that an action may change.
func fingerprint(t *testing.T, s *site.Site) (sum string) {
	t.Helper()
	err := s.DB.Owner.QueryRow(t.Context(), `
		SELECT md5(concat((SELECT string_agg(a::text, ';' ORDER BY a::text) FROM assignment a),
		                  (SELECT string_agg(u::text, ';' ORDER BY u::text) FROM app_user u),
		                  (SELECT string_agg(m::text, ';' ORDER BY m::text) FROM group_member m),
		                  (SELECT string_agg(l::text, ';' ORDER BY l::text) FROM listing l),
		                  (SELECT count(*) FROM audit_event), (SELECT count(*) FROM idempotency_key)))`).Scan(&sum)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// refusalReason is the reason of a refusal; empty: granted.
func refusalReason(err error) access.Reason {
	var refusal *access.Refusal
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}
