package refmodel

import (
	"fmt"
	"strings"
)

// Event is one line of an institution's audit log, in plain words. Before and After are a role's status ("active",
// "suspended", empty for none), or a group's; of an edit, After names the fields that changed ("names", "email"), with
// blanks between. Name and Was are a group's name after and before.
//
// A load without a subject sets a group's status; with a group and no role it puts the subject into the group. An add
// says who, and may name the first role given; those that it doesn't name follow as events of their own, assign.
type Event struct {
	Actor, Action, Subject, Product, Role, Group string
	Before, After                                string
	Name, PreviousName                           string
}

// State is who holds what in one institution, as told by its log alone.
type State struct {
	products      []CatalogueProduct
	modelProducts []Product
	groups        map[string]*group
	people        map[string]*person
	newest        string // somebody added who holds nothing yet
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

// NewState is an institution in which nobody is a user yet.
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

// Apply takes the next event. The error says that it wasn't allowed when it took effect, or doesn't follow from what was
// before it; nothing has changed then.
func (s *State) Apply(e Event) error {
	if err := s.apply(e); err != nil {
		return fmt.Errorf("%s of %q by %q (product %q, role %q, group %q): %w", e.Action, e.Subject, e.Actor, e.Product, e.Role, e.Group, err)
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
			return fmt.Errorf("only the person's own sign-in says who they are")
		}
		who.verified = true
		return nil
	}
	if e.Action == "remove" && e.Actor == "" { // by the operator of the service, who erases whoever asks for it
		if e.Before == "" {
			return fmt.Errorf("what isn't held can't be taken")
		}
		return s.change(e)
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

// check holds the event against the rules.
func (s *State) check(e Event) error {
	c := s.question(e)
	switch e.Action {
	case "add":
		if e.Subject == "" {
			return fmt.Errorf("nobody was added")
		}
		if e.Role == "" { // who may add is who may enter; what may be given is asked of each role that follows
			c.Action = "enter-users"
			if c.Known {
				return fmt.Errorf("already-user")
			}
		}
	case "edit", "assign", "suspend", "reactivate", "remove", "join", "leave":
	case "export", "create-group", "rename-group", "suspend-group", "reactivate-group", "delete-group":
		if e.Subject != "" {
			return fmt.Errorf("it is about nobody")
		}
	default:
		return fmt.Errorf("no change")
	}
	if allowed, reason := Answer(c); !allowed {
		return fmt.Errorf("not allowed: %s", reason)
	}
	if e.Action == "export" && e.Product != "" && (c.Product < 0 || !s.products[c.Product].Active) {
		return fmt.Errorf("there is no such list")
	}
	return nil
}

// question is the event as a question, as things stand.
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

// find is the number of a product, or -1, and the bit of its role, or 0.
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

// load is what the operator of the service brings in: no rule but that it exists.
func (s *State) load(e Event) error {
	g := s.groups[e.Group]
	switch {
	case e.Actor != "":
		return fmt.Errorf("people don't load")
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

// change makes of a role what the event says, and draws what follows from it.
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
	after := map[string]string{"add": "active", "assign": "active", "suspend": "suspended", "reactivate": "active", "load": e.After}[e.Action]
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

// removeOrphans ends what hung on the last role: on the product, the memberships; of all, the user (P7).
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
