package refmodel

import (
	"fmt"
	"strings"
)

// Event is one event of an institution's audit log. Before and After are the status of a role or a group ("active",
// "suspended", empty for none). For an edit, After lists the changed fields ("names", "email"), separated by blanks.
// Name and PreviousName are a group's name after and before, Roles and PreviousRoles those of a change of role.
//
// A load without a subject sets a group's status; with a group and no role it adds the subject to the group. An add may
// name the first role; further roles follow as assign events.
type Event struct {
	Actor, Action, Subject, Product, Role, Group string
	Before, After                                string
	Name, PreviousName                           string
	Roles, PreviousRoles                         []string
}

// State has the roles and groups of one institution's users, derived from its log alone.
type State struct {
	products      []CatalogueProduct
	modelProducts []Product
	groups        map[string]*group
	people        map[string]*person
	newest        string // a person just added who holds no role yet
}

type person struct {
	on       []Standing
	verified bool
}

type group struct {
	product string
	name    string
	active  bool
	members map[string]bool
}

// NewState returns an institution without users.
func NewState(c Catalogue) *State {
	s := &State{products: c.Products, groups: map[string]*group{}, people: map[string]*person{}}
	for _, p := range c.Products {
		s.modelProducts = append(s.modelProducts, p.modelProduct())
	}
	for _, g := range c.Groups {
		s.groups[g.ID] = &group{product: g.Product, name: g.Name, active: g.Status == "active", members: map[string]bool{}}
	}
	return s
}

// Apply replays the next event. Returns an error, and changes nothing, if the event was not allowed when it took
// effect or does not fit the state before it.
func (s *State) Apply(e Event) error {
	if err := s.apply(e); err != nil {
		return fmt.Errorf("%s of %q by %q (product %q, role %q, group %q): %w",
			e.Action, e.Subject, e.Actor, e.Product, e.Role, e.Group, err)
	}
	return nil
}

func (s *State) apply(e Event) error {
	if s.newest != "" && (e.Action != "assign" || e.Subject != s.newest) {
		return fmt.Errorf("%q was added and holds no role", s.newest)
	}
	switch e.Action {
	case "load":
		return s.load(e)
	case "verify":
		who := s.people[e.Subject]
		if who == nil || (e.Actor != "" && e.Actor != e.Subject) {
			return fmt.Errorf("only the person's own sign-in verifies names")
		}
		who.verified = true
		return nil
	}
	if e.Action == "remove" && e.Actor == "" { // the operator erases a person on request
		if e.Before == "" {
			return fmt.Errorf("a role that is not held cannot be removed")
		}
		return s.change(e)
	}
	if e.Action == "change-role" {
		return s.changeRoles(e)
	}
	if err := s.check(e); err != nil {
		return err
	}
	switch e.Action {
	case "edit", "export":
		return nil
	case "join":
		s.groups[e.Group].members[e.Subject] = true
		return nil
	case "leave":
		delete(s.groups[e.Group].members, e.Subject)
		return nil
	case "create-group", "rename-group", "suspend-group", "reactivate-group", "delete-group":
		return s.changeGroup(e)
	case "add":
		if e.Role == "" {
			s.people[e.Subject] = &person{on: make([]Standing, len(s.modelProducts))}
			s.newest = e.Subject
			return nil
		}
	}
	return s.change(e)
}

// check applies the rules to the event.
func (s *State) check(e Event) error {
	c := s.question(e)
	switch e.Action {
	case "add":
		if e.Subject == "" {
			return fmt.Errorf("no person was added")
		}
		if e.Role == "" { // needs the right to enter; the assign events that follow check each role
			c.Action = "enter-users"
			if c.Known {
				return fmt.Errorf("already-user")
			}
		}
	case "edit", "assign", "suspend", "reactivate", "remove", "join", "leave":
	case "export": // the log of one user has a subject, lists and the institution's log have none
		if e.Subject != "" {
			c.Action = "view" // also one's own (rule V12)
		}
	case "create-group", "rename-group", "suspend-group", "reactivate-group", "delete-group":
		if e.Subject != "" {
			return fmt.Errorf("the action has no subject")
		}
	default:
		return fmt.Errorf("not a change")
	}
	if allowed, reason := Answer(c); !allowed {
		return fmt.Errorf("not allowed: %s", reason)
	}
	if e.Action == "export" && e.Product != "" && (c.Product < 0 || !s.products[c.Product].Active) {
		return fmt.Errorf("there is no such list")
	}
	return nil
}

// question converts the event to a question about the current state.
func (s *State) question(e Event) Question {
	product, role := s.find(e.Product, e.Role)
	c := Question{
		Action: e.Action, Products: s.modelProducts, Product: product, Role: role, Self: e.Actor == e.Subject,
		Names: strings.Contains(e.After, "names"),
	}
	if who := s.people[e.Actor]; who != nil {
		c.Actor = who.on
	}
	if who := s.people[e.Subject]; who != nil {
		c.Subject, c.Known, c.Verified = who.on, true, who.verified
	}
	if g := s.groups[e.Group]; g != nil {
		c.Group = Group{Exists: g.product == e.Product, Active: g.active, Member: g.members[e.Subject]}
	}
	c.Group.NameTaken = s.isNameTaken(e)
	return c
}

// find returns the index of a product, or -1, and the bit of its role, or 0.
func (s *State) find(product, role string) (int, Roles) {
	for i, p := range s.products {
		if p.ID != product {
			continue
		}
		for n, r := range p.Roles {
			if r.ID == role {
				return i, 1 << n
			}
		}
		return i, 0
	}
	return -1, 0
}

// load applies an operator's import, which needs no permission but consistent data.
func (s *State) load(e Event) error {
	g := s.groups[e.Group]
	switch {
	case e.Actor != "":
		return fmt.Errorf("only the operator loads data")
	case e.Role != "" && e.Subject != "":
		return s.change(e)
	case g == nil:
		return fmt.Errorf("neither a role nor a group")
	case e.Subject == "":
		g.active = e.After == "active"
		return nil
	}
	product, _ := s.find(g.product, "")
	if who := s.people[e.Subject]; who == nil || product < 0 || who.on[product].held() == 0 {
		return fmt.Errorf("a member holds a role on the group's product")
	}
	g.members[e.Subject] = true
	return nil
}

// change sets a role's status as the event says, and applies the consequences.
func (s *State) change(e Event) error {
	product, role := s.find(e.Product, e.Role)
	if role == 0 {
		return fmt.Errorf("no such role")
	}
	who := s.people[e.Subject]
	if who == nil {
		who = &person{on: make([]Standing, len(s.modelProducts))}
	}
	if now := status(who.on[product], role); now != e.Before {
		return fmt.Errorf("it was %q before, not %q", now, e.Before)
	}
	after := map[string]string{
		"add": "active", "assign": "active", "suspend": "suspended", "reactivate": "active", "load": e.After,
	}[e.Action]
	if after != e.After {
		return fmt.Errorf("it is %q after, not %q", after, e.After)
	}
	on := Standing{who.on[product].Active &^ role, who.on[product].Suspended &^ role}
	switch after {
	case "active":
		on.Active |= role
	case "suspended":
		on.Suspended |= role
	case "":
	default:
		return fmt.Errorf("no such status: %q", after)
	}
	who.on[product] = on
	s.people[e.Subject], s.newest = who, ""
	s.removeOrphans(e.Subject, product)
	return nil
}

// removeOrphans ends the memberships of the product after its last role, and the user after the last role of all (P7).
func (s *State) removeOrphans(id string, product int) {
	who := s.people[id]
	if who.on[product].held() == 0 {
		for _, g := range s.groups {
			if g.product == s.products[product].ID {
				delete(g.members, id)
			}
		}
	}
	for _, on := range who.on {
		if on.held() != 0 {
			return
		}
	}
	delete(s.people, id)
}

func status(on Standing, role Roles) string {
	if on.Active&role != 0 {
		return "active"
	}
	if on.Suspended&role != 0 {
		return "suspended"
	}
	return ""
}
