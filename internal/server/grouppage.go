package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// groupPage is what pages about one group start from.
type groupPage struct {
	visit   visit
	profile access.Profile // of nobody: it is asked what may be done to groups
	group   access.Group
	product access.Product
	members access.Section
	frame   web.Frame
}

// group reads the group that the path is about, with the first page of its members.
func (s *Server) group(r *http.Request) (groupPage, error) {
	return s.groupWith(s.db.View(), r, access.Page{})
}

// groupWith reads it along with what the page has asked of the view already. A group that isn't there answers as a page that
// isn't (rule V9).
func (s *Server) groupWith(v *store.View, r *http.Request, at access.Page) (groupPage, error) {
	visiting, err := s.visiting(v, r)
	if err != nil {
		return groupPage{}, err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	group, errGroup := id(r, "group")
	groups, members := v.Groups(access.InstitutionID(institution)), &access.Section{}
	if errGroup == nil {
		members = v.Members(access.InstitutionID(institution), access.GroupID(group), at)
	}
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return groupPage{}, err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return groupPage{}, err
	}
	p := groupPage{visit: visit, profile: visit.profile(access.User{}), members: *members, frame: s.frameOf(visit, web.InGroups)}
	p.profile.Groups = *groups
	for _, g := range *groups {
		if g.ID == access.GroupID(group) {
			p.group = g
		}
	}
	p.product, _ = access.ProductOf(visit.products, p.group.Product)
	if p.group.ID == "" || p.product.ID == "" {
		return groupPage{}, access.ErrNotFound
	}
	return p, nil
}
