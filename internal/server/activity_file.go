package server

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"

	"github.com/go-chi/chi/v5"
	"golang.org/x/sync/semaphore"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// activityFile sends the log as a CSV file, with the events that its pages show. The export is recorded, as a list's is,
// before the first byte is sent.
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
		name, file, record, err := s.buildEventFile(r, f)
		if errors.Is(err, errInvalidPeriod) { // the page shows the error
			in, _ := pathID[access.InstitutionID](r, "institution")
			return redirect(w, r, web.ActivityURL(in, f))
		}
		if err != nil {
			return err
		}
		if err := record(); err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
		_, _ = w.Write(file) // a client that has left does not need the rest
		return nil
	}
}

// logExport records in the security log that a file was sent.
func (s *Server) logExport(r *http.Request, rows int) {
	s.log.Info("exported", slog.String("log", "security"), slog.String("request", reference(r)),
		slog.String("person", string(s.callerPerson(r))), slog.String("user", string(s.callerID(r))),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()),
		slog.Int("rows", rows))
}

// buildEventFile returns the file, its name, and what records it. It builds the whole file before the first byte is sent, because a
// truncated file would pass for a complete one. It reads in chunks, each within the database's time limit; each chunk
// decides again whether the caller may read.
func (s *Server) buildEventFile(
	r *http.Request, f access.EventFilter,
) (name string, file []byte, record func() error, err error) {
	var b bytes.Buffer
	out := spreadsheet.NewCSV(&b)
	rows := 0
	for first := true; first || f.Page != (access.EventPage{}); first = false {
		scope, page, err := s.loadEvents(r, f, min(eventsPerRead, maxFileEvents-rows))
		if err != nil {
			return "", nil, nil, err
		}
		record = func() error { return s.recordLogExport(r, scope, f, rows) }
		layout := s.scopeLayout(scope, web.NavActivity)
		if first {
			name = web.ActivityFileName(layout, f.Subject)
			_ = out.Row(web.ActivityColumns(layout)...) // into memory: Close returns the error
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
	err = out.Close()
	return name, b.Bytes(), record, err
}

// recordLogExport records the export of a log: the number of rows and the kinds of filters.
func (s *Server) recordLogExport(r *http.Request, scope scope, f access.EventFilter, rows int) error {
	exported := audit.ExportDetails{Format: "csv", Rows: rows}
	for _, filter := range []struct {
		kind   string
		isUsed bool
	}{{"action", f.Action != ""}, {"period", f.From != "" || f.To != ""}, {"person", f.Person != ""}} {
		if filter.isUsed {
			exported.Filters = append(exported.Filters, filter.kind)
		}
	}
	c := users.Command{
		Institution: scope.institution.ID, Actor: scope.actor.ID, Subject: f.Subject, Target: access.Target{Product: f.Product},
		Key: store.IdempotencyKey(newIdempotencyKey()),
	}
	if err := s.users.ExportLog(r.Context(), c, exported); err != nil {
		return err
	}
	s.logExport(r, rows)
	return nil
}
