package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// groupPage is what pages about one group start from.
type groupPage struct {
	scope   scope
	profile access.Profile // of nobody: it is asked what may be done to groups
	group   access.Group
	product access.Product
	members access.Section
	layout  web.Layout
}

// loadGroup reads the group that the path is about, with the first page of its members.
func (s *Server) loadGroup(r *http.Request) (groupPage, error) {
	return s.loadGroupWith(s.db.Query(), r, access.Page{})
}

// loadGroupWith reads it along with what the page has asked of the view already. A group that isn't there answers as a page that
// isn't (rule V9).
func (s *Server) loadGroupWith(q *store.Query, r *http.Request, at access.Page) (groupPage, error) {
	resolveScope, err := s.queueScope(q, r)
	if err != nil {
		return groupPage{}, err
	}
	institution, _ := pathID(r, "institution") // visiting has read it too
	group, errGroup := pathID(r, "group")
	groups, members := q.Groups(access.InstitutionID(institution)), &access.Section{}
	if errGroup == nil {
		members = q.Members(access.InstitutionID(institution), access.GroupID(group), at)
	}
	scope, err := readScope(r.Context(), q, resolveScope)
	if err != nil {
		return groupPage{}, err
	}
	if err := scope.authorize(access.EnterUsers, access.User{}); err != nil {
		return groupPage{}, err
	}
	p := groupPage{scope: scope, profile: scope.profile(access.User{}), members: *members, layout: s.scopeLayout(scope, web.NavGroups)}
	p.profile.Groups = *groups
	for _, g := range *groups {
		if g.ID == access.GroupID(group) {
			p.group = g
		}
	}
	p.product, _ = access.FindProduct(scope.products, p.group.Product)
	if p.group.ID == "" || p.product.ID == "" {
		return groupPage{}, access.ErrNotFound
	}
	return p, nil
}
