package server

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// Limits of a log as a file: how many events it has at most, how many are read at a time, and how many files are made at the
// same time.
const (
	fileEvents = 50_000
	fileChunk  = 5_000
	fileSlots  = 2
)

// errPeriod says that a filter's period is none.
var errPeriod = errors.New("not a period")

// activity is who did what: in the institution ("Registro attività"), or to the user in the path ("Cronologia").
func (s *Server) activity(w http.ResponseWriter, r *http.Request) error {
	f, err := readEvents(r)
	if err != nil {
		return err
	}
	visit, page, err := s.events(r, f, store.EventPageSize)
	if err != nil && !errors.Is(err, errPeriod) {
		return err
	}
	status := http.StatusOK
	switch {
	case err != nil:
		status = http.StatusUnprocessableEntity
	case len(page.List.Events) == 0 && f.Page != (access.EventPage{}): // past the end
		f.Page = access.EventPage{}
		return redirect(w, r, web.ActivityURL(visit.institution.ID, f))
	case emptied(r): // a form just sent: the address keeps what was filled in
		return redirect(w, r, web.ActivityURL(visit.institution.ID, f))
	}
	here := web.Activity
	if page.Of.ID != "" {
		here = web.UsersList
		if page.Of.ID == visit.actor.ID {
			here = web.Me
		}
	}
	return s.show(w, r, status, web.ActivityLog(s.frameOf(visit, here), page))
}

// events reads a log as the actor sees it, with who asks, in one go. If the filter's period is none, everything but the
// events is there: [errPeriod].
func (s *Server) events(r *http.Request, f access.EventFilter, limit int) (visit, web.ActivityPage, error) {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return visit{}, web.ActivityPage{}, err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	in := access.InstitutionID(institution)
	of, person, list := &access.User{}, &access.User{}, &access.EventList{}
	if f.Of != "" {
		of = v.User(in, f.Of)
	}
	if f.Person != "" {
		person = v.User(in, f.Person)
	}
	if f.PeriodFault() == "" {
		list = v.Events(in, s.me(r), f, limit)
	}
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return visit, web.ActivityPage{}, err
	}
	action := access.EnterUsers
	if f.Of != "" {
		action = access.View
	}
	if err := visit.may(action, *of); err != nil {
		return visit, web.ActivityPage{}, err
	}
	page := web.ActivityPage{
		Of: *of, Filter: f, Products: visit.products, Offered: access.EventProducts(visit.actor, f.Of, visit.products), List: *list,
	}
	if person.ID != "" {
		page.Person = person.Name()
	}
	if err := f.Fit(page.Offered); err != nil {
		return visit, page, err
	}
	if page.Zone, err = time.LoadLocation("Europe/Rome"); err != nil {
		return visit, page, err
	}
	if f.PeriodFault() != "" {
		return visit, page, errPeriod
	}
	return visit, page, nil
}

// readEvents reads which log is asked for. What can't be a person is left out.
func readEvents(r *http.Request) (access.EventFilter, error) {
	f := web.ReadEventFilter(r.URL.Query())
	if !uuid.MatchString(string(f.Person)) {
		f.Person = ""
	}
	if chi.URLParam(r, "user") == "" {
		return f, nil
	}
	user, err := id(r, "user")
	f.Of, f.Person = access.UserID(user), ""
	return f, err
}

// emptied reports whether the address has fields that say nothing, as a form sends them.
func emptied(r *http.Request) bool {
	for _, values := range r.URL.Query() {
		if values[0] == "" {
			return true
		}
	}
	return false
}

// activityFile is a log as a file for spreadsheets, the same events that its pages show. Few are made at the same time.
func (s *Server) activityFile() handler {
	turns := make(turns, fileSlots)
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readEvents(r)
		if err != nil {
			return err
		}
		f.Page = access.EventPage{}
		if err := turns.take(r.Context()); err != nil {
			return err
		}
		defer turns.give()
		name, file, err := s.eventFile(r, f)
		if errors.Is(err, errPeriod) { // the page says what is wrong with it
			institution, _ := id(r, "institution")
			return redirect(w, r, web.ActivityURL(access.InstitutionID(institution), f))
		}
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		_, _ = w.Write(file) // whoever left before the end doesn't need it
		return nil
	}
}

// eventFile makes the file and its name, whole before the first byte leaves: one that is cut short would pass for all there is. It is
// read in chunks, each within the database's time limit; that the reader may is looked at again with each.
func (s *Server) eventFile(r *http.Request, f access.EventFilter) (name string, file []byte, err error) {
	var b bytes.Buffer
	out := spreadsheet.NewCSV(&b)
	rows := 0
	for first := true; first || f.Page != (access.EventPage{}); first = false {
		visit, page, err := s.events(r, f, min(fileChunk, fileEvents-rows))
		if err != nil {
			return "", nil, err
		}
		frame := s.frameOf(visit, web.Activity)
		if first {
			name = web.ActivityFile(frame, f.Of)
			_ = out.Row(web.ActivityColumns(frame)...) // into memory: Close would tell
		}
		for _, e := range page.List.Events {
			_ = out.Row(web.ActivityRecord(frame, page, e)...)
		}
		rows += len(page.List.Events)
		if f.Page = page.List.Older; f.Page != (access.EventPage{}) && rows == fileEvents {
			_ = out.Row(web.ActivityCapped(frame, rows))
			break
		}
	}
	s.log.Info("exported", slog.String("log", "security"), slog.String("request", reference(r)), slog.String("person", string(s.me(r))),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("rows", rows))
	err = out.Close()
	return name, b.Bytes(), err
}
