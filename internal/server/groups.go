package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// groups shows the institution's groups by product (rules V3, P9), and reports the deletion of a group.
func (s *Server) groups(w http.ResponseWriter, r *http.Request) error {
	var receipt store.Receipt
	product := access.ProductID(r.URL.Query().Get("product"))
	kept, err := s.keptForm(r)
	if err != nil {
		return err
	}
	p, err := s.loadGroups(r, product, func(q *store.Query, in access.InstitutionID) {
		s.queueReceipt(q, &receipt, r, in)
	})
	if err != nil {
		return err
	}
	if receipt.Action == access.DeleteGroup {
		name, err := s.deletedGroup(r, p, receipt)
		if err != nil {
			return err
		}
		of, _ := access.FindProduct(p.page.Profile.Products, receipt.Target.Product)
		p.layout.Outcome = &web.Outcome{Action: receipt.Action, Product: of.Title, Group: name}
	}
	if kept != nil {
		p.layout.Refusal = &web.RefusalBanner{Reason: kept.Reason, Product: p.product.Title}
	}
	return s.show(w, r, web.Groups(p.layout, p.page))
}

// deletedGroup is the name of a group that was deleted, which only the log still has; empty if the log's page has it not.
func (s *Server) deletedGroup(r *http.Request, p groupsPage, receipt store.Receipt) (string, error) {
	var log access.EventList
	q := s.db.Query()
	f := access.EventFilter{Product: receipt.Target.Product, Action: access.DeleteGroup}
	q.Events(&log, p.page.Profile.Institution.ID, receipt.Actor, f, store.EventPageSize)
	if err := q.Read(r.Context()); err != nil {
		return "", err
	}
	for _, e := range log.Events {
		if e.Actor.ID == receipt.Actor && e.At.Equal(receipt.At) {
			return e.Group, nil
		}
	}
	return "", nil
}

// groupsPage is the list of groups, and the product that a refusal is about.
type groupsPage struct {
	layout  web.Layout
	page    web.GroupsPage
	product access.Product
}

// loadGroups reads the list with what ask adds.
func (s *Server) loadGroups(
	r *http.Request, product access.ProductID, ask func(*store.Query, access.InstitutionID),
) (groupsPage, error) {
	var rows []access.GroupRow
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		q.GroupRows(&rows, in)
		if ask != nil {
			ask(q, in)
		}
	})
	if err != nil {
		return groupsPage{}, err
	}
	of, found := access.FindProduct(scope.products, product)
	if product != "" && !found {
		return groupsPage{}, access.ErrNotFound
	}
	page := web.GroupsPage{Profile: scope.profile(access.User{}), Rows: rows, Product: product}
	return groupsPage{s.scopeLayout(scope, web.NavGroups), page, of}, nil
}

// newGroup shows the form of a new group. Its product is in the address, or the only one of which the actor may create
// groups.
func (s *Server) newGroup(w http.ResponseWriter, r *http.Request) error {
	page := web.GroupFormPage{IdempotencyKey: newIdempotencyKey()}
	page.Product.ID = access.ProductID(r.URL.Query().Get("product"))
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept != nil {
		page.Product.ID, page.Title = access.ProductID(r.PostForm.Get("product")), r.PostForm.Get("title")
		page.IdempotencyKey = keptKey(kept)
	}
	return s.showNewGroup(w, r, page, kept != nil && kept.IsSubmitted)
}

// showNewGroup shows the form, with its errors if it was sent, if the actor may create groups of the product.
func (s *Server) showNewGroup(w http.ResponseWriter, r *http.Request, page web.GroupFormPage, isSent bool) error {
	var groups []access.Group
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		if isSent {
			q.Groups(&groups, in)
		}
	})
	if err != nil {
		return err
	}
	p := scope.profile(access.User{})
	if page.Product.ID == "" {
		only, found := soleProduct(p)
		if !found {
			return redirect(w, r, web.GroupsURL(scope.institution.ID, ""))
		}
		page.Product.ID = only
	}
	if err := access.Decide(p.Request(access.CreateGroup, access.Target{Product: page.Product.ID})); err != nil {
		return s.refuseOnGroups(w, r, err, page.Product.ID)
	}
	page.Product, _ = access.FindProduct(p.Products, page.Product.ID)
	if isSent {
		page.Errors = titleErrors(page, groups)
	}
	view := web.GroupForm(s.scopeLayout(scope, web.NavGroups), page)
	if page.Errors != nil {
		return s.refuse(w, r, errInvalidFields, drawn(view))
	}
	return s.show(w, r, view)
}

// titleErrors are the errors of a group's name, by the names that other groups have now.
func titleErrors(page web.GroupFormPage, groups []access.Group) access.FieldErrors {
	title, fieldErrors := form.CheckTitle(page.Title)
	if fieldErrors == nil && form.IsTitleTaken(groups, page.Product.ID, page.Group.ID, title) {
		return access.FieldErrors{access.FieldTitle: access.TitleTaken}
	}
	return fieldErrors
}

// soleProduct returns the product of which the actor may create groups, if there is exactly one.
func soleProduct(p access.Profile) (only access.ProductID, found bool) {
	for _, product := range p.Products {
		if p.MayCreateGroup(product.ID) {
			if found {
				return "", false
			}
			only, found = product.ID, true
		}
	}
	return only, found
}

// createGroup creates a group and redirects to its page. A repeated form redirects to the same page.
func (s *Server) createGroup(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	product := c.Target.Product
	page := web.GroupFormPage{Product: access.Product{ID: product}, Title: r.PostForm.Get("title"), IdempotencyKey: string(c.Key)}
	title, fieldErrors := form.CheckTitle(page.Title)
	if fieldErrors != nil {
		return s.showNewGroup(w, r, page, true)
	}
	group, err := s.users.CreateGroup(r.Context(), c, title)
	switch {
	case isNameTaken(err):
		return s.refuse(w, r, errInvalidFields, nil)
	case err != nil:
		return s.refuseOnGroups(w, r, hideInstitution(err), product)
	}
	return redirect(w, r, withReceipt(web.GroupURL(c.Institution, group), c.Key))
}

// refuseOnGroups shows the list of groups under the reason why a group cannot be created.
func (s *Server) refuseOnGroups(w http.ResponseWriter, r *http.Request, err error, product access.ProductID) error {
	if r.Method == http.MethodPost && isSentBack(err) {
		address := web.GroupsURL(access.InstitutionID(chi.URLParam(r, "institution")), product)
		return s.sendBack(w, r, err, address, users.KeptForm{Target: access.Target{Product: product}})
	}
	return s.refuse(w, r, err, func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadGroups(r, product, nil)
		if err != nil {
			return nil, err
		}
		p.layout.Refusal = &web.RefusalBanner{Reason: refusal.Reason, Product: p.product.Title}
		return web.Groups(p.layout, p.page), nil
	})
}

// renameForm shows the form with a group's name.
func (s *Server) renameForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadGroup(r)
	if err != nil {
		return err
	}
	if err := access.Decide(p.profile.GroupRequest(access.RenameGroup, p.group.Product, p.group.ID)); err != nil {
		return s.refuseOnGroup(w, r, err, "")
	}
	page := web.GroupFormPage{Product: p.product, Group: p.group, Title: p.group.Name, IdempotencyKey: newIdempotencyKey()}
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept != nil {
		page.Title, page.IdempotencyKey = r.PostForm.Get("title"), keptKey(kept)
		if kept.IsSubmitted {
			page.Errors = titleErrors(page, p.profile.Groups)
		}
	}
	return s.show(w, r, web.GroupForm(p.layout, page))
}

// renameGroup renames a group and redirects to its page.
func (s *Server) renameGroup(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	group, err := pathID[access.GroupID](r, "group")
	if err != nil {
		return err
	}
	title, fieldErrors := form.CheckTitle(r.PostForm.Get("title"))
	if fieldErrors == nil {
		err = s.users.RenameGroup(r.Context(), c, group, title)
		if err == nil {
			return redirect(w, r, withReceipt(web.GroupURL(c.Institution, group), c.Key))
		}
		if !isNameTaken(err) {
			return s.refuseOnGroup(w, r, hideInstitution(err), "")
		}
	}
	p, err := s.loadGroup(r)
	if err != nil {
		return err
	}
	if err := access.Decide(p.profile.GroupRequest(access.RenameGroup, p.group.Product, p.group.ID)); err != nil {
		return s.refuseOnGroup(w, r, err, "")
	}
	return s.refuse(w, r, errInvalidFields, nil)
}

// confirmGroup shows the confirmation page of an action on a group, if the action would be granted now.
func (s *Server) confirmGroup(a access.Action) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.loadGroup(r)
		if err != nil {
			return err
		}
		if err := access.Decide(p.profile.GroupRequest(a, p.group.Product, p.group.ID)); err != nil {
			return s.refuseOnGroup(w, r, err, "")
		}
		return s.show(w, r, web.ConfirmGroup(p.layout, web.ConfirmGroupPage{
			Action: a, Group: p.group, Product: p.product, Members: p.members, IdempotencyKey: newIdempotencyKey(),
			Undoes: string(undoKey(r.URL.Query())),
		}))
	}
}

// executeGroup executes an action on a group and redirects to the group's page, or to the list if the action deletes
// the group.
func (s *Server) executeGroup(execute func(context.Context, users.Command, access.GroupID) error, isDeleted bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := s.groupForm(r)
		if err != nil {
			return err
		}
		group, err := pathID[access.GroupID](r, "group")
		if err != nil {
			return err
		}
		if err := execute(r.Context(), c, group); err != nil {
			return s.refuseOnGroup(w, r, hideInstitution(err), "")
		}
		to := web.GroupURL(c.Institution, group)
		if isDeleted {
			to = web.GroupsURL(c.Institution, c.Target.Product)
		}
		return redirect(w, r, withReceipt(to, c.Key))
	}
}

// groupForm reads a form about a group. The product comes from the form, so that a repeated form has the same content
// after the group is deleted; whether the group belongs to that product is decided under the lock.
func (s *Server) groupForm(r *http.Request) (users.Command, error) {
	if s.callerPerson(r) == "" {
		return users.Command{}, errNoPowers
	}
	in, err := pathID[access.InstitutionID](r, "institution")
	if err != nil {
		return users.Command{}, err
	}
	key, err := parseKeyedForm(r)
	if err != nil {
		return users.Command{}, err
	}
	return users.Command{
		Institution: in, Actor: s.callerID(r), Key: key, Undoes: undoKey(r.PostForm),
		Target: access.Target{Product: access.ProductID(r.PostForm.Get("product"))},
	}, nil
}

// isNameTaken reports whether another group has the name.
func isNameTaken(err error) bool {
	var refusal *access.Refusal
	return errors.As(err, &refusal) && refusal.Reason == access.GroupNameTaken
}

// hideInstitution makes an institution that does not exist answer like one where the actor has no powers (rule V9).
func hideInstitution(err error) error {
	if errors.Is(err, access.ErrNotFound) {
		return &access.Refusal{Reason: access.NoPowers}
	}
	return err
}
