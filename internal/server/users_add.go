package server

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// loadNewUserPage reads what pages that add users need: a profile without a subject.
func (s *Server) loadNewUserPage(r *http.Request) (subjectPage, error) {
	scope, err := s.load(r, need{action: access.EnterUsers}, nil)
	if err != nil {
		return subjectPage{}, err
	}
	layout := s.scopeLayout(scope, web.NavUsers)
	if strings.Contains(r.URL.Path, "/users/import") { // of the address, the list only if it counts
		layout.Address = listAddress(layout, layout.Address)
	}
	return subjectPage{scope: scope, profile: scope.profile(access.User{}), layout: layout}, nil
}

// addForm shows the empty form (rule P10), with the product of the link selected.
func (s *Server) addForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	typed := access.UserForm{Product: access.ProductID(r.URL.Query().Get("product"))}
	if _, found := access.FindProduct(p.profile.Products, typed.Product); !found { // the page links to the product's list
		typed.Product = ""
	}
	if products := p.profile.AssignableProducts(); len(products) == 1 {
		typed.Product = products[0].ID
	}
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept != nil {
		typed = readUserForm(r)
		setCodePage(&p.layout, r, store.Receipt{}, kept)
	}
	if kept != nil && kept.IsSubmitted {
		if isRefused, err := s.refuseNewUser(w, r, p, typed); isRefused || err != nil {
			return err
		}
		if kept.Reason == access.FormUsed {
			p.layout.Refusal = &web.RefusalBanner{Reason: kept.Reason}
		}
	}
	return s.show(w, r, web.AddUser(p.layout, web.AddUserPage{Profile: p.profile, Form: typed}))
}

// addCheck redirects to the form with its errors, or to the page on which the new user is confirmed.
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
		return s.keepAndShow(w, r, s.formAddress(r), users.KeptForm{})
	}
	if isRefused, err := s.refuseNewUser(w, r, p, typed); isRefused || err != nil {
		return err
	}
	return s.keepAndShow(w, r, s.withList(r, web.AddConfirmURL(p.scope.institution.ID)), users.KeptForm{})
}

// refuseNewUser shows the form with what is to correct, if there is anything.
func (s *Server) refuseNewUser(w http.ResponseWriter, r *http.Request, p subjectPage, typed access.UserForm) (bool, error) {
	newUser, fieldErrors := form.CheckNewUser(typed, p.profile)
	if len(fieldErrors) > 0 {
		return true, s.refuseUserForm(w, r, p, typed, fieldErrors)
	}
	existing, err := s.userByFiscalCode(r, p.scope.institution.ID, newUser.FiscalCode)
	if err != nil || existing == "" {
		return false, err
	}
	return true, s.refuseExistingUser(w, r, p, typed, existing)
}

// addReview shows the page on which a new user is confirmed. The form's key is its idempotency key: sent again after Back, it
// has its first outcome.
func (s *Server) addReview(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.keptForm(r)
	if err != nil {
		return err
	}
	if kept == nil {
		return s.redirectToForm(w, r)
	}
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	setCodePage(&p.layout, r, store.Receipt{}, kept)
	typed := readUserForm(r)
	newUser, fieldErrors := form.CheckNewUser(typed, p.profile)
	if len(fieldErrors) > 0 {
		return s.refuseUserForm(w, r, p, typed, fieldErrors)
	}
	product, _ := access.FindProduct(p.profile.Products, newUser.Product)
	page := web.CheckUserPage{Form: normalizedForm(newUser, typed), Product: product, IdempotencyKey: string(kept.Key)}
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
		return s.refuse(w, r, err, func(*access.Refusal) (templ.Component, error) { return nil, err })
	}
	return redirect(w, r, withReceipt(s.profileURL(r, users.Command{Institution: c.Institution, Subject: user}), key))
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
