package access

// UserID identifies a person (a UUID in text form); it says nothing about them and is fit for an address.
type UserID string

// User is a person as one institution knows them.
type User struct {
	ID               UserID
	FirstName        string
	LastName         string
	Verified         bool // the names are those of SPID or CIE (rule D4)
	Email            string
	FiscalCode       FiscalCode // on profiles only; empty in lists
	Language         string     // what they read letters in, as chosen ("it", "en"); empty: not chosen; on profiles only
	Version          int        // grows with every edit; on profiles only
	HasInactiveRoles bool       // holds roles on products whose subscription isn't active any more; on profiles only
	Assignments      []Assignment
	Groups           []Group
}

// Assignment is one role of one product held by one user in one institution. Only those on products with an active
// subscription ever get here: the others don't exist for the institution's users.
type Assignment struct {
	Product  ProductID
	Role     RoleID
	Category Category
	Status   Status
}

// GroupID identifies a group (a UUID in text form).
type GroupID string

// Group is a named set of users of one product of one institution.
type Group struct {
	ID      GroupID
	Product ProductID
	Name    string
	Status  Status
}

// Name is the person's name in the order that people say it.
func (u User) Name() string { return u.FirstName + " " + u.LastName }

// FindAssignment finds the user's assignment of a role, in any state.
func (u User) FindAssignment(p ProductID, r RoleID) (Assignment, bool) {
	for _, a := range u.Assignments {
		if a.Product == p && a.Role == r {
			return a, true
		}
	}
	return Assignment{}, false
}

// AssignmentsOn are the user's assignments on a product, in any state.
func (u User) AssignmentsOn(p ProductID) []Assignment {
	var on []Assignment
	for _, a := range u.Assignments {
		if a.Product == p {
			on = append(on, a)
		}
	}
	return on
}

// HasPowers reports whether the user may do anything at all in the institution: holds an active role (rules, section 2).
func (u User) HasPowers() bool {
	return anyActive(u.Assignments)
}

// Administers reports whether the user is an active Administrator of the product (rule P1).
func (u User) Administers(p ProductID) bool {
	for _, a := range u.Assignments {
		if a.Product == p && a.Category == Administrator && a.Status == Active {
			return true
		}
	}
	return false
}

// IsAdministrator reports whether the user is an active Administrator of any product (rule V3).
func (u User) IsAdministrator() bool {
	for _, a := range u.Assignments {
		if a.Category == Administrator && a.Status == Active {
			return true
		}
	}
	return false
}

// GroupsOn are the user's groups of a product.
func (u User) GroupsOn(p ProductID) []Group {
	var on []Group
	for _, g := range u.Groups {
		if g.Product == p {
			on = append(on, g)
		}
	}
	return on
}
