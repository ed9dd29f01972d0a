package server

import (
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// changeRoleForm shows the roles to which the user's roles on a product can be changed (rule P13). To undo a change, those
// that it replaced are chosen.
func (s *Server) changeRoleForm(w http.ResponseWriter, r *http.Request) error {
	var undone store.Receipt
	key := undoKey(r.URL.Query())
	p, page, err := s.loadChangePage(r, func(q *store.Query, in access.InstitutionID) {
		if key != "" {
			q.Receipt(&undone, in, s.callerID(r), key, s.now().Add(-receiptTTL))
		}
	})
	if err != nil {
		return s.refuseOnProfile(w, r, err, access.Target{Product: page.Product.ID})
	}
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	page.IdempotencyKey = newIdempotencyKey()
	if kept != nil {
		page.Roles, page.IdempotencyKey, page.Undoes = readRoles(r, page.Product.ID), keptKey(kept), string(undoKey(r.PostForm))
		if kept.IsSubmitted {
			page.Errors = form.CheckChange(page.Product.ID, page.Roles, p.profile)
		}
		return s.show(w, r, web.ChangeRole(p.layout, page))
	}
	if undone.Subject == p.profile.Subject.ID && undone.Action == access.ChangeRole && undone.Target.Product == page.Product.ID {
		page.Roles, page.Undoes = undone.Replaced, string(key)
	} else if possible := possibleRoles(p.profile.ChangeOffers(page.Product.ID)); len(possible) == 1 {
		page.Roles = possible
	}
	return s.show(w, r, web.ChangeRole(p.layout, page))
}

// changeRole changes the roles and redirects to the profile, or to the row of the list that the action was chosen in.
func (s *Server) changeRole(w http.ResponseWriter, r *http.Request) error {
	p, page, err := s.loadChangePage(r, nil)
	if p.profile.Subject.ID == "" {
		return err
	}
	key, errForm := parseKeyedForm(r)
	if errForm != nil {
		return errForm
	}
	if errForm := checkRoleFields(r, p.profile.Products); errForm != nil {
		return errForm
	}
	page.Roles, page.IdempotencyKey, page.Undoes = readRoles(r, page.Product.ID), string(key), string(undoKey(r.PostForm))
	c := users.Command{
		Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID,
		Target: access.Target{Product: page.Product.ID}, Key: key, Undoes: undoKey(r.PostForm),
	}
	// Without a choice, the form is shown again. A choice is for the service to decide, which recognises a repeated form.
	if len(page.Roles) == 0 {
		if err != nil {
			return s.refuseOnProfile(w, r, err, c.Target)
		}
		page.Errors = form.CheckChange(page.Product.ID, page.Roles, p.profile)
		return s.refuse(w, r, errInvalidFields, drawn(web.ChangeRole(p.layout, page)))
	}
	if err := s.users.ChangeRole(r.Context(), c, replacedRoles(r, page.Product.ID), page.Roles); err != nil {
		return s.refuseChange(w, r, p, page, err)
	}
	if list, returns := s.readReturn(r); returns {
		return redirect(w, r, web.AtRow(withReceipt(web.UsersURL(c.Institution, list), key)))
	}
	return redirect(w, r, withReceipt(s.profileURL(r, c), key))
}

// refuseChange shows the form again if another choice would be granted, or else the profile with the reason.
func (s *Server) refuseChange(w http.ResponseWriter, r *http.Request, p subjectPage, page web.ChangeRolePage, err error) error {
	fieldErrors := form.CheckChange(page.Product.ID, page.Roles, p.profile)
	if fieldErrors[access.FieldRole] == access.RolesNotCombinable {
		page.Errors = fieldErrors
		return s.refuse(w, r, errInvalidFields, drawn(web.ChangeRole(p.layout, page)))
	}
	return s.refuseOnProfile(w, r, err, access.Target{Product: page.Product.ID, Role: page.Roles[0]})
}

// loadChangePage reads what both pages need; the error says why there is no role to choose.
func (s *Server) loadChangePage(
	r *http.Request, ask func(*store.Query, access.InstitutionID),
) (subjectPage, web.ChangeRolePage, error) {
	p, err := s.loadSubjectWith(r, nil, ask)
	if err != nil {
		return subjectPage{}, web.ChangeRolePage{}, err
	}
	id, err := pathSegment(r, "product")
	if err != nil {
		return subjectPage{}, web.ChangeRolePage{}, access.ErrNotFound
	}
	product, found := access.FindProduct(p.profile.Products, access.ProductID(id))
	if !found {
		return subjectPage{}, web.ChangeRolePage{}, access.ErrNotFound
	}
	page := web.ChangeRolePage{Profile: p.profile, Product: product}
	if reason := p.profile.WhyNotAnyChange(product.ID); reason != "" {
		return p, page, &access.Refusal{Action: access.ChangeRole, Reason: reason}
	}
	return p, page, nil
}

// replacedRoles are the roles that the page named as those to be changed.
func replacedRoles(r *http.Request, product access.ProductID) (roles []access.RoleID) {
	for _, t := range readRoleTargets(r.PostForm["replaces"]) {
		if t.Product == product {
			roles = append(roles, t.Role)
		}
	}
	return roles
}

// possibleRoles are the offered roles that can be chosen.
func possibleRoles(offers []access.Offer) (roles []access.RoleID) {
	for _, o := range slices.DeleteFunc(offers, func(o access.Offer) bool { return o.WhyNot != "" }) {
		roles = append(roles, o.ID)
	}
	return roles
}
