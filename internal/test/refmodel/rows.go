package refmodel

import (
	"cmp"
	"maps"
	"slices"
)

// Row is one role that a person holds.
type Row struct{ Person, Product, Role, Status string }

// Rows lists all held roles, those on inactive products included, ordered by person, product and role.
func (s *State) Rows() []Row {
	var rows []Row
	for id, who := range s.people {
		for i, p := range s.products {
			for n, r := range p.Roles {
				if now := status(who.on[i], 1<<n); now != "" {
					rows = append(rows, Row{id, p.ID, r.ID, now})
				}
			}
		}
	}
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Role, b.Role))
	})
	return rows
}

// Membership is one person in one group.
type Membership struct{ Group, Person string }

// Memberships lists all memberships, ordered by group and person.
func (s *State) Memberships() []Membership {
	var all []Membership
	for _, id := range slices.Sorted(maps.Keys(s.groups)) {
		for _, who := range slices.Sorted(maps.Keys(s.groups[id].members)) {
			all = append(all, Membership{id, who})
		}
	}
	return all
}

// Groups lists all groups, ordered by id.
func (s *State) Groups() []CatalogueGroup {
	var all []CatalogueGroup
	for _, id := range slices.Sorted(maps.Keys(s.groups)) {
		g, now := s.groups[id], "suspended"
		if g.active {
			now = "active"
		}
		all = append(all, CatalogueGroup{ID: id, Product: g.product, Name: g.name, Status: now})
	}
	return all
}

// People lists the ids of the institution's users, sorted.
func (s *State) People() []string { return slices.Sorted(maps.Keys(s.people)) }
