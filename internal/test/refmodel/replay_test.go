package refmodel_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/test/refmodel"
)

func catalogue() refmodel.Catalogue {
	roles := []refmodel.CatalogueRole{
		{ID: "chief", Category: "administrator", Assignable: "here"},
		{ID: "a", Category: "operator", Assignable: "here", Combines: []string{"ab"}},
		{ID: "b", Category: "operator", Assignable: "here", Combines: []string{"ab"}},
		{ID: "c", Category: "operator", Assignable: "here"},
		{ID: "signed", Category: "operator", Assignable: "signature", Combines: []string{"ab"}},
		{ID: "never", Category: "operator", Combines: []string{"ab"}},
	}
	return refmodel.Catalogue{
		Products: []refmodel.CatalogueProduct{
			{ID: "one", Active: true, Roles: roles},
			{ID: "two", Active: true, Roles: roles},
			{ID: "old", Active: true, PhaseOut: true, Roles: roles},
			{ID: "past", Roles: roles},
		},
		Groups: []refmodel.CatalogueGroup{
			{"g", "one", "Gatti", "active"}, {"h", "one", "Lupi", "suspended"}, {"i", "two", "Gatti", "active"},
		},
	}
}

// event parses an event: actor, action, subject, product, role, before, after; - is an empty field. In place of the
// role, +g is a group, and +g/Gatti/Cani a group with its names before and after.
func event(t *testing.T, line string) refmodel.Event {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 7 {
		t.Fatalf("%q: an event has seven words", line)
	}
	for i := range words {
		words[i] = strings.TrimPrefix(words[i], "-")
	}
	e := refmodel.Event{
		Actor: words[0], Action: words[1], Subject: words[2], Product: words[3], Role: words[4],
		Before: words[5], After: words[6],
	}
	if name, isGroup := strings.CutPrefix(e.Role, "+"); isGroup {
		parts := append(strings.Split(name, "/"), "", "")
		e.Role, e.Group, e.PreviousName, e.Name = "", parts[0], parts[1], parts[2]
	}
	return e
}

// begun returns an institution with ann, Administrator of one, old and past; bob, of two; and oto, Operator of one, in
// g.
func begun(t *testing.T) *refmodel.State {
	t.Helper()
	s := refmodel.NewState(catalogue())
	for _, line := range []string{
		"- load ann one chief - active",
		"- load ann old chief - active",
		"- load ann past chief - active",
		"- load bob two chief - active",
		"- load oto one a - active",
		"- load oto one +g - -",
	} {
		if err := s.Apply(event(t, line)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestALogReplaysToTheHeldRoles(t *testing.T) {
	t.Parallel()
	s := begun(t)
	for _, line := range []string{
		"ann suspend oto one a active suspended", // P6: the groups stay
		"ann reactivate oto one a suspended active",
		"ann assign oto one b - active",
		"bob assign oto two a - active", // P4
		"bob join oto two +i - -",
		"ann join ann one +g - -", // P9: also for oneself
		"ann edit oto - - email names",
		"oto verify oto - - - names",
		"ann edit oto - - - email",
		"- load - - +h - active",
		"ann join oto one +h - -",
		"bob add new - - - -", // P10
		"bob assign new two a - active",
		"bob add pia two chief - active",
		"ann remove oto one a active -",
		"ann remove oto one b active -", // P7: out of g and h, not of i
		"pia suspend new two a active suspended",
		"pia remove new two a suspended -", // ends the user
	} {
		if err := s.Apply(event(t, line)); err != nil {
			t.Fatal(err)
		}
	}
	want := []refmodel.Row{
		{"ann", "old", "chief", "active"},
		{"ann", "one", "chief", "active"},
		{"ann", "past", "chief", "active"},
		{"bob", "two", "chief", "active"},
		{"oto", "two", "a", "active"},
		{"pia", "two", "chief", "active"},
	}
	if diff := cmp.Diff(want, s.Rows()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]refmodel.Membership{{"g", "ann"}, {"i", "oto"}}, s.Memberships()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ann", "bob", "oto", "pia"}, s.People()); diff != "" {
		t.Error(diff)
	}
}

func TestAReplayReportsForbiddenEvents(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ line, want string }{
		{"bob suspend oto one a active suspended", "not-administrator"},
		{"oto suspend ann one chief active suspended", "not-seen"},
		{"ann suspend ann one chief active suspended", "on-oneself"},
		{"nil suspend oto one a active suspended", "no-powers"},
		{"- suspend oto one a active suspended", "no-powers"},
		{"ann suspend oto one b active suspended", "not-held"},
		{"ann reactivate oto one a suspended active", "not-suspended"},
		{"ann suspend oto one a suspended suspended", `it was "active" before`},
		{"ann suspend oto one a active active", `it is "suspended" after`},
		{"ann assign oto one a - active", "already-held"},
		{"ann assign oto one chief - active", "other-category"},
		{"ann assign oto one c - active", "not-combinable"},
		{"ann assign oto one signed - active", "needs-signature"},
		{"ann assign oto one never - active", "not-assignable"},
		{"ann assign oto old a - active", "phasing-out"},
		{"ann assign oto past a - active", "no-such-role"},
		{"ann assign oto sky a - active", "no-such-role"},
		{"ann assign new one a - active", "not-seen"},
		{"ann add oto one b - active", "already-user"},
		{"ann add oto - - - -", "already-user"},
		{"ann add - - - - -", "no person was added"},
		{"oto add new - - - -", "not-anywhere"},
		{"ann add new two a - active", "not-administrator"},
		{"bob edit oto - - email email", "nothing-in-common"},
		{"ann edit ann - - names names", "on-oneself"},
		{"ann join oto one +g - -", "already-member"},
		{"ann join oto one +h - -", "group-suspended"},
		{"bob join oto two +i - -", "no-role-there"},
		{"ann join oto one +i - -", "no-such-group"},
		{"ann view oto - - - -", "not a change"},
		{"ann load oto one b - active", "only the operator loads data"},
		{"- load oto one b - asleep", "no such status"},
		{"- load oto one a - active", `it was "active" before`},
		{"- load oto - - - -", "neither a role nor a group"},
		{"- load oto two +i - -", "a member holds a role"},
		{"ann verify oto - - - names", "own sign-in"},
		{"- verify new - - - names", "own sign-in"},
	} {
		s := begun(t)
		err := s.Apply(event(t, row.line))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %s", row.line, err, row.want)
		}
		if diff := cmp.Diff(begun(t).Rows(), s.Rows()); diff != "" {
			t.Errorf("%s: it changed something: %s", row.line, diff)
		}
	}
}

func TestAReplayReportsEventsThatCameTooLate(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ before, line, want string }{
		{"- load oto one a active suspended", "ann assign oto one b - active", "all-suspended-there"},
		{"- load oto one a active suspended", "ann edit oto - - email email", "all-suspended"},
		{"- load ann one chief active suspended", "ann suspend oto one a active suspended", "not-administrator"},
		{"- load ann one chief active -", "ann remove oto one a active -", "not-administrator"},
		{"- verify oto - - - names", "ann edit oto - - names names", "names-verified"},
		{"ann add new - - - -", "ann suspend oto one a active suspended", "added and holds no role"},
		{"ann remove oto one a active -", "ann edit oto - - email email", "not-seen"},
	} {
		s := begun(t)
		if err := s.Apply(event(t, row.before)); err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(event(t, row.line)); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s, then %s: got %v, want %s", row.before, row.line, err, row.want)
		}
	}
}
