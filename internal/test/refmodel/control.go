package refmodel

// Control is a control of a page that stands for several roles or groups.
type Control string

// The controls that a page leaves out with a reason beside their place.
const (
	NewRole     Control = "assign"     // "Assegna ruolo": any product on which the subject holds nothing
	AnotherRole Control = "another"    // "Assegna un altro ruolo", on the question's product, where the subject holds a role
	AnyChange   Control = "change"     // "Cambia ruolo", on the question's product, where the subject holds a role
	AnyGroup    Control = "group"      // "Assegna gruppo", on the question's product
	AddUser     Control = "add"        // "Aggiungi utente", on the question's product
	AddAnywhere Control = "add to any" // "Aggiungi utente", on any product
)

// WhyNot gives the reason why a control is not offered; empty if it is. The groups are those of the question's product.
//
// Of the actions that a control stands for, the one that comes nearest to being granted has the reason: its row in the
// table is the lowest.
func WhyNot(control Control, c Question, groups []Group) string {
	switch control {
	case NewRole:
		return whyNotNewRole(c)
	case AnotherRole:
		c.Action = "assign"
		return table.reasonAt(nearestRole(c))
	case AnyChange:
		c.Action = "change-role"
		return table.reasonAt(nearestRole(c))
	case AnyGroup:
		return whyNotGroup(c, groups)
	case AddUser, AddAnywhere:
		c.Action, c.Subject, c.Known, c.Self = "add", nil, false, false
		if facts(c)&administersAny == 0 {
			return "not-anywhere"
		}
		return whyNotAnyProduct(c, func(i int) bool { return control == AddAnywhere || i == c.Product })
	}
	return "no such control"
}

func whyNotNewRole(c Question) string {
	c.Action = "assign"
	switch f := facts(c); {
	case f&hasActiveRole == 0:
		return "no-powers"
	case f&known == 0, f&(administersAny|self) == 0:
		return "not-seen"
	case f&self != 0:
		return "on-oneself"
	case f&administersAny == 0:
		return "not-administrator"
	}
	reason := whyNotAnyProduct(c, func(i int) bool { return standingAt(c.Subject, i).held() == 0 })
	if reason == "not-administrator" { // but only on products on which the subject holds a role
		return "already-held"
	}
	return reason
}

// whyNotAnyProduct asks for every role of the products that match, as far as the actor administers them.
func whyNotAnyProduct(c Question, match func(product int) bool) string {
	lowest := -1
	for i, p := range c.Products {
		if !match(i) || !p.Active || standingAt(c.Actor, i).Active&p.Administrators == 0 {
			continue
		}
		c.Product = i
		row := nearestRole(c)
		if row == granted {
			return ""
		}
		lowest = max(lowest, row)
	}
	if lowest < 0 {
		return "not-administrator"
	}
	return table.reasonAt(lowest)
}

// nearestRole is the lowest row of the table that refuses a role of the question's product; granted if one is granted.
func nearestRole(c Question) int {
	lowest := -1
	all := c.Products[c.Product].Administrators | c.Products[c.Product].Operators
	for c.Role = 1; c.Role <= all; c.Role <<= 1 {
		if c.Role&all == 0 {
			continue
		}
		row := refusedBy(c)
		if row == granted {
			return granted
		}
		lowest = max(lowest, row)
	}
	return lowest
}

func whyNotGroup(c Question, groups []Group) string {
	c.Action = "join"
	if c.Group = (Group{Exists: true, Active: true}); len(groups) == 0 {
		if _, reason := Answer(c); reason != "" && reason != "no-role-there" {
			return reason
		}
		return "no-such-group"
	}
	why := "group-suspended"
	for _, c.Group = range groups {
		switch allowed, reason := Answer(c); {
		case allowed:
			return ""
		case reason != "already-member" && reason != "group-suspended":
			return reason
		case c.Group.Active:
			why = reason
		}
	}
	return why
}
