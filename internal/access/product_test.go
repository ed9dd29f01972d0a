package access_test

import (
	"fmt"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// As many products as there are colours have one each; the first keeps the colour of its id.
func TestProductsDifferInColour(t *testing.T) {
	t.Parallel()
	alone := []access.Product{{ID: "prod-3"}}
	access.ColourProducts(alone)
	all := []access.Product{{ID: "prod-3"}}
	for n := range access.ProductColours - 1 {
		all = append(all, access.Product{ID: access.ProductID(fmt.Sprint("prod-", 10+n))})
	}
	access.ColourProducts(all)
	seen := map[int]bool{}
	for _, p := range all {
		seen[p.Colour] = true
	}
	if len(seen) != access.ProductColours || all[0].Colour != alone[0].Colour {
		t.Errorf("%d colours, the first has %d, alone %d", len(seen), all[0].Colour, alone[0].Colour)
	}
	access.ColourProducts(append(all, access.Product{ID: "prod-99"})) // more products than colours: two share one
}
