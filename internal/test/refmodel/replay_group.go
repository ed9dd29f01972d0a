package refmodel

import (
	"fmt"
	"strings"
)

// changeGroup applies the event to a group.
func (s *State) changeGroup(e Event) error {
	g := s.groups[e.Group]
	if e.Action == "create-group" {
		if g != nil || e.Group == "" || e.Name == "" || e.PreviousName != "" || e.Before != "" || e.After != "" {
			return fmt.Errorf("a new group has an id and a name, and had none")
		}
		s.groups[e.Group] = &group{product: e.Product, name: e.Name, active: true, members: map[string]bool{}}
		return nil
	}
	if e.PreviousName != g.name {
		return fmt.Errorf("it was called %q before, not %q", g.name, e.PreviousName)
	}
	before, after := "", "" // as the event must have them; the rules have checked the group's actual status
	switch e.Action {
	case "suspend-group":
		before, after = "active", "suspended"
	case "reactivate-group":
		before, after = "suspended", "active"
	}
	if e.Before != before || e.After != after {
		return fmt.Errorf("it is %q, then %q, not %q, then %q", before, after, e.Before, e.After)
	}
	switch {
	case e.Action == "delete-group" && e.Name == "":
		delete(s.groups, e.Group)
	case e.Action == "rename-group" && e.Name != "":
		g.name = e.Name
	case after != "" && e.Name == g.name:
		g.active = after == "active"
	default:
		return fmt.Errorf("it is called %q after", e.Name)
	}
	return nil
}

// isNameTaken reports whether another group of the product has the event's name.
func (s *State) isNameTaken(e Event) bool {
	for id, g := range s.groups {
		if id != e.Group && g.product == e.Product && g.name != "" && foldName(g.name) == foldName(e.Name) {
			return true
		}
	}
	return false
}

// foldName removes case and accents, of the Italian letters that occur in replayed logs.
func foldName(name string) string {
	plain := strings.NewReplacer("à", "a", "è", "e", "é", "e", "ì", "i", "ò", "o", "ù", "u")
	return plain.Replace(strings.ToLower(name))
}
