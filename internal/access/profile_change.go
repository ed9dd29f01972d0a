package access

import "slices"

// ChangedRoles are the subject's roles on a product that a change of role takes away: the active ones (rule P13).
func (p Profile) ChangedRoles(product ProductID) []Target {
	var active []Target
	for _, a := range p.Subject.AssignmentsOn(product) {
		if a.Status == Active {
			active = append(active, Target{Product: product, Role: a.Role})
		}
	}
	return active
}

// WithChange returns the profile after a change of the subject's roles on a product to these.
func (p Profile) WithChange(product ProductID, roles ...RoleID) Profile {
	p = p.WithoutRoles(p.ChangedRoles(product)...)
	for _, role := range roles {
		p = p.WithRole(Target{product, role})
	}
	return p
}

// WhyNotChange is the reason why the subject's roles on a product cannot be changed to these together; empty if they can
// (rule P13): each can take the place of the active ones, and be assigned beside those before it.
func (p Profile) WhyNotChange(product ProductID, roles ...RoleID) Reason {
	if len(roles) == 0 {
		roles = []RoleID{""} // which no product has
	}
	for _, role := range roles {
		if reason := p.WhyNot(ChangeRole, Target{product, role}); reason != "" {
			return reason
		}
	}
	after := p.WithChange(product, roles[0])
	for _, role := range roles[1:] {
		t := Target{product, role}
		if reason := after.WhyNot(Assign, t); reason != "" {
			return reason
		}
		after = after.WithRole(t)
	}
	return ""
}

// WhyNotAnyChange is the reason why "Cambia ruolo" is not offered on a product; empty if it is offered (rule P13).
func (p Profile) WhyNotAnyChange(product ProductID) Reason {
	of, found := FindProduct(p.Products, product)
	if !found {
		return NoSuchRole
	}
	reasons := p.reasonsOn(ChangeRole, of)
	if slices.Contains(reasons, "") {
		return ""
	}
	return nearest(reasons)
}
