package server

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/semaphore"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/web"
)

// activityFile is a log as a file for spreadsheets, the same events that its pages show. Few are made at the same time.
func (s *Server) activityFile() handler {
	slots := semaphore.NewWeighted(fileConcurrency)
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readEventFilter(r)
		if err != nil {
			return err
		}
		f.Page = access.EventPage{}
		if err := acquire(r.Context(), slots); err != nil {
			return err
		}
		defer slots.Release(1)
		name, file, err := s.buildEventFile(r, f)
		if errors.Is(err, errInvalidPeriod) { // the page says what is wrong with it
			in, _ := pathID[access.InstitutionID](r, "institution")
			return redirect(w, r, web.ActivityURL(in, f))
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

// buildEventFile makes the file and its name, whole before the first byte leaves: one that is cut short would pass for all there is. It is
// read in chunks, each within the database's time limit; that the reader may is looked at again with each.
func (s *Server) buildEventFile(r *http.Request, f access.EventFilter) (name string, file []byte, err error) {
	var b bytes.Buffer
	out := spreadsheet.NewCSV(&b)
	rows := 0
	for first := true; first || f.Page != (access.EventPage{}); first = false {
		scope, page, err := s.loadEvents(r, f, min(eventsPerRead, maxFileEvents-rows))
		if err != nil {
			return "", nil, err
		}
		layout := s.scopeLayout(scope, web.NavActivity)
		if first {
			name = web.ActivityFileName(layout, f.Subject)
			_ = out.Row(web.ActivityColumns(layout)...) // into memory: Close would tell
		}
		for _, e := range page.List.Events {
			_ = out.Row(web.ActivityRecord(layout, page, e)...)
		}
		rows += len(page.List.Events)
		if f.Page = page.List.Older; f.Page != (access.EventPage{}) && rows == maxFileEvents {
			_ = out.Row(web.ActivityCappedNote(layout, rows))
			break
		}
	}
	s.log.Info("exported", slog.String("log", "security"), slog.String("request", reference(r)), slog.String("person", string(s.callerID(r))),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("rows", rows))
	err = out.Close()
	return name, b.Bytes(), err
}
