package server

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// assignForm shows the roles that can be assigned: on a product on which the user has none (rule P4), or another one
// where they have (rule P5).
func (s *Server) assignForm(another bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.loadSubject(r)
		if err != nil {
			return err
		}
		page, err := assignPage(r, p.profile, another)
		if err != nil {
			return s.refuseOnProfile(w, r, err, access.Target{Product: page.Product})
		}
		kept, err := s.restoreForm(w, r)
		if err != nil {
			return err
		}
		page.IdempotencyKey = newIdempotencyKey()
		if kept == nil {
			return s.show(w, r, web.AssignRole(p.layout, withChoice(page, r.URL.Query())))
		}
		if !another {
			page.Product = access.ProductID(r.PostForm.Get("product"))
		}
		page.Roles, page.IdempotencyKey = readRoles(r, page.Product), keptKey(kept)
		if kept.IsSubmitted {
			page.Errors = form.CheckRoles(page.Product, page.Roles, p.profile)
		}
		return s.show(w, r, web.AssignRole(p.layout, page))
	}
}

// withChoice selects the product and the roles of a link, if they are offered.
func withChoice(page web.AssignRolePage, chosen url.Values) web.AssignRolePage {
	product := access.ProductID(chosen.Get("product"))
	if !page.IsAnotherRole && len(page.Profile.Offers(product)) > 0 {
		page.Product = product
	}
	for _, offer := range page.Profile.Offers(page.Product) {
		if offer.WhyNot == "" && slices.Contains(chosen["role"], string(offer.ID)) {
			page.Roles = append(page.Roles, offer.ID)
		}
	}
	return page
}

// assign assigns the chosen roles and redirects to the profile.
func (s *Server) assign(another bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.loadSubject(r)
		if err != nil {
			return err
		}
		key, err := parseKeyedForm(r)
		if err := cmp.Or(err, checkRoleFields(r, p.profile.Products)); err != nil {
			return err
		}
		page, err := assignPage(r, p.profile, another)
		if !another {
			page.Product = access.ProductID(r.PostForm.Get("product"))
		}
		page.Roles, page.IdempotencyKey = readRoles(r, page.Product), string(key)
		c := users.Command{
			Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID,
			Target: access.Target{Product: page.Product}, Key: key,
		}
		// Without a choice, the form is shown again. A choice is for the service to decide, which recognises a repeated form.
		if page.Product == "" || len(page.Roles) == 0 {
			if err != nil {
				return s.refuseOnProfile(w, r, err, c.Target)
			}
			page.Errors = form.CheckRoles(page.Product, page.Roles, p.profile)
			return s.refuse(w, r, errInvalidFields, drawn(web.AssignRole(p.layout, page)))
		}
		if err := s.users.Assign(r.Context(), c, page.Roles); err != nil {
			return s.refuseAssign(w, r, p, page, err)
		}
		return redirect(w, r, withReceipt(s.profileURL(r, c), key))
	}
}

// refuseAssign shows the form again if another choice would be granted, or else the profile with the reason.
func (s *Server) refuseAssign(w http.ResponseWriter, r *http.Request, p subjectPage, page web.AssignRolePage, err error) error {
	fieldErrors := form.CheckRoles(page.Product, page.Roles, p.profile)
	if fieldErrors[access.FieldRole] == access.RolesNotCombinable {
		page.Errors = fieldErrors
		return s.refuse(w, r, errInvalidFields, drawn(web.AssignRole(p.layout, page)))
	}
	about := access.Target{Product: page.Product}
	if len(page.Roles) > 0 {
		about.Role = page.Roles[0]
	}
	return s.refuseOnProfile(w, r, err, about)
}

// assignPage is the page without a choice; the error says why there is nothing to choose.
func assignPage(r *http.Request, p access.Profile, another bool) (web.AssignRolePage, error) {
	page := web.AssignRolePage{Profile: p, IsAnotherRole: another}
	var reason access.Reason
	if another {
		product, err := pathSegment(r, "product")
		if err != nil {
			return page, access.ErrNotFound
		}
		page.Product = access.ProductID(product)
		if _, found := access.FindProduct(p.Products, page.Product); !found {
			return page, access.ErrNotFound
		}
		reason = p.WhyNotAssignAnother(page.Product)
	} else {
		reason = p.WhyNotNewProduct()
		if products := p.AssignableProducts(); len(products) == 1 {
			page.Product = products[0].ID
		}
	}
	if reason != "" {
		return page, &access.Refusal{Action: access.Assign, Reason: reason}
	}
	return page, nil
}
