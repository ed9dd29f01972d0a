package refmodel_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/test/refmodel"
)

func TestALogReplaysToTheGroups(t *testing.T) {
	t.Parallel()
	s := begun(t)
	for _, line := range []string{
		"ann create-group - one +k//Orsi - -",
		"ann join oto one +k - -",
		"ann join ann one +k - -",
		"ann leave ann one +k - -", // also for oneself
		"ann suspend-group - one +k/Orsi/Orsi active suspended",
		"ann rename-group - one +k/Orsi/orsì - -", // its own name in another spelling
		"ann join ann one +g - -",
		"ann suspend-group - one +g/Gatti/Gatti active suspended",
		"ann leave oto one +g - -", // a suspended group can be left
		"ann reactivate-group - one +h/Lupi/Lupi suspended active",
		"ann join oto one +h - -",
		"ann delete-group - one +h/Lupi/ - -",
		"ann create-group - one +l//Lupi - -", // the name is free again, and the group is empty
		"bob rename-group - two +i/Gatti/Lupi - -",
		"bob export - - - - -",
		"ann export - one - - -",
		"ann export oto - - - -",
		"oto export oto - - - -", // V12: one's own
	} {
		if err := s.Apply(event(t, line)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]refmodel.CatalogueGroup{
		{"g", "one", "Gatti", "suspended"},
		{"i", "two", "Lupi", "active"},
		{"k", "one", "orsì", "suspended"},
		{"l", "one", "Lupi", "active"},
	}, s.Groups()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]refmodel.Membership{{"g", "ann"}, {"k", "oto"}}, s.Memberships()); diff != "" {
		t.Error(diff)
	}
}

func TestAReplayReportsForbiddenEventsOfGroups(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ line, want string }{
		{"ann leave ann one +g - -", "not-member"},
		{"bob leave oto one +g - -", "not-administrator"},
		{"oto leave oto one +g - -", "not-administrator"},
		{"ann leave new one +g - -", "not-seen"},
		{"ann leave oto one +i - -", "no-such-group"},
		{"ann create-group - one +k//GÀTTÌ - -", "group-name-taken"},
		{"ann create-group - two +k//Orsi - -", "not-administrator"},
		{"oto create-group - one +k//Orsi - -", "not-anywhere"},
		{"ann create-group - past +k//Orsi - -", "no-such-group"},
		{"ann create-group - - +k//Orsi - -", "no-such-group"},
		{"ann create-group oto one +k//Orsi - -", "has no subject"},
		{"ann create-group - one +g//Orsi - -", "a new group has"},
		{"ann create-group - one +k - -", "a new group has"},
		{"ann create-group - one +k//Orsi - suspended", "a new group has"},
		{"ann rename-group - one +g/Gatti/lupi - -", "group-name-taken"},
		{"ann rename-group - one +g/Cani/Orsi - -", `called "Gatti" before`},
		{"ann rename-group - one +g/Gatti/ - -", `called "" after`},
		{"ann rename-group - one +g/Gatti/Orsi active suspended", `it is "", then ""`},
		{"bob rename-group - one +g/Gatti/Orsi - -", "not-administrator"},
		{"bob rename-group - two +g/Gatti/Orsi - -", "no-such-group"},
		{"ann rename-group - one +z/Gatti/Orsi - -", "no-such-group"},
		{"ann suspend-group - one +h/Lupi/Lupi active suspended", "group-not-active"},
		{"ann suspend-group - one +g/Gatti/Gatti active active", `then "suspended"`},
		{"ann suspend-group - one +g/Gatti/Cani active suspended", `called "Cani" after`},
		{"ann reactivate-group - one +g/Gatti/Gatti suspended active", "group-active"},
		{"ann delete-group - one +g/Gatti/Gatti - -", `called "Gatti" after`},
		{"- delete-group - one +g/Gatti/ - -", "no-powers"},
		{"oto export - - - - -", "not-anywhere"},
		{"oto export ann - - - -", "not-seen"},
		{"ann export - sky - - -", "no such list"},
		{"ann export - past - - -", "no such list"},
	} {
		s := begun(t)
		err := s.Apply(event(t, row.line))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %s", row.line, err, row.want)
		}
		if diff := cmp.Diff(begun(t).Groups(), s.Groups()) + cmp.Diff(begun(t).Memberships(), s.Memberships()); diff != "" {
			t.Errorf("%s: it changed something: %s", row.line, diff)
		}
	}
}
