package web

import (
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

func TestAFilterIsReadFromItsAddress(t *testing.T) {
	t.Parallel()
	filters := []access.Filter{
		{},
		{Product: "prod-io", Role: access.Target{Product: "prod-io", Role: "referente operativo"}, State: access.Suspended},
		{Category: access.Administrator, Text: "D’Amico & figli + 100%", Sort: access.ByNameDesc},
		{Role: access.Target{Product: "prod-x", Role: "a:b/c?d"}, Page: access.Page{After: "5d3c1a2b"}},
		{Product: "prod-pn", Page: access.Page{Before: "5d3c1a2b", Key: "k_-1"}, Text: "Župančič"},
		{Sort: access.ByEmail},
		{Sort: access.ByEmailDesc},
	}
	for _, want := range filters {
		address, err := url.Parse(UsersURL("ente", want))
		if err != nil {
			t.Fatal(err)
		}
		if got := ReadFilter(address.Query()); got != want {
			t.Errorf("%s reads back as %+v, want %+v", address, got, want)
		}
	}
}

func TestInvalidFiltersAreDropped(t *testing.T) {
	t.Parallel()
	v := url.Values{"category": {"boss"}, "state": {"gone"}, "sort": {"phone"}, "page": {"7"}, "role": {"api"}, "q": {"  "}}
	if got := ReadFilter(v); got != (access.Filter{}) {
		t.Errorf("%v reads as %+v", v, got)
	}
	if got := ReadFilter(url.Values{"q": {strings.Repeat("à ", 5000)}}); len([]rune(got.Text)) > maxSearchLength {
		t.Errorf("a search of %d characters counts", len([]rune(got.Text)))
	}
}

func TestPartsOfAPathAreEscaped(t *testing.T) {
	t.Parallel()
	got := RoleURL("e/1", "u?2", access.Target{Product: "p#3", Role: "referente operativo/../x"}, access.Suspend)
	want := "/dashboard/e%2F1/users/u%3F2/products/p%233/roles/referente%20operativo%2F..%2Fx/suspend"
	if got != want {
		t.Errorf("address %s, want %s", got, want)
	}
}

func TestAnEmptyFilterLeavesTheAddressBare(t *testing.T) {
	t.Parallel()
	if got := UsersURL("ente", access.Filter{}); strings.Contains(got, "?") {
		t.Errorf("address %s has a query", got)
	}
}
