package fuzz_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/users"
)

// scene is an institution with two administrators, a user and groups, all of whom they know.
type scene struct {
	s        *site
	id       access.InstitutionID
	home     string
	admins   [2]string
	user     string
	one, two string // groups: the user is in the first
}

// newScene makes one; everything in it is on record.
func newScene(t testing.TB, s *site, n int) *scene {
	t.Helper()
	i := s.seed.Institution(fmt.Sprintf("Comune %d", n), "PA").Product("prod-interop", "prod-pn")
	c := &scene{s: s, id: i.ID, home: "/dashboard/" + string(i.ID)}
	c.admins = [2]string{string(i.Admin("Anna Bianchi", "prod-interop", "prod-pn")), string(i.Admin("Bea Blu", "prod-interop", "prod-pn"))}
	c.user = string(i.User("Ugo Utente", "prod-interop/api", "prod-interop/security suspended"))
	s.began(i)
	r := rand.New(rand.NewPCG(uint64(n), 11))
	change := users.Change{Institution: i.ID, Actor: access.UserID(c.admins[0]), Subject: access.UserID(c.user), Target: access.Target{Product: "prod-interop"}}
	var groups [2]access.GroupID
	for n, name := range []string{"Primo", "Secondo"} {
		change.Mark = store.Mark(once(r))
		var err error
		if groups[n], err = s.service.CreateGroup(t.Context(), change, name); err != nil {
			t.Fatal(err)
		}
	}
	change.Mark = store.Mark(once(r))
	if err := s.service.Join(t.Context(), change, groups[0]); err != nil {
		t.Fatal(err)
	}
	c.one, c.two = string(groups[0]), string(groups[1])
	return c
}

// deed is what an administrator does: opens a page, and sends its form.
type deed struct {
	name   string
	path   func(*scene) string
	values func(*scene, int) url.Values // chosen on the page, by which administrator
	// events are what the log would say, as things stand and by what the form says.
	events func(*scene, *refmodel.State, url.Values, int) []refmodel.Event
}

// status is a role's state, as the log tells it.
func status(st *refmodel.State, person, product, role string) string {
	for _, row := range st.Rows() {
		if row.Person == person && row.Product == product && row.Role == role {
			return row.Status
		}
	}
	return ""
}

// called is what a group is called, as the log tells it.
func called(st *refmodel.State, group string) string {
	for _, g := range st.Groups() {
		if g.ID == group {
			return g.Name
		}
	}
	return ""
}

// ofRole is something done to a role, of the user or of the other administrator.
func ofRole(action, role, after string, whose func(*scene, int) string) deed {
	return deed{
		name: action + " " + role,
		path: nil,
		events: func(c *scene, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
			of := whose(c, me)
			before := map[string]string{"suspend": "active", "reactivate": "suspended", "remove": status(st, of, "prod-interop", role)}[action]
			return []refmodel.Event{{Actor: c.admins[me], Action: action, Subject: of, Product: "prod-interop", Role: role, Before: before, After: after}}
		},
	}
}

func theUser(c *scene, _ int) string { return c.user }

// deeds are all kinds of things that two administrators may do to the same user and the same group.
func deeds() []deed {
	user := func(rest string) func(*scene) string {
		return func(c *scene) string { return c.home + "/users/" + c.user + rest }
	}
	group := func(rest string) func(*scene) string {
		return func(c *scene) string { return c.home + "/groups/" + c.one + rest }
	}
	const product = "prod-interop"
	role := func(action, role, after string) deed {
		d := ofRole(action, role, after, theUser)
		d.path = user("/products/" + product + "/roles/" + role + "/" + action)
		return d
	}
	membership := func(action string, of func(*scene) string) func(*scene, *refmodel.State, url.Values, int) []refmodel.Event {
		return func(c *scene, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: action, Subject: c.user, Product: product, Group: of(c)}}
		}
	}
	ofGroup := func(action, before, after string, name func(string, int) string) func(*scene, *refmodel.State, url.Values, int) []refmodel.Event {
		return func(c *scene, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
			was := called(st, c.one)
			return []refmodel.Event{{Actor: c.admins[me], Action: action, Product: product, Group: c.one, Before: before, After: after, Was: was, Name: name(was, me)}}
		}
	}
	same := func(was string, _ int) string { return was }
	return []deed{
		role("suspend", "api", "suspended"), role("reactivate", "security", "active"), role("remove", "api", ""), role("remove", "security", ""),
		{"cessation", user("/cessation"), nil, func(c *scene, st *refmodel.State, form url.Values, me int) (all []refmodel.Event) {
			for _, target := range form["target"] {
				product, role, _ := strings.Cut(target, ":")
				all = append(all, refmodel.Event{
					Actor: c.admins[me], Action: "remove", Subject: c.user, Product: product, Role: role, Before: status(st, c.user, product, role),
				})
			}
			return all
		}},
		{"edit", user("/edit"), func(_ *scene, me int) url.Values { return url.Values{"email": {fmt.Sprintf("x%d@ente.example", me)}} }, func(c *scene, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: "edit", Subject: c.user, After: "email"}}
		}},
		{"assign", user("/add-product"), func(*scene, int) url.Values { return url.Values{"product": {"prod-pn"}, "role": {"prod-pn:operator"}} }, func(c *scene, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: "assign", Subject: c.user, Product: "prod-pn", Role: "operator", After: "active"}}
		}},
		{"join", user("/products/prod-interop/groups/add"), func(c *scene, _ int) url.Values { return url.Values{"group": {c.two}} }, membership("join", func(c *scene) string { return c.two })},
		{"leave", func(c *scene) string { return c.home + "/groups/" + c.one + "/members/" + c.user + "/remove" }, nil, membership("leave", func(c *scene) string { return c.one })},
		{"rename group", group("/rename"), func(_ *scene, me int) url.Values { return url.Values{"title": {[]string{"Anagrafe", "Tributi"}[me]}} }, ofGroup("rename-group", "", "", func(_ string, me int) string { return []string{"Anagrafe", "Tributi"}[me] })},
		{"suspend group", group("/suspend"), nil, ofGroup("suspend-group", "active", "suspended", same)},
		{"delete group", group("/delete"), nil, ofGroup("delete-group", "", "", func(string, int) string { return "" })},
		{"delete the group joined", func(c *scene) string { return c.home + "/groups/" + c.two + "/delete" }, nil, func(c *scene, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: "delete-group", Product: product, Group: c.two, Was: called(st, c.two)}}
		}},
		againstTheOther("suspend", "suspended"), againstTheOther("remove", ""),
	}
}

// againstTheOther is what an administrator does to the other one's power.
func againstTheOther(action, after string) deed {
	d := ofRole(action, "admin", after, func(c *scene, me int) string { return c.admins[1-me] })
	d.name = action + " the other"
	return d
}

// address is where a deed's page is, and its form is sent to.
func (d deed) address(c *scene, me int) string {
	if d.path != nil {
		return d.path(c)
	}
	action, _, _ := strings.Cut(d.name, " ")
	return c.home + "/users/" + c.admins[1-me] + "/products/prod-interop/roles/admin/" + action
}
