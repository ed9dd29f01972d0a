package refmodel

import (
	"fmt"
	"slices"
)

// WhyNotChange is the reason why the subject's roles on the question's product cannot be changed to these, each one bit;
// empty if they can (P13). Each must be able to take the place of the active ones, and be possible beside those before it.
func WhyNotChange(c Question, roles ...Roles) string {
	c.Action = "change-role"
	if len(roles) == 0 {
		roles = []Roles{0}
	}
	for _, c.Role = range roles {
		if allowed, reason := Answer(c); !allowed {
			return reason
		}
	}
	c.Action, c.Subject = "assign", slices.Clone(c.Subject)
	on := &c.Subject[c.Product]
	on.Active = roles[0]
	for _, c.Role = range roles[1:] {
		if allowed, reason := Answer(c); !allowed {
			return reason
		}
		on.Active |= c.Role
	}
	return ""
}

// changeRoles replays a change of a user's active roles on a product to others. Nothing else of the user changes.
func (s *State) changeRoles(e Event) error {
	c := s.question(e)
	var before, after []Roles
	for _, list := range []struct {
		names []string
		bits  *[]Roles
	}{{e.PreviousRoles, &before}, {e.Roles, &after}} {
		for _, name := range list.names {
			_, bit := s.find(e.Product, name)
			*list.bits = append(*list.bits, bit)
		}
	}
	if reason := WhyNotChange(c, after...); reason != "" {
		return fmt.Errorf("not allowed: %s", reason)
	}
	on := &s.people[e.Subject].on[c.Product]
	if was := union(before); was != on.Active {
		return fmt.Errorf("the active roles were %b before, not %b", on.Active, was)
	}
	on.Active = union(after)
	return nil
}

func union(roles []Roles) (all Roles) {
	for _, role := range roles {
		all |= role
	}
	return all
}
