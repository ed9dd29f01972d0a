package catalogue

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
)

// operator is the party role whose roles are Operators'. Roles of all other party roles are Administrators'.
const operator = "OPERATOR"

// fromHere and withSignature are the exact names of the phases that make a role assignable (rules, section 1).
const (
	fromHere      = "dashboard"
	withSignature = "dashboard-async"
)

// together is the group of the roles without groups, if the catalogue lets them all combine. Because of the space, no
// group of a file has this name.
const together = "all together"

// offers reads the roles for all types, and those for single types.
func (r *reader) offers(n *node, p *Product) {
	categories := map[string]access.Category{}
	if mappings, ok := r.field(n, "roleMappings", isObject); ok {
		if roles := r.roles(mappings, categories); len(roles) > 0 {
			p.Offers[""] = roles
		}
	}
	byType, ok := r.field(n, "roleMappingsByInstitutionType", isObject)
	if !ok {
		return
	}
	for _, key := range byType.keys {
		mappings := byType.fields[key]
		switch {
		case strings.TrimSpace(key) == "" || key != strings.TrimSpace(key):
			r.fault(mappings, "%q is not a type of institution: write it without spaces around it", key)
		case r.expectKind(mappings, isObject):
			roles := r.roles(mappings, categories)
			if len(roles) == 0 {
				r.fault(mappings, "no role for institutions of type %s: add some, or remove the type if those of all types apply", key)
			}
			p.Offers[access.InstitutionType(key)] = roles
		}
	}
}

// mention is a role in the mapping of one party role.
type mention struct {
	access.Role
	party string
}

// roles reads the mappings of the party roles, and merges roles of one category with the same code. categories are those
// of the product's codes so far.
func (r *reader) roles(mappings *node, categories map[string]access.Category) []access.Role {
	var mentions []mention
	combine := map[access.Category]bool{}
	for _, party := range mappings.keys {
		m := mappings.fields[party]
		if !r.expectKind(m, isObject) {
			continue
		}
		category := access.Administrator
		if party == operator {
			category = access.Operator
		}
		combine[category] = combine[category] || r.bool(m, "multiroleAllowed")
		assignable := assignableBy(r.texts(m, "phasesAdditionAllowed"))
		if list, ok := r.field(m, "roles", isList); ok {
			for _, n := range list.items {
				if !r.expectKind(n, isObject) {
					continue
				}
				role := r.role(n, categories, category)
				role.Assignable = assignable
				mentions = append(mentions, mention{role, party})
			}
		}
	}
	return combineGroups(mergeMentions(mentions), combine)
}

func (r *reader) role(n *node, categories map[string]access.Category, category access.Category) access.Role {
	code := r.required(n, "code")
	if before, met := categories[code]; met && code != "" && before != category {
		r.fault(n.fields["code"], "the code %q is both an Administrator's and an Operator's: change one of them", code)
	} else {
		categories[code] = category
	}
	if strings.ContainsFunc(code, func(c rune) bool { return c == '/' || c == '\\' || !unicode.IsPrint(c) }) || code == "." || code == ".." {
		r.fault(n.fields["code"], "the code %q cannot be part of an address: remove slashes and unprintable characters", code)
	}
	return access.Role{
		ID:          access.RoleID(code),
		Category:    category,
		Label:       access.Text{It: r.required(n, "label"), En: r.text(n, "labelEn")},
		Description: access.Text{It: r.text(n, "description"), En: r.text(n, "descriptionEn")},
		Combines:    r.texts(n, "multiroleGroups"),
	}
}

func assignableBy(phases []string) access.Assignable {
	switch {
	case slices.Contains(phases, fromHere):
		return access.AssignableHere
	case slices.Contains(phases, withSignature):
		return access.AssignableWithSignature
	default:
		return access.NotAssignableHere
	}
}

// parties is the precedence of party roles that have the same role: these, then all others by name.
var parties = []string{"MANAGER", "DELEGATE", "SUB_DELEGATE", "ADMIN_EA", operator}

func partyOrder(party string) int {
	if i := slices.Index(parties, party); i >= 0 {
		return i
	}
	return len(parties)
}

var assignableOrder = []access.Assignable{access.AssignableHere, access.AssignableWithSignature, access.NotAssignableHere}

// mergeMentions merges the mentions of each code into one role. Its label and description are those of the party role by
// which it is assignable here, else with a signature, else of the first in the order of parties; its groups are those of
// all mentions. Administrators come before Operators, then the order is that of parties, then that of the file.
func mergeMentions(mentions []mention) []access.Role {
	slices.SortStableFunc(mentions, func(a, b mention) int {
		return cmp.Or(cmp.Compare(partyOrder(a.party), partyOrder(b.party)), cmp.Compare(a.party, b.party))
	})
	slices.SortStableFunc(mentions, func(a, b mention) int { return cmp.Compare(a.Category, b.Category) })
	var roles []access.Role
	for _, m := range mentions {
		i := slices.IndexFunc(roles, func(r access.Role) bool { return r.ID == m.ID })
		if i < 0 {
			roles = append(roles, m.Role)
			continue
		}
		groups := append(roles[i].Combines, m.Combines...)
		if slices.Index(assignableOrder, m.Assignable) < slices.Index(assignableOrder, roles[i].Assignable) {
			roles[i] = m.Role
		}
		roles[i].Combines = groups
	}
	for i := range roles {
		slices.Sort(roles[i].Combines)
		roles[i].Combines = slices.Compact(roles[i].Combines)
	}
	return roles
}

// combineGroups gives all roles of a category one common group, if the file says that they combine and none has a group.
// If any has a group, only groups decide.
func combineGroups(roles []access.Role, combine map[access.Category]bool) []access.Role {
	for category, all := range combine {
		of := func(r access.Role) bool { return r.Category == category }
		if !all || slices.ContainsFunc(roles, func(r access.Role) bool { return of(r) && len(r.Combines) > 0 }) {
			continue
		}
		for i := range roles {
			if of(roles[i]) {
				roles[i].Combines = []string{together}
			}
		}
	}
	return roles
}
