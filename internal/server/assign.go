package server

import (
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// assignForm offers roles: on a product that the user has none on yet (rule P4), or another one where they do (rule P5).
func (s *Server) assignForm(another bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.subject(r)
		if err != nil {
			return err
		}
		page, err := assignPage(r, p.profile, another)
		if err != nil {
			return s.refused(w, r, err, access.Target{Product: page.Product})
		}
		if kept, err := s.kept(w, r); err != nil {
			return err
		} else if kept {
			if !another {
				page.Product = access.ProductID(r.PostForm.Get("product"))
			}
			page.Roles = readRoles(r, page.Product)
		}
		page.Once = newMark()
		return s.show(w, r, http.StatusOK, web.AssignRole(p.frame, page))
	}
}

// assign gives the roles that were chosen, and goes back to the profile.
func (s *Server) assign(another bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.subject(r)
		if err != nil {
			return err
		}
		mark, err := parseMarked(r)
		if err != nil {
			return err
		}
		page, err := assignPage(r, p.profile, another)
		if !another {
			page.Product = access.ProductID(r.PostForm.Get("product"))
		}
		page.Roles, page.Once = readRoles(r, page.Product), string(mark)
		c := users.Change{
			Institution: p.visit.institution.ID, Actor: p.visit.actor.ID, Subject: p.profile.Subject.ID,
			Target: access.Target{Product: page.Product}, Mark: mark,
		}
		// A form that chose nothing is shown again; whatever it chose is for the service to decide, which knows a form that was sent before.
		if page.Product == "" || len(page.Roles) == 0 {
			if err != nil {
				return s.refused(w, r, err, c.Target)
			}
			page.Faults = users.CheckRoles(page.Product, page.Roles, p.profile)
			return s.show(w, r, http.StatusUnprocessableEntity, web.AssignRole(p.frame, page))
		}
		if err := s.users.Assign(r.Context(), c, page.Roles); err != nil {
			return s.notAssigned(w, r, p, page, err)
		}
		return redirect(w, r, web.ProfileURL(c.Institution, c.Subject)+"?done="+string(mark))
	}
}

// notAssigned shows the form again where another choice would do; else the profile, with the reason.
func (s *Server) notAssigned(w http.ResponseWriter, r *http.Request, p subjectPage, page web.AssignRolePage, err error) error {
	faults := users.CheckRoles(page.Product, page.Roles, p.profile)
	if faults[access.FieldRole] == access.RolesDontCombine {
		page.Faults = faults
		return s.show(w, r, http.StatusUnprocessableEntity, web.AssignRole(p.frame, page))
	}
	about := access.Target{Product: page.Product}
	if len(page.Roles) > 0 {
		about.Role = page.Roles[0]
	}
	return s.refused(w, r, err, about)
}

// assignPage is the page as it is before anything is chosen; the error says why there is nothing to choose.
func assignPage(r *http.Request, p access.Profile, another bool) (web.AssignRolePage, error) {
	page := web.AssignRolePage{Profile: p, Another: another}
	var reason access.Reason
	if another {
		product, err := segment(r, "product")
		if err != nil {
			return page, access.ErrNotFound
		}
		page.Product = access.ProductID(product)
		if _, found := access.ProductOf(p.Products, page.Product); !found {
			return page, access.ErrNotFound
		}
		reason = p.WhyNotAnother(page.Product)
	} else {
		reason = p.WhyNotNewProduct()
		if products := p.NewProducts(); len(products) == 1 {
			page.Product = products[0].ID
		}
	}
	if reason != "" {
		return page, &access.Refusal{Action: access.Assign, Reason: reason}
	}
	return page, nil
}
