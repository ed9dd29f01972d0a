package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// bulkTimeout is the time limit of a form about several users.
const bulkTimeout = 2 * time.Minute

// detachedContext is the context of such a form. The form completes even if the client leaves, so that it is never
// applied in part.
func (s *Server) detachedContext(w http.ResponseWriter, r *http.Request) (context.Context, context.CancelFunc) {
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(bulkTimeout)) // an error means that the server has no deadline
	return context.WithTimeout(context.WithoutCancel(r.Context()), bulkTimeout)
}

// bulkConfirm applies the action to one user after the other and redirects to the results. A repeated form redirects to
// the same page.
func (s *Server) bulkConfirm(w http.ResponseWriter, r *http.Request) error {
	key, errForm := parseKeyedForm(r)
	var form bulkForm
	if errForm == nil {
		form, errForm = readBulkForm(r)
	}
	var groups []access.Group
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		q.Groups(&groups, in)
	})
	if err := cmp.Or(err, errForm); err != nil {
		return err
	}
	parts := form.parts()
	if len(parts) == 0 || len(parts) > access.MaxBulk {
		page := web.BulkSelectionError(s.scopeLayout(scope, web.NavUsers), form.filter, len(parts) > 0)
		return s.refuse(w, r, errInvalidFields, drawn(page))
	}
	if _, found := access.FindProduct(scope.products, form.filter.Product); !found {
		return access.ErrNotFound
	}
	isGroup := func(g access.Group) bool { return g.ID == form.group && g.Product == form.filter.Product }
	if form.action == access.Join && !slices.ContainsFunc(groups, isGroup) {
		return s.showBulkReview(w, r, string(key), access.FieldErrors{access.FieldGroup: access.Missing})
	}
	c := users.Command{
		Institution: scope.institution.ID, Actor: scope.actor.ID, Target: access.Target{Product: form.filter.Product}, Key: key,
		Undoes: form.undo,
	}
	ctx, cancel := s.detachedContext(w, r)
	defer cancel()
	if err := s.users.ApplyBulk(ctx, c, form.action, parts); err != nil {
		return err
	}
	if err := s.logBulkRefusals(r, c); err != nil {
		return err
	}
	return redirect(w, r, web.BulkResultURL(c.Institution, form.filter, string(key)))
}

// bulkResult shows a form's result for each user. After [receiptTTL] it redirects to the list.
func (s *Server) bulkResult(w http.ResponseWriter, r *http.Request) error {
	filter := listFilter(r.URL.Query())
	var batch store.BulkResult
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		s.queueBulkReceipt(q, &batch, r, in)
	})
	if err != nil {
		return err
	}
	product, found := access.FindProduct(scope.products, batch.Product)
	if !found || !batch.Action.IsBulk() {
		return redirect(w, r, web.UsersURL(scope.institution.ID, filter))
	}
	page := web.BulkResultPage{Action: batch.Action, Product: product, Filter: filter}
	if err := s.addBulkResults(r, scope, batch.Results, &page); err != nil {
		return err
	}
	if batch.Action.Reverse() != "" {
		undo, err := s.loadBulkUndo(r, scope, batch)
		if err != nil {
			return err
		}
		if undo.isPossible() {
			page.UndoKey = string(batch.Key)
		}
	}
	return s.show(w, r, web.BulkResult(s.scopeLayout(scope, web.NavUsers), page))
}

// addBulkResults sorts the results in the list's order. Of a person who is no longer a user, the log has the name.
func (s *Server) addBulkResults(r *http.Request, scope scope, results []store.ItemResult, page *web.BulkResultPage) error {
	why := map[access.UserID]access.Reason{}
	var ids []access.UserID
	for _, result := range results {
		why[result.User] = result.Reason
		ids = append(ids, result.User)
	}
	var people []access.User
	q := s.db.Query()
	q.Users(&people, scope.institution.ID, ids)
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	for _, user := range people {
		if reason := why[user.ID]; reason != "" {
			page.Refused = append(page.Refused, web.BulkItem{Profile: scope.profile(user), WhyNot: reason})
		} else {
			page.Changed = append(page.Changed, scope.profile(user))
		}
		delete(why, user.ID)
	}
	left := make([]access.Party, 0, len(why))
	q = s.db.Query()
	for user, reason := range why {
		if reason != "" {
			page.GoneCount++
			continue
		}
		left = append(left, access.Party{})
		q.Party(&left[len(left)-1], scope.institution.ID, user)
	}
	if len(left) == 0 {
		return nil
	}
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	for _, person := range left {
		page.Left = append(page.Left, scope.layout.PartyName(person))
	}
	slices.Sort(page.Left)
	return nil
}

// logBulkRefusals reports the refusals for lack of authority: no page offers those actions.
func (s *Server) logBulkRefusals(r *http.Request, c users.Command) error {
	var batch store.BulkResult
	q := s.db.Query()
	q.BulkResult(&batch, c.Institution, c.Actor, c.Key, s.now().Add(-receiptTTL))
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	for _, result := range batch.Results {
		if result.Reason != "" && result.Reason.Grade() != access.Conflict {
			s.report(r, &access.Refusal{Action: batch.Action, Reason: result.Reason})
		}
	}
	return nil
}
