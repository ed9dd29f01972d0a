package server

import (
	"maps"
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// showBulkUndo shows the review page of undoing a bulk action: exactly the roles that it changed. Roles that have been
// changed again since are named, and left alone. After [receiptTTL] it redirects to the list.
func (s *Server) showBulkUndo(w http.ResponseWriter, r *http.Request, form bulkForm) error {
	var batch store.BulkResult
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		q.BulkResult(&batch, in, s.callerID(r), form.undo, s.now().Add(-receiptTTL))
	})
	if err != nil {
		return err
	}
	product, found := access.FindProduct(scope.products, batch.Product)
	if !found || batch.Action.Reverse() != form.action {
		return redirect(w, r, web.UsersURL(scope.institution.ID, form.filter))
	}
	page := web.BulkPage{
		Action: form.action, Product: product, Filter: form.filter, IdempotencyKey: newIdempotencyKey(), Undoes: string(form.undo),
	}
	undone, err := s.loadBulkUndo(r, scope, batch)
	if err != nil {
		return err
	}
	page.Items, page.GoneCount = undone.items, undone.gone
	view := web.BulkConfirm(s.scopeLayout(scope, web.NavUsers), page)
	if err := s.bulkError(r, page); err != nil {
		return s.refuse(w, r, err, drawn(view))
	}
	return s.answer(w, r, view)
}

// bulkUndo is what undoing a bulk action would do now.
type bulkUndo struct {
	items []web.BulkItem
	gone  int // users whose roles it changed, and who are not users any more
}

// isPossible reports whether it would change anything.
func (u bulkUndo) isPossible() bool {
	return slices.ContainsFunc(u.items, func(i web.BulkItem) bool { return i.WhyNot == "" })
}

// loadBulkUndo reads which changes of a bulk action can be undone.
func (s *Server) loadBulkUndo(r *http.Request, scope scope, batch store.BulkResult) (u bulkUndo, err error) {
	var people []access.User
	var changes []store.RoleChange
	forms := make([]store.Receipt, len(batch.Results)) // the part of the form about each user
	changed := map[access.UserID][]access.Target{}
	q := s.db.Query()
	for i, result := range batch.Results {
		q.Receipt(&forms[i], scope.institution.ID, scope.actor.ID, batch.Key.Derive(string(result.User)), batch.At.Add(-bulkTimeout))
		for _, role := range result.Roles {
			changed[result.User] = append(changed[result.User], access.Target{Product: batch.Product, Role: role})
		}
	}
	q.Users(&people, scope.institution.ID, slices.Collect(maps.Keys(changed)))
	q.LastRoleChanges(&changes, scope.institution.ID, batch)
	if err := q.Read(r.Context()); err != nil {
		return bulkUndo{}, err
	}
	isLast := func(user access.UserID, role access.RoleID) bool {
		form := forms[slices.IndexFunc(batch.Results, func(i store.ItemResult) bool { return i.User == user })]
		return slices.Contains(changes, store.RoleChange{
			User: user, Role: role, Actor: scope.actor.ID, Action: batch.Action, At: form.At,
		})
	}
	for _, user := range people {
		u.items = append(u.items, undoItem(scope.profile(user), batch.Action.Reverse(), changed[user.ID], isLast))
	}
	u.gone = len(changed) - len(people)
	return u, nil
}

// undoItem is what undoing would do to one user.
func undoItem(
	p access.Profile, reverse access.Action, changed []access.Target, isLast func(access.UserID, access.RoleID) bool,
) web.BulkItem {
	item := web.BulkItem{Profile: p}
	possible, refused := p.DecideEach(reverse, changed)
	for _, t := range changed {
		if slices.Contains(possible, t) && isLast(p.Subject.ID, t.Role) {
			item.Roles = append(item.Roles, t)
			continue
		}
		item.LeftAlone = append(item.LeftAlone, t)
		item.WhyNot = refused[t]
		if item.WhyNot.Grade() == access.Conflict || item.WhyNot == "" {
			item.WhyNot = access.ChangedSince
		}
	}
	if len(item.Roles) > 0 {
		item.WhyNot = ""
	}
	return item
}
