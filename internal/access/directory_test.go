package access_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
)

func TestNormalize(t *testing.T) { // V5, V6, V9
	t.Parallel()
	two, one := []access.Product{send, io}, []access.Product{send}
	role := access.Target{Product: "send", Role: "api"}
	for name, row := range map[string]struct {
		filter   access.Filter
		products []access.Product
		want     access.Filter
		err      error
	}{
		"Tutti":            {products: two},
		"a product's list": {filter: access.Filter{Product: "io"}, products: two, want: access.Filter{Product: "io"}},
		"a single product": {products: one, want: access.Filter{Product: "send"}},
		"no such product":  {filter: access.Filter{Product: "sky"}, products: two, err: access.ErrNotFound},
		"category in Tutti": {
			filter:   access.Filter{Category: access.Operator},
			products: two, want: access.Filter{Category: access.Operator},
		},
		"a category kept in a product's": {
			filter:   access.Filter{Product: "io", Category: access.Operator},
			products: two, want: access.Filter{Product: "io", Category: access.Operator},
		},
		"no category with a single product": {
			filter:   access.Filter{Category: access.Operator},
			products: one, want: access.Filter{Product: "send"},
		},
		"a role": {filter: access.Filter{Role: role}, products: two, want: access.Filter{Role: role}},
		"a role of the product": {
			filter:   access.Filter{Product: "send", Role: role},
			products: two, want: access.Filter{Product: "send", Role: role},
		},
		"another product's role": {
			filter:   access.Filter{Product: "io", Role: role},
			products: two, want: access.Filter{Product: "io"},
		},
		"no such role":   {filter: access.Filter{Role: access.Target{Product: "send", Role: "king"}}, products: two},
		"pages in Tutti": {filter: access.Filter{Page: access.Page{After: "x"}}, products: two},
		"pages in a product's": {
			filter:   access.Filter{Product: "io", Page: access.Page{After: "x"}},
			products: two, want: access.Filter{Product: "io", Page: access.Page{After: "x"}},
		},
	} {
		got, err := row.filter.Normalize(row.products)
		if !errors.Is(err, row.err) {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestCards(t *testing.T) { // V8
	t.Parallel()
	p := access.Profile{
		Actor:    newUser("anna", admin("send")),
		Subject:  newUser("oto", operator("send", "security"), suspended(operator("send", "api")), suspended(operator("io", "api"))),
		Products: []access.Product{io, send, {ID: "pay"}},
	}
	p.Subject.Groups = []access.Group{{ID: "g", Product: "send", Name: "Ufficio"}}
	cards := p.Cards()
	if len(cards) != 2 || cards[0].Product.ID != "io" || cards[1].Product.ID != "send" {
		t.Fatalf("cards: %+v", cards)
	}
	if !cards[0].Suspended || cards[1].Suspended {
		t.Error("a card is suspended if all its roles are")
	}
	if len(cards[1].Roles) != 2 || cards[1].Roles[0].ID != "api" || cards[1].Roles[0].Held.Status != access.Suspended {
		t.Errorf("roles: %+v", cards[1].Roles)
	}
	if len(cards[0].Groups) != 0 || len(cards[1].Groups) != 1 {
		t.Error("a group is not on its product's card")
	}
	at := access.Target{Product: "send", Role: "security"}
	if !p.May(access.Suspend, at) || p.WhyNot(access.Suspend, at) != "" || p.WhyNot(access.Reactivate, at) != access.NotSuspended {
		t.Error("May does not ask Decide")
	}
	if p.May(access.Suspend, access.Target{Product: "pay", Role: "x"}) || p.May(access.Suspend, access.Target{Product: "sky", Role: "api"}) {
		t.Error("granted on a product that does not exist")
	}
}

func TestRowIsSuspendedIfAllRolesAre(t *testing.T) { // V7
	t.Parallel()
	mixed := access.Row{Roles: []access.HeldRole{{Status: access.Suspended}, {Status: access.Active}}}
	all := access.Row{Roles: mixed.Roles[:1]}
	if mixed.Suspended() || !all.Suspended() {
		t.Error("a row is suspended if all its roles are")
	}
}

func TestDirectoryCount(t *testing.T) { // V6
	t.Parallel()
	d := access.Directory{Products: []access.Product{send, io}, UserCounts: map[access.ProductID]access.UserCounts{
		"send": {
			{}: 5, {State: access.Suspended}: 2, {Category: access.Operator}: 4, {Category: access.Administrator}: 1,
			{Category: access.Operator, Role: "api"}: 3, {Category: access.Operator, Role: "api", State: access.Suspended}: 1,
		},
		"io":   {{}: 2, {Category: access.Operator}: 2},
		"gone": {{}: 100}, // no active product
	}}
	api := access.Target{Product: "send", Role: "api"}
	for want, f := range map[int]access.Filter{
		7: {}, 5: {Product: "send"}, 6: {Category: access.Operator}, 3: {Role: api},
		1: {Product: "send", Role: api, State: access.Suspended}, 2: {State: access.Suspended},
		0: {Role: api, Category: access.Administrator},
	} {
		if got, known := d.Count(f); got != want || !known {
			t.Errorf("%+v: %d, %v; want %d", f, got, known, want)
		}
	}
	if _, known := d.Count(access.Filter{Text: "x"}); known {
		t.Error("the count of a filter with text is known")
	}
}
