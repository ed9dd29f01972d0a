package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// groupPage has the data of each page about one group.
type groupPage struct {
	scope   scope
	profile access.Profile // without a subject: for decisions about groups
	group   access.Group
	product access.Product
	members access.Section
	layout  web.Layout
}

// page is what the group's own page shows.
func (p groupPage) page() web.GroupPage {
	return web.GroupPage{Profile: p.profile, Group: p.group, Product: p.product, Members: p.members}
}

// loadGroup reads the group in the path, with the first page of its members.
func (s *Server) loadGroup(r *http.Request) (groupPage, error) {
	return s.loadGroupWith(r, access.Page{}, nil)
}

// loadGroupWith reads the group with the members' page at the cursor and what ask adds. A group that does not exist answers
// like a page that does not (rule V9).
func (s *Server) loadGroupWith(
	r *http.Request, at access.Page, ask func(*store.Query, access.InstitutionID, access.GroupID),
) (groupPage, error) {
	group, errGroup := pathID[access.GroupID](r, "group")
	var p groupPage
	var groups []access.Group
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		if errGroup != nil {
			return
		}
		q.Groups(&groups, in)
		q.Members(&p.members, in, group, at)
		if ask != nil {
			ask(q, in, group)
		}
	})
	if err != nil {
		return groupPage{}, err
	}
	p.scope, p.profile, p.layout = scope, scope.profile(access.User{}), s.scopeLayout(scope, web.NavGroups)
	p.profile.Groups = groups
	for _, g := range groups {
		if g.ID == group {
			p.group = g
		}
	}
	p.product, _ = access.FindProduct(scope.products, p.group.Product)
	if p.group.ID == "" || p.product.ID == "" {
		return groupPage{}, access.ErrNotFound
	}
	return p, nil
}
