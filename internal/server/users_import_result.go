package server

import (
	"errors"
	"net/http"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// importDone shows the result of each row: of one left out, with the name and the reason.
func (s *Server) importDone(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	key := receiptKey(r)
	if key == "" {
		return redirect(w, r, web.ImportURL(p.scope.institution.ID))
	}
	page, err := s.importResults(r, p, key)
	if err != nil {
		return err
	}
	return s.show(w, r, web.ImportResult(p.layout, page))
}

// importResults reads the results of a form, and the plan that they belong to.
func (s *Server) importResults(r *http.Request, p subjectPage, key store.IdempotencyKey) (web.ImportResultPage, error) {
	page := web.ImportResultPage{Products: p.profile.Products, IdempotencyKey: string(key)}
	prepared, err := s.users.PreparedImport(r.Context(), importCommand(p, string(key)))
	if err != nil && !errors.Is(err, users.ErrCheckExpired) {
		return page, err
	}
	planned := map[int]access.ImportRow{}
	for _, row := range prepared.Plan {
		planned[row.Line] = row
	}
	var batch store.BulkResult
	q := s.db.Query()
	s.queueBulkReceipt(q, &batch, r, p.scope.institution.ID)
	if err := q.Read(r.Context()); err != nil {
		return page, err
	}
	q = s.db.Query()
	found := map[access.UserID]*access.User{}
	for _, result := range batch.Results {
		if result.User != "" && found[result.User] == nil {
			found[result.User] = &access.User{}
			q.User(found[result.User], p.scope.institution.ID, result.User)
		}
	}
	if err := q.Read(r.Context()); err != nil {
		return page, err
	}
	for _, result := range batch.Results {
		row := web.ImportResultRow{Planned: planned[result.Line], Result: result.Note, Reason: result.Reason}
		row.Planned.Line = result.Line
		if user := found[result.User]; user != nil {
			row.User = *user
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// importLeftOut sends the rows that were left out as a file, with a column that says why: to be corrected and checked
// again. Before the confirmation, they are the rows in error.
func (s *Server) importLeftOut(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	key := receiptKey(r)
	if key == "" {
		return redirect(w, r, web.ImportURL(p.scope.institution.ID))
	}
	prepared, err := s.users.PreparedImport(r.Context(), importCommand(p, string(key)))
	if errors.Is(err, users.ErrCheckExpired) {
		return redirect(w, r, web.ImportURL(p.scope.institution.ID))
	}
	if err != nil {
		return err
	}
	page, err := s.importResults(r, p, key)
	if err != nil {
		return err
	}
	if len(page.Rows) == 0 {
		for _, row := range prepared.Plan {
			if row.Invalid() {
				page.Rows = append(page.Rows, web.ImportResultRow{Planned: row, Reason: row.Reason, Result: users.NoteSkipped})
			}
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+web.ImportLeftOutName(p.layout)+`"`)
	file := spreadsheet.NewCSV(w)
	defer func() { _ = file.Close() }() // a client that has left does not need the rest
	_ = file.Row(append(web.ImportHeadings(p.layout, form.ImportColumns()), web.ImportErrorHeading(p.layout))...)
	for _, row := range page.Rows {
		if row.IsLeftOut() {
			d := row.Planned.Form
			_ = file.Row(d.FiscalCode, d.LastName, d.FirstName, d.Email, row.Planned.Product, row.Planned.Role,
				strconv.Itoa(row.Planned.Line)+": "+page.ResultText(p.layout, row))
		}
	}
	return nil
}
