package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// joinForm offers the groups of a product that the user can be put into (rule P9).
func (s *Server) joinForm(w http.ResponseWriter, r *http.Request) error {
	p, page, err := s.joining(r)
	if err != nil {
		return s.refused(w, r, err, access.Target{Product: page.Product.ID})
	}
	page.Once = newMark()
	if groups := p.profile.Joinable(page.Product.ID); len(groups) == 1 {
		page.Group = groups[0].ID
	}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Group = access.GroupID(r.PostForm.Get("group"))
	}
	return s.show(w, r, http.StatusOK, web.JoinGroup(p.frame, page))
}

// join puts the user into the group that was chosen, and goes back to the profile.
func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	p, page, err := s.joining(r)
	if p.profile.Subject.ID == "" {
		return err
	}
	mark, errMark := parseMarked(r)
	if errMark != nil {
		return errMark
	}
	page.Once, page.Group = string(mark), access.GroupID(r.PostForm.Get("group"))
	at := access.Target{Product: page.Product.ID}
	if !uuid.MatchString(string(page.Group)) {
		if err != nil {
			return s.refused(w, r, err, at)
		}
		page.Faults = access.Faults{access.FieldGroup: access.Missing}
		return s.show(w, r, http.StatusUnprocessableEntity, web.JoinGroup(p.frame, page))
	}
	c := users.Change{Institution: p.visit.institution.ID, Actor: p.visit.actor.ID, Subject: p.profile.Subject.ID, Target: at, Mark: mark}
	if err := s.users.Join(r.Context(), c, page.Group); err != nil {
		return s.refused(w, r, err, at)
	}
	return redirect(w, r, web.ProfileURL(c.Institution, c.Subject)+"?done="+string(mark))
}

// joining reads what both start from; the error says why there is no group to choose.
func (s *Server) joining(r *http.Request) (subjectPage, web.JoinGroupPage, error) {
	p, err := s.subject(r)
	if err != nil {
		return subjectPage{}, web.JoinGroupPage{}, err
	}
	id, err := segment(r, "product")
	if err != nil {
		return subjectPage{}, web.JoinGroupPage{}, access.ErrNotFound
	}
	product, found := access.ProductOf(p.profile.Products, access.ProductID(id))
	if !found {
		return subjectPage{}, web.JoinGroupPage{}, access.ErrNotFound
	}
	page := web.JoinGroupPage{Profile: p.profile, Product: product}
	if len(p.profile.Joinable(product.ID)) == 0 {
		reason := access.NoGroup
		for _, g := range p.profile.Groups {
			if g.Product == product.ID {
				reason = p.profile.WhyNotJoin(product.ID, g.ID)
				break
			}
		}
		return p, page, &access.Refusal{Action: access.Join, Reason: reason}
	}
	return p, page, nil
}
