package server

import (
	"cmp"
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// loadNewUserPage reads what pages that add users need: a profile without a subject.
func (s *Server) loadNewUserPage(r *http.Request) (subjectPage, error) {
	scope, err := s.load(r, need{action: access.EnterUsers}, nil)
	if err != nil {
		return subjectPage{}, err
	}
	return subjectPage{scope: scope, profile: scope.profile(access.User{}), layout: s.scopeLayout(scope, web.NavUsers)}, nil
}

// addForm shows the empty form (rule P10), with the product of the link selected.
func (s *Server) addForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	typed := access.UserForm{Product: access.ProductID(r.URL.Query().Get("product"))}
	if containsFiscalCode(string(typed.Product)) { // the page links to the product's list
		typed.Product = ""
	}
	if products := p.profile.AssignableProducts(); len(products) == 1 {
		typed.Product = products[0].ID
	}
	if isRestored, err := s.restoreForm(w, r); err != nil {
		return err
	} else if isRestored {
		typed = readUserForm(r)
	}
	return s.show(w, r, web.AddUser(p.layout, web.AddUserPage{Profile: p.profile, Form: typed}))
}

// addCheck shows the form again with its errors, or the page on which the new user is confirmed.
func (s *Server) addCheck(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	if err := cmp.Or(parseForm(r), checkRoleFields(r, p.profile.Products)); err != nil {
		return err
	}
	typed := readUserForm(r)
	if r.PostForm.Get("back") != "" {
		return s.show(w, r, web.AddUser(p.layout, web.AddUserPage{Profile: p.profile, Form: typed}))
	}
	newUser, fieldErrors := form.CheckNewUser(typed, p.profile)
	if len(fieldErrors) > 0 {
		return s.refuseUserForm(w, r, p, typed, fieldErrors)
	}
	existing, err := s.userByFiscalCode(r, p.scope.institution.ID, newUser.FiscalCode)
	if err != nil {
		return err
	}
	if existing != "" {
		return s.refuseExistingUser(w, r, p, typed, existing)
	}
	product, _ := access.FindProduct(p.profile.Products, newUser.Product)
	page := web.CheckUserPage{Form: normalizedForm(newUser, typed), Product: product, IdempotencyKey: newIdempotencyKey()}
	for _, id := range newUser.Roles {
		role, _ := product.Role(id)
		page.Roles = append(page.Roles, role)
	}
	return s.show(w, r, web.CheckUser(p.layout, page))
}

// addConfirm adds the user and redirects to their profile.
func (s *Server) addConfirm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	key, err := parseKeyedForm(r)
	if err := cmp.Or(err, checkRoleFields(r, p.profile.Products)); err != nil {
		return err
	}
	typed := readUserForm(r)
	newUser, fieldErrors := form.CheckNewUser(typed, p.profile)
	if len(fieldErrors) > 0 {
		if refusal := forbiddenRole(p.profile, newUser); refusal != nil {
			return refusal
		}
		return s.refuseUserForm(w, r, p, typed, fieldErrors)
	}
	c := users.Command{Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Key: key}
	user, err := s.users.Add(r.Context(), c, newUser)
	var refusal *access.Refusal
	if errors.As(err, &refusal) && refusal.Reason == access.AlreadyUser {
		return s.refuseExistingUser(w, r, p, typed, user)
	}
	if err != nil {
		return err
	}
	return redirect(w, r, withReceipt(profileURL(r, users.Command{Institution: c.Institution, Subject: user}), key))
}

// forbiddenRole is the refusal of a role that the actor may not assign; nil if there is none. A refusal for lack of
// authority is not an error to correct in the form (rules V9, D5).
func forbiddenRole(p access.Profile, newUser form.NewUser) error {
	for _, role := range newUser.Roles {
		err := access.Decide(p.Request(access.Add, access.Target{Product: newUser.Product, Role: role}))
		var refusal *access.Refusal
		if errors.As(err, &refusal) && refusal.Grade() == access.Forbidden {
			return refusal
		}
	}
	return nil
}

// refuseUserForm shows the form as filled in, with what to correct.
func (s *Server) refuseUserForm(
	w http.ResponseWriter, r *http.Request, p subjectPage, typed access.UserForm, fieldErrors access.FieldErrors,
) error {
	_, warning := fieldErrors[access.FieldNames]
	page := web.AddUserPage{Profile: p.profile, Form: typed, Errors: fieldErrors, NeedsConfirmation: warning}
	return s.refuse(w, r, errInvalidFields, drawn(web.AddUser(p.layout, page)))
}

// refuseExistingUser shows the form with the name of the user who has the fiscal code (rule P10), who is unchanged, and a
// link to the assignment of the chosen roles. Where the typed data differ, the page names both.
func (s *Server) refuseExistingUser(
	w http.ResponseWriter, r *http.Request, p subjectPage, typed access.UserForm, user access.UserID,
) error {
	page := web.AddUserPage{Profile: p.profile, Form: typed}
	q := s.db.Query()
	q.User(&page.Existing, p.scope.institution.ID, user)
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	page.IsOtherPerson = form.Differs(typed, page.Existing)
	if existing := p.scope.profile(page.Existing); len(form.CheckRoles(typed.Product, typed.Roles, existing)) == 0 {
		page.AssignURL = web.AssignChosenURL(p.scope.institution.ID, page.Existing, typed.Product, typed.Roles)
	}
	return s.refuse(w, r, &access.Refusal{Action: access.Add, Reason: access.AlreadyUser}, drawn(web.AddUser(p.layout, page)))
}

// normalizedForm is the form with its fields as they were understood.
func normalizedForm(newUser form.NewUser, typed access.UserForm) access.UserForm {
	typed.FiscalCode, typed.Email = newUser.FiscalCode.Reveal(), newUser.Email
	typed.FirstName, typed.LastName = newUser.FirstName, newUser.LastName
	return typed
}
