package server

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// bulkForm is a form about several users: from the list, with users only, or from the confirmation page, with the roles
// that the page named.
type bulkForm struct {
	action access.Action
	filter access.Filter // the list's, with the form's product
	group  access.GroupID
	users  []access.UserID // each once
	roles  map[access.UserID][]access.Target
	undo   store.IdempotencyKey // of the bulk action whose changes are to be undone; empty: not an undo
}

// readBulkForm reads the form from a parsed body.
func readBulkForm(r *http.Request) (bulkForm, error) {
	f := bulkForm{
		action: access.Action(r.PostForm.Get("action")), group: access.GroupID(r.PostForm.Get("group")),
		roles: map[access.UserID][]access.Target{},
	}
	f.filter = listFilter(r.PostForm)
	if !f.action.IsBulk() {
		return f, invalidForm(errors.New("not a bulk action"))
	}
	chosen := slices.Clone(r.PostForm["user"])
	for _, value := range r.PostForm["target"] {
		user, role, _ := strings.Cut(value, ":")
		chosen = append(chosen, user)
		target := access.Target{Product: f.filter.Product, Role: access.RoleID(role)}
		f.roles[access.UserID(user)] = append(f.roles[access.UserID(user)], target)
	}
	if f.undo = store.IdempotencyKey(r.PostForm.Get("undo")); f.undo != "" && !isUUID(string(f.undo)) {
		return f, invalidForm(errors.New("not the key of a form"))
	}
	for _, user := range chosen {
		if !isUUID(user) {
			return f, invalidForm(errors.New("not a user"))
		}
		if !slices.Contains(f.users, access.UserID(user)) {
			f.users = append(f.users, access.UserID(user))
		}
	}
	return f, nil
}

// parts are the items to apply. A role that the page did not name is left out.
func (f bulkForm) parts() []users.BulkItem {
	var all []users.BulkItem
	for _, user := range f.users {
		if f.action == access.Join {
			all = append(all, users.BulkItem{User: user, Group: f.group})
		} else if roles := f.roles[user]; len(roles) > 0 {
			all = append(all, users.BulkItem{User: user, Roles: roles})
		}
	}
	return all
}

// bulk redirects to the review page of an action on the users that were selected in a list.
func (s *Server) bulk(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	return s.showBulkReview(w, r, newIdempotencyKey(), nil)
}

// bulkReview shows the review page of a selection that was sent, also to a person who had to sign in on the way; without a
// selection it redirects to the list.
func (s *Server) bulkReview(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept != nil {
		var fieldErrors access.FieldErrors
		if kept.IsSubmitted && r.PostForm.Get("action") == string(access.Join) && r.PostForm.Has("once") {
			fieldErrors = access.FieldErrors{access.FieldGroup: access.Missing}
		}
		return s.showBulkReview(w, r, keptKey(kept), fieldErrors)
	}
	in, err := pathID[access.InstitutionID](r, "institution")
	if err != nil {
		return err
	}
	return redirect(w, r, web.UsersURL(in, access.Filter{}))
}

// showBulkReview shows the selected users, what would happen to each, and why nothing can happen to some.
func (s *Server) showBulkReview(w http.ResponseWriter, r *http.Request, key string, fieldErrors access.FieldErrors) error {
	form, errForm := readBulkForm(r)
	if errForm == nil && form.undo != "" {
		return s.showBulkUndo(w, r, form)
	}
	isTooMany := len(form.users) > access.MaxBulk
	if isTooMany {
		form.users = nil
	}
	var people []access.User
	var groups []access.Group
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		q.Users(&people, in, form.users)
		q.Groups(&groups, in)
	})
	if err := cmp.Or(err, errForm); err != nil {
		return err
	}
	layout := s.scopeLayout(scope, web.NavUsers)
	if len(form.users) == 0 {
		return s.refuse(w, r, errInvalidFields, drawn(web.BulkSelectionError(layout, form.filter, isTooMany)))
	}
	product, found := access.FindProduct(scope.products, form.filter.Product)
	if !found {
		return access.ErrNotFound
	}
	page := web.BulkPage{
		Action: form.action, Product: product, Filter: form.filter, Group: form.group, Errors: fieldErrors, IdempotencyKey: key,
		Groups: activeGroups(groups, product.ID), GoneCount: len(form.users) - len(people),
	}
	for _, user := range people {
		p := scope.profile(user)
		p.Groups = groups
		page.Items = append(page.Items, bulkItem(p, form.action, page))
	}
	if len(page.Groups) == 1 && page.Group == "" {
		page.Group = page.Groups[0].ID
	}
	if err := s.bulkError(r, page); err != nil {
		return s.refuse(w, r, err, drawn(web.BulkConfirm(layout, page)))
	}
	return s.answer(w, r, web.BulkConfirm(layout, page))
}

// bulkItem is one user: the action on all their roles on the product, or the reason why there is nothing to do.
func bulkItem(p access.Profile, action access.Action, page web.BulkPage) web.BulkItem {
	if action == access.Join {
		return web.BulkItem{Profile: p, WhyNot: noGroupReason(p, page)}
	}
	var targets []access.Target
	for _, a := range p.Subject.AssignmentsOn(page.Product.ID) {
		targets = append(targets, access.Target{Product: a.Product, Role: a.Role})
	}
	if len(targets) == 0 {
		return web.BulkItem{Profile: p, WhyNot: access.NotHeld}
	}
	roles, refused := p.DecideEach(action, targets)
	if len(roles) == 0 {
		return web.BulkItem{Profile: p, WhyNot: refused[targets[0]]}
	}
	return web.BulkItem{Profile: p, Roles: roles}
}

// noGroupReason is why the user cannot join any active group of the product; empty if there is one.
func noGroupReason(p access.Profile, page web.BulkPage) access.Reason {
	reason := access.NoGroup
	for _, g := range page.Groups {
		if reason = p.WhyNotJoin(page.Product.ID, g.ID); reason == "" {
			return ""
		}
	}
	return reason
}

// activeGroups are the active groups of a product.
func activeGroups(all []access.Group, product access.ProductID) []access.Group {
	return slices.DeleteFunc(slices.Clone(all), func(g access.Group) bool {
		return g.Product != product || g.Status != access.Active
	})
}

// bulkError is why the page cannot be confirmed as it is (rule V9): nothing can be done to any of the users, or a field
// is to be corrected; nil if it can be. A refusal for lack of authority is reported for each user, because no page
// offers the action; the first is left to refuse, if bulkError returns it.
func (s *Server) bulkError(r *http.Request, page web.BulkPage) error {
	isPossible := false
	var forbidden []*access.Refusal
	for _, item := range page.Items {
		if item.WhyNot == "" {
			isPossible = true
		} else if item.WhyNot.Grade() == access.Forbidden {
			forbidden = append(forbidden, &access.Refusal{Action: page.Action, Reason: item.WhyNot})
		}
	}
	for i, refusal := range forbidden {
		if isPossible || i > 0 {
			s.report(r, refusal)
		}
	}
	switch {
	case !isPossible && len(forbidden) > 0:
		return forbidden[0]
	case !isPossible:
		return errNothingToDo
	case len(page.Errors) > 0:
		return errInvalidFields
	default:
		return nil
	}
}
