package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// Limits of a log as a file: its events, the events that are read at a time, and the files that are written at a time.
const (
	maxFileEvents   = 50_000
	eventsPerRead   = 5_000
	fileConcurrency = 2
)

// errInvalidPeriod is the error of a filter whose days are no period.
var errInvalidPeriod = errors.New("invalid period")

// activity shows the activity log: of the institution ("Registro attività"), or of the user in the path ("Cronologia").
func (s *Server) activity(w http.ResponseWriter, r *http.Request) error {
	f, err := readEventFilter(r)
	if err != nil {
		return err
	}
	scope, page, err := s.loadEvents(r, f, store.EventPageSize)
	if err != nil && !errors.Is(err, errInvalidPeriod) {
		return err
	}
	switch {
	case err != nil:
	case len(page.List.Events) == 0 && f.Page != (access.EventPage{}): // the page is past the end
		f.Page = access.EventPage{}
		return redirect(w, r, web.ActivityURL(scope.institution.ID, f))
	case hasEmptyFields(r): // sent by a form: the address keeps the fields that are filled in
		return redirect(w, r, web.ActivityURL(scope.institution.ID, f))
	}
	active := web.NavActivity
	if page.User.ID != "" {
		active = web.NavUsers
		if page.User.ID == scope.actor.ID {
			active = web.NavOwnProfile
		}
	}
	log := web.ActivityLog(s.scopeLayout(scope, active), page)
	if err != nil {
		return s.refuse(w, r, err, drawn(log))
	}
	return s.show(w, r, log)
}

// loadEvents reads a page of a log as the actor may see it. With [errInvalidPeriod] it returns a page without events.
func (s *Server) loadEvents(r *http.Request, f access.EventFilter, limit int) (scope, web.ActivityPage, error) {
	page, n := web.ActivityPage{Filter: f}, need{action: access.EnterUsers}
	if f.Subject != "" {
		n = need{action: access.View, subject: &page.User}
	}
	var person access.Party
	scope, err := s.load(r, n, func(q *store.Query, in access.InstitutionID) {
		if f.Subject != "" {
			q.User(&page.User, in, f.Subject)
		}
		if f.Person != "" {
			q.Party(&person, in, f.Person)
		}
		if f.PeriodError() == "" {
			q.Events(&page.List, in, s.callerID(r), f, limit)
		}
	})
	if err != nil {
		return scope, web.ActivityPage{}, err
	}
	page.Products, page.FilterProducts = scope.products, access.EventProducts(scope.actor, f.Subject, scope.products)
	page.Person = person.Name
	if err := f.Validate(page.FilterProducts); err != nil {
		return scope, page, err
	}
	if page.Zone, err = time.LoadLocation("Europe/Rome"); err != nil {
		return scope, page, err
	}
	if f.PeriodError() != "" {
		return scope, page, errInvalidPeriod
	}
	return scope, page, nil
}

// readEventFilter reads the filter from the address. A person that is no identifier is dropped.
func readEventFilter(r *http.Request) (access.EventFilter, error) {
	f := web.ReadEventFilter(r.URL.Query())
	if !isUUID(string(f.Person)) {
		f.Person = ""
	}
	if chi.URLParam(r, "user") == "" {
		return f, nil
	}
	user, err := pathID[access.UserID](r, "user")
	f.Subject, f.Person = user, ""
	return f, err
}

// hasEmptyFields reports whether the address has empty fields, as a browser sends them from a form.
func hasEmptyFields(r *http.Request) bool {
	for _, values := range r.URL.Query() {
		if values[0] == "" {
			return true
		}
	}
	return false
}
