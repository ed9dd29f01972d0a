package server

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// importBody is the most, in bytes, of the form that brings a file with people.
const importBody = access.MaxImportSize + 32<<10

// importForm asks for the file (rule P10). What was being uploaded when the session ended is there again.
func (s *Server) importForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	page := importPage(p)
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Text, page.Kept = r.PostForm.Get("rows"), true
	}
	return s.show(w, r, http.StatusOK, web.Import(p.frame, page))
}

func importPage(p subjectPage) web.ImportPage {
	return web.ImportPage{Profile: p.profile, Columns: users.ImportColumns()}
}

// importTemplate is an empty file to fill in: headings, and nobody.
func (s *Server) importTemplate(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+web.ImportTemplate(p.frame)+`"`)
	file := spreadsheet.NewCSV(w)
	_ = file.Row(web.ImportHeadings(p.frame, users.ImportColumns())...) // whoever left before the end doesn't need it
	_ = file.Close()
	return nil
}

// importCheck takes the file, and shows what would follow from each row; nothing is done.
func (s *Server) importCheck(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	text, err := parseRows(r)
	if err != nil {
		return s.importAgain(w, r, p, text, err)
	}
	if r.PostForm.Get("back") != "" {
		page := importPage(p)
		page.Text = text
		return s.show(w, r, http.StatusOK, web.Import(p.frame, page))
	}
	plan, err := readPlan(text)
	if err != nil {
		return s.importAgain(w, r, p, text, err)
	}
	return s.showPlan(w, r, p, plan, text, false)
}

// showPlan shows what would follow from the rows; unsure says that names that don't fit weren't confirmed.
func (s *Server) showPlan(w http.ResponseWriter, r *http.Request, p subjectPage, rows access.Plan, text string, unsure bool) error {
	plan, err := s.users.PlanImport(r.Context(), p.profile, rows)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if unsure || plan.Count().Doable() == 0 {
		status = http.StatusUnprocessableEntity
	}
	return s.show(w, r, status, web.CheckImport(p.frame, web.CheckImportPage{
		Plan: plan, Products: p.profile.Products, Text: text, Unsure: unsure, Once: newMark(),
	}))
}

// importConfirm does what the rows say, looked at afresh, and goes on to what became of each.
func (s *Server) importConfirm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	text, err := parseRows(r)
	if err != nil {
		return s.importAgain(w, r, p, text, err)
	}
	mark := r.PostForm.Get("once")
	if !uuid.MatchString(mark) {
		return badForm(errors.New("no one-time mark"))
	}
	rows, err := readPlan(text)
	if err != nil {
		return s.importAgain(w, r, p, text, err)
	}
	if r.PostForm.Get(string(access.FieldNames)) == "" {
		plan, err := s.users.PlanImport(r.Context(), p.profile, rows)
		if err != nil {
			return err
		}
		if plan.Count().Warned > 0 {
			return s.showPlan(w, r, p, rows, text, true)
		}
	}
	ctx, cancel := s.toItsEnd(w, r)
	defer cancel()
	c := users.Change{Institution: p.visit.institution.ID, Actor: p.visit.actor.ID, Mark: store.Mark(mark)}
	if err := s.users.Import(ctx, c, p.profile, rows); err != nil {
		return err
	}
	return redirect(w, r, web.ImportDoneURL(c.Institution, mark))
}

// importDone shows what became of each row. It is told for a while only.
func (s *Server) importDone(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	mark := r.URL.Query().Get("done")
	if !uuid.MatchString(mark) {
		return redirect(w, r, web.ImportURL(p.visit.institution.ID))
	}
	v := s.db.View()
	batch := v.Batch(p.visit.institution.ID, p.visit.actor.ID, store.Mark(mark), s.now().Add(-toldFor))
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	v = s.db.View()
	found := map[access.UserID]*access.User{}
	for _, result := range batch.Results {
		if result.User != "" && found[result.User] == nil {
			found[result.User] = v.User(p.visit.institution.ID, result.User)
		}
	}
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	var page web.ImportedPage
	for _, result := range batch.Results {
		row := web.ImportedRow{Line: result.Line, Note: result.Note, Why: result.Reason}
		if user := found[result.User]; user != nil {
			row.User = *user
		}
		page.Rows = append(page.Rows, row)
	}
	return s.show(w, r, http.StatusOK, web.Imported(p.frame, page))
}

// errNoFile and errManyRows say what a file with people hasn't, and has too much of.
var (
	errNoFile   = errors.New("no file with people")
	errManyRows = errors.New("a file with too many people")
)

// importAgain shows the form with what is wrong with the file as a whole.
func (s *Server) importAgain(w http.ResponseWriter, r *http.Request, p subjectPage, text string, err error) error {
	page, status := importPage(p), http.StatusUnprocessableEntity
	var quotes *spreadsheet.QuotesError
	var missing *users.MissingColumnsError
	switch {
	case errors.Is(err, errNoFile):
		page.Fault = web.FaultIn(p.frame, web.NoFile)
	case errors.Is(err, users.ErrNobody):
		page.Fault = web.FaultIn(p.frame, web.NoPeople)
	case errors.Is(err, spreadsheet.ErrNotText):
		page.Fault = web.FaultIn(p.frame, web.NoText)
	case errors.Is(err, errManyRows):
		page.Fault = web.TooManyRows(p.frame, access.MaxImport)
	case errors.Is(err, errTooLarge):
		page.Fault, status = web.TooLargeFile(p.frame, access.MaxImportSize>>10), http.StatusRequestEntityTooLarge
	case errors.As(err, &quotes):
		page.Fault = web.QuotesIn(p.frame, quotes.Line)
	case errors.As(err, &missing):
		page.Fault = web.NoColumns(p.frame, missing.Fields)
	default:
		return err
	}
	page.Text = text
	return s.show(w, r, status, web.Import(p.frame, page))
}

// parseRows reads the form that brings a file, or its rows as text; the form's other fields are in r.PostForm then.
func parseRows(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil { // which ParseMultipartForm would keep to itself of a form that isn't in parts
		return "", badForm(err)
	}
	err := r.ParseMultipartForm(importBody) //nolint:gosec // limitBody has bounded it
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", badForm(err)
	}
	if err := parse(r); err != nil {
		return "", err
	}
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		text := r.PostForm.Get("rows")
		switch {
		case strings.TrimSpace(text) == "":
			return "", errNoFile
		case len(text) > access.MaxImportSize:
			return "", errTooLarge
		}
		return spreadsheet.Text([]byte(text))
	}
	defer func() { _ = file.Close() }()
	if header.Size > access.MaxImportSize {
		return "", errTooLarge
	}
	content, err := io.ReadAll(file)
	if err != nil {
		return "", badForm(err)
	}
	return spreadsheet.Text(content)
}

// readPlan reads the rows of a file as people.
func readPlan(text string) (access.Plan, error) {
	rows, err := spreadsheet.ReadCSV(text, access.MaxImport+1) // one of them may be headings
	if err != nil {
		return nil, err
	}
	lines := make([]users.Line, len(rows))
	for i, row := range rows {
		lines[i] = users.Line{Number: row.Line, Cells: row.Cells}
	}
	plan, err := users.ReadImport(lines)
	if err == nil && len(plan) > access.MaxImport {
		return nil, errManyRows
	}
	return plan, err
}

// isImport reports whether a path takes a file with people.
func isImport(path string) bool {
	return strings.HasSuffix(path, "/users/import") || strings.HasSuffix(path, "/users/import/confirm")
}

// keptRows is what is kept of such a form until the person has signed in again: the rows.
func keptRows(r *http.Request) (url.Values, error) {
	text, err := parseRows(r)
	if errors.Is(err, errNoFile) || errors.Is(err, errTooLarge) || errors.Is(err, spreadsheet.ErrNotText) { // the page would say so
		return nil, nil
	}
	return url.Values{"rows": {text}}, err
}
