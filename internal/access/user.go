package access

// UserID identifies a user of one institution (a UUID in text form): the same person has another one in each (rule
// P10). It reveals nothing about the person, so it can be in a URL.
type UserID string

// PersonID identifies a person across institutions (a UUID in text form). Pages, files and audit logs do not hold it.
type PersonID string

// User is a person within one institution.
type User struct {
	ID               UserID
	Person           PersonID
	FirstName        string
	LastName         string
	Verified         bool // the names are those of SPID or CIE (rule D4)
	Email            string
	FiscalCode       FiscalCode // for profiles only
	Language         Language   // of pages and e-mails; empty: not chosen; for profiles only
	Version          int        // incremented by every edit; for profiles only
	HasInactiveRoles bool       // holds roles on products whose subscription is not active; for profiles only
	Assignments      []Assignment
	Groups           []Group
}

// Assignment is one role of one product held by one user in one institution. Assignments on products without an active
// subscription are not read: they do not exist for the institution's users.
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

// FullName is the first name and the surname, or the surname alone (rule D2).
func FullName(firstName, lastName string) string {
	if firstName == "" {
		return lastName
	}
	return firstName + " " + lastName
}

// SortedName is the surname and the first name, as in lists (rule V7).
func SortedName(firstName, lastName string) string {
	if firstName == "" {
		return lastName
	}
	return lastName + " " + firstName
}

// Name is the first name and the surname.
func (u User) Name() string { return FullName(u.FirstName, u.LastName) }

// FindAssignment returns the user's assignment of a role, in any state.
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

// HasPowers reports whether the user holds an active role in the institution (rules, section 2).
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

// GroupsOn are the groups of a product that the user is in.
func (u User) GroupsOn(p ProductID) []Group {
	var on []Group
	for _, g := range u.Groups {
		if g.Product == p {
			on = append(on, g)
		}
	}
	return on
}
