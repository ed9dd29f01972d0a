package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// joinForm shows the groups of a product that the user can join (rule P9).
func (s *Server) joinForm(w http.ResponseWriter, r *http.Request) error {
	p, page, err := s.loadJoinPage(r)
	if err != nil {
		return s.refuseOnProfile(w, r, err, access.Target{Product: page.Product.ID})
	}
	page.IdempotencyKey = newIdempotencyKey()
	if groups := p.profile.Joinable(page.Product.ID); len(groups) == 1 {
		page.Group = groups[0].ID
	}
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept != nil {
		page.Group, page.IdempotencyKey = access.GroupID(r.PostForm.Get("group")), keptKey(kept)
		if kept.IsSubmitted && !isUUID(string(page.Group)) {
			page.Errors = access.FieldErrors{access.FieldGroup: access.Missing}
		}
	}
	return s.show(w, r, web.JoinGroup(p.layout, page))
}

// join adds the user to the chosen group and redirects to the profile.
func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	p, page, err := s.loadJoinPage(r)
	if p.profile.Subject.ID == "" {
		return err
	}
	key, errKey := parseKeyedForm(r)
	if errKey != nil {
		return errKey
	}
	page.IdempotencyKey, page.Group = string(key), access.GroupID(r.PostForm.Get("group"))
	target := access.Target{Product: page.Product.ID}
	if !isUUID(string(page.Group)) {
		if err != nil {
			return s.refuseOnProfile(w, r, err, target)
		}
		page.Errors = access.FieldErrors{access.FieldGroup: access.Missing}
		return s.refuse(w, r, errInvalidFields, drawn(web.JoinGroup(p.layout, page)))
	}
	c := users.Command{
		Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID, Target: target, Key: key,
	}
	if err := s.users.Join(r.Context(), c, page.Group); err != nil {
		return s.refuseOnProfile(w, r, err, target)
	}
	return redirect(w, r, withReceipt(s.profileURL(r, c), key))
}

// loadJoinPage reads what both pages need; the error says why there is no group to choose.
func (s *Server) loadJoinPage(r *http.Request) (subjectPage, web.JoinGroupPage, error) {
	p, err := s.loadSubject(r)
	if err != nil {
		return subjectPage{}, web.JoinGroupPage{}, err
	}
	id, err := pathSegment(r, "product")
	if err != nil {
		return subjectPage{}, web.JoinGroupPage{}, access.ErrNotFound
	}
	product, found := access.FindProduct(p.profile.Products, access.ProductID(id))
	if !found {
		return subjectPage{}, web.JoinGroupPage{}, access.ErrNotFound
	}
	page := web.JoinGroupPage{Profile: p.profile, Product: product}
	if reason := p.profile.WhyNotAnyGroup(product.ID); reason != "" {
		return p, page, &access.Refusal{Action: access.Join, Reason: reason}
	}
	return p, page, nil
}
