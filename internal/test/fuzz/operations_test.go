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

// institutionFixture is an institution with two Administrators, a user and groups.
type institutionFixture struct {
	s                       *checkedSite
	id                      access.InstitutionID
	homeURL                 string
	admins                  [2]string
	user                    string
	firstGroup, secondGroup string // groups: the user is in the first
}

// newInstitutionFixture loads one and records its baseline.
func newInstitutionFixture(t testing.TB, s *checkedSite, n int) *institutionFixture {
	t.Helper()
	i := s.Seed.Institution(fmt.Sprintf("Comune %d", n), "PA").Product("prod-interop", "prod-pn")
	c := &institutionFixture{s: s, id: i.ID, homeURL: "/dashboard/" + string(i.ID)}
	c.admins = [2]string{string(i.Admin("Anna Bianchi", "prod-interop", "prod-pn")), string(i.Admin("Bea Blu", "prod-interop", "prod-pn"))}
	c.user = string(i.User("Ugo Utente", "prod-interop/api", "prod-interop/security suspended"))
	s.recordBaseline(i)
	r := rand.New(rand.NewPCG(uint64(n), 11))
	change := users.Command{
		Institution: i.ID,
		Actor:       access.UserID(c.admins[0]),
		Subject:     access.UserID(c.user),
		Target:      access.Target{Product: "prod-interop"},
	}
	var groups [2]access.GroupID
	for n, name := range []string{"Primo", "Secondo"} {
		change.Key = store.IdempotencyKey(randomKey(r))
		var err error
		if groups[n], err = s.Service.CreateGroup(t.Context(), change, name); err != nil {
			t.Fatal(err)
		}
	}
	change.Key = store.IdempotencyKey(randomKey(r))
	if err := s.Service.Join(t.Context(), change, groups[0]); err != nil {
		t.Fatal(err)
	}
	c.firstGroup, c.secondGroup = string(groups[0]), string(groups[1])
	return c
}

// operation is opening a page and sending its form.
type operation struct {
	name   string
	path   func(*institutionFixture) string
	values func(*institutionFixture, int) url.Values // the values chosen on the page, given the index of the administrator
	// events are the events that the operation records, given the state and the form.
	events func(*institutionFixture, *refmodel.State, url.Values, int) []refmodel.Event
}

// roleStatus is a role's status by the log.
func roleStatus(st *refmodel.State, person, product, role string) string {
	for _, row := range st.Rows() {
		if row.Person == person && row.Product == product && row.Role == role {
			return row.Status
		}
	}
	return ""
}

// groupName is a group's name by the log.
func groupName(st *refmodel.State, group string) string {
	for _, g := range st.Groups() {
		if g.ID == group {
			return g.Name
		}
	}
	return ""
}

// roleOperation changes a role of the user or of the other Administrator.
func roleOperation(action, role, after string, whose func(*institutionFixture, int) string) operation {
	return operation{
		name: action + " " + role,
		path: nil,
		events: func(c *institutionFixture, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
			of := whose(c, me)
			before := map[string]string{"suspend": "active", "reactivate": "suspended", "remove": roleStatus(st, of, "prod-interop", role)}[action]
			return []refmodel.Event{
				{Actor: c.admins[me], Action: action, Subject: of, Product: "prod-interop", Role: role, Before: before, After: after},
			}
		},
	}
}

func subjectUser(c *institutionFixture, _ int) string { return c.user }

// operations are all kinds of operations that two Administrators do to the same user and group.
func operations() []operation {
	user := func(rest string) func(*institutionFixture) string {
		return func(c *institutionFixture) string { return c.homeURL + "/users/" + c.user + rest }
	}
	group := func(rest string) func(*institutionFixture) string {
		return func(c *institutionFixture) string { return c.homeURL + "/groups/" + c.firstGroup + rest }
	}
	const product = "prod-interop"
	role := func(action, role, after string) operation {
		d := roleOperation(action, role, after, subjectUser)
		d.path = user("/products/" + product + "/roles/" + role + "/" + action)
		return d
	}
	type events = func(*institutionFixture, *refmodel.State, url.Values, int) []refmodel.Event
	membership := func(action string, of func(*institutionFixture) string) events {
		return func(c *institutionFixture, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: action, Subject: c.user, Product: product, Group: of(c)}}
		}
	}
	ofGroup := func(action, before, after string, name func(string, int) string) events {
		return func(c *institutionFixture, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
			was := groupName(st, c.firstGroup)
			return []refmodel.Event{
				{
					Actor:        c.admins[me],
					Action:       action,
					Product:      product,
					Group:        c.firstGroup,
					Before:       before,
					After:        after,
					PreviousName: was,
					Name:         name(was, me),
				},
			}
		}
	}
	same := func(was string, _ int) string { return was }
	return []operation{
		role("suspend", "api", "suspended"),
		role("reactivate", "security", "active"),
		role("remove", "api", ""),
		role("remove", "security", ""),
		{"cessation", user("/cessation"), nil, func(c *institutionFixture, st *refmodel.State, form url.Values, me int) (all []refmodel.Event) {
			for _, target := range form["target"] {
				product, role, _ := strings.Cut(target, ":")
				all = append(all, refmodel.Event{
					Actor: c.admins[me], Action: "remove", Subject: c.user, Product: product, Role: role, Before: roleStatus(st, c.user, product, role),
				})
			}
			return all
		}},
		{"edit", user("/edit"), func(_ *institutionFixture, me int) url.Values {
			return url.Values{"email": {fmt.Sprintf("x%d@ente.example", me)}}
		}, func(c *institutionFixture, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: "edit", Subject: c.user, After: "email"}}
		}},
		{"assign", user("/add-product"), func(*institutionFixture, int) url.Values {
			return url.Values{"product": {"prod-pn"}, "role": {"prod-pn:operator"}}
		}, func(c *institutionFixture, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{Actor: c.admins[me], Action: "assign", Subject: c.user, Product: "prod-pn", Role: "operator", After: "active"}}
		}},
		{"change role", user("/products/prod-pn/roles/change"), func(*institutionFixture, int) url.Values {
			return url.Values{"role": {"prod-pn:admin"}, "replaces": {"prod-pn:operator"}}
		}, func(c *institutionFixture, _ *refmodel.State, _ url.Values, me int) []refmodel.Event {
			return []refmodel.Event{{
				Actor: c.admins[me], Action: "change-role", Subject: c.user, Product: "prod-pn",
				PreviousRoles: []string{"operator"}, Roles: []string{"admin"},
			}}
		}},
		{
			"join",
			user("/products/prod-interop/groups/add"),
			func(c *institutionFixture, _ int) url.Values { return url.Values{"group": {c.secondGroup}} },
			membership("join", func(c *institutionFixture) string { return c.secondGroup }),
		},
		{"leave", func(c *institutionFixture) string {
			return c.homeURL + "/groups/" + c.firstGroup + "/members/" + c.user + "/remove"
		}, nil, membership("leave", func(c *institutionFixture) string { return c.firstGroup })},
		{"rename group", group("/rename"), func(_ *institutionFixture, me int) url.Values {
			return url.Values{"title": {[]string{"Anagrafe", "Tributi"}[me]}}
		}, ofGroup("rename-group", "", "", func(_ string, me int) string { return []string{"Anagrafe", "Tributi"}[me] })},
		{"suspend group", group("/suspend"), nil, ofGroup("suspend-group", "active", "suspended", same)},
		{"delete group", group("/delete"), nil, ofGroup("delete-group", "", "", func(string, int) string { return "" })},
		{
			"delete the group joined",
			func(c *institutionFixture) string { return c.homeURL + "/groups/" + c.secondGroup + "/delete" },
			nil,
			func(c *institutionFixture, st *refmodel.State, _ url.Values, me int) []refmodel.Event {
				return []refmodel.Event{
					{Actor: c.admins[me], Action: "delete-group", Product: product, Group: c.secondGroup, PreviousName: groupName(st, c.secondGroup)},
				}
			},
		},
		operationOnOtherAdmin("suspend", "suspended"),
		operationOnOtherAdmin("remove", ""),
	}
}

// operationOnOtherAdmin changes the other Administrator's role.
func operationOnOtherAdmin(action, after string) operation {
	d := roleOperation(action, "admin", after, func(c *institutionFixture, me int) string { return c.admins[1-me] })
	d.name = action + " the other"
	return d
}

// url is the address of an operation's page and form.
func (d operation) url(c *institutionFixture, me int) string {
	if d.path != nil {
		return d.path(c)
	}
	action, _, _ := strings.Cut(d.name, " ")
	return c.homeURL + "/users/" + c.admins[1-me] + "/products/prod-interop/roles/admin/" + action
}
