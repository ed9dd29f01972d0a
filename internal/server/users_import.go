package server

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// importBody is the size limit, in bytes, of a form with a file.
const importBody = access.MaxImportSize + 32<<10

// importForm shows the form for the file (rule P10), with the rows of the check page that leads back to it. The rows of a
// file that was sent when the session had ended are restored; a confirmation leads to its check page again.
func (s *Server) importForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	page := newImportPage(p)
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	switch {
	case kept == nil:
	case kept.IsSubmitted:
		page.Text = r.PostForm.Get("rows")
		if err := keptImportError(r.PostForm); err != nil {
			return s.refuseImport(w, r, p, page.Text, err)
		}
		return s.show(w, r, web.Import(p.layout, page))
	case kept.Key == "" && isUUID(r.PostForm.Get("once")):
		return redirect(w, r, s.withList(r, web.ImportCheckURL(p.scope.institution.ID, r.PostForm.Get("once"))+"&kept=1"))
	default:
		page.Text, page.IsRestored = r.PostForm.Get("rows"), kept.Key == ""
		return s.show(w, r, web.Import(p.layout, page))
	}
	if key := r.URL.Query().Get("form"); isUUID(key) {
		prepared, err := s.users.PreparedImport(r.Context(), importCommand(p, key))
		if err != nil {
			return s.refuseImport(w, r, p, "", err)
		}
		page.Text = prepared.Text
	}
	return s.show(w, r, web.Import(p.layout, page))
}

func newImportPage(p subjectPage) web.ImportPage {
	return web.ImportPage{Profile: p.profile, Columns: form.ImportColumns()}
}

// importCommand is the command of the import with a key.
func importCommand(p subjectPage, key string) users.Command {
	return users.Command{Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Key: store.IdempotencyKey(key)}
}

// importTemplate sends an empty file with the headings.
func (s *Server) importTemplate(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	w.Header().Set("Content-Disposition", `attachment; filename="`+web.ImportTemplateName(p.layout)+`"`)
	file := spreadsheet.NewCSV(w)
	_ = file.Row(web.ImportHeadings(p.layout, form.ImportColumns())...) // a client that has left does not need the rest
	_ = file.Close()
	return nil
}

// importCheck reads the file, saves what would follow from each row, and redirects to the page that shows it. It changes
// nothing else.
func (s *Server) importCheck(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	text, err := readImportText(r)
	if err != nil {
		return s.refuseImport(w, r, p, text, err)
	}
	rows, err := parseImportPlan(text)
	if err != nil {
		return s.refuseImport(w, r, p, text, err)
	}
	key := newIdempotencyKey()
	plan, err := s.users.PrepareImport(r.Context(), importCommand(p, key), p.profile, text, rows)
	if err != nil {
		return err
	}
	if plan.Count().Changes() == 0 {
		setFormStatus(w, errInvalidFields)
	}
	return redirect(w, r, s.withList(r, web.ImportCheckURL(p.scope.institution.ID, key)))
}

// importReview shows what would follow from each row of a file. The page is no answer to a form: it has an address of
// its own, with the key under which the plan is kept, so that it survives Back, Forward, reload and a change of language
// for [store.PreparedFormTTL].
func (s *Server) importReview(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	key := r.URL.Query().Get("form")
	if !isUUID(key) {
		return redirect(w, r, s.withList(r, web.ImportURL(p.scope.institution.ID)))
	}
	prepared, err := s.users.PreparedImport(r.Context(), importCommand(p, key))
	if err != nil {
		return s.refuseImport(w, r, p, "", err)
	}
	page := web.CheckImportPage{
		Plan: prepared.Plan, Products: p.profile.Products, IdempotencyKey: key, Answers: readAnswers(r.URL.Query(), prepared.Plan),
		IsRestored: r.URL.Query().Get("kept") != "", IsIncomplete: r.URL.Query().Get("unsure") != "",
	}
	return s.show(w, r, web.CheckImport(p.layout, page))
}

// readAnswers reads the answers about doubtful rows by line: "yes", "no", or none.
func readAnswers(from url.Values, plan access.ImportPlan) map[int]string {
	answers := map[int]string{}
	for _, row := range plan {
		if answer := from.Get(web.RowField(row.Line)); row.Doubtful() && (answer == web.RowYes || answer == web.RowNo) {
			answers[row.Line] = answer
		}
	}
	return answers
}

// importConfirm carries out the plan that the check page showed, and redirects to the results. The form brings the key and
// the answers about doubtful rows, nothing else that is decided on. Without an answer for each, it leads back to the page.
func (s *Server) importConfirm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadNewUserPage(r)
	if err != nil {
		return err
	}
	key, err := parseKeyedForm(r)
	if err != nil {
		return err
	}
	c := importCommand(p, string(key))
	prepared, err := s.users.PreparedImport(r.Context(), c)
	if err != nil && !errors.Is(err, users.ErrCheckExpired) { // a form sent again has its results for longer than its plan
		return err
	}
	answers := readAnswers(r.PostForm, prepared.Plan)
	if len(answers) < prepared.Plan.Count().NeedsConfirmation {
		setFormStatus(w, errInvalidFields)
		return redirect(w, r, s.withList(r, web.ImportAnswersURL(c.Institution, string(key), answers)))
	}
	var confirmed []int
	for line, answer := range answers {
		if answer == web.RowYes {
			confirmed = append(confirmed, line)
		}
	}
	ctx, cancel := s.detachedContext(w, r)
	defer cancel()
	if err := s.users.Import(ctx, c, p.profile, confirmed); err != nil {
		return s.refuseImport(w, r, p, "", err)
	}
	return redirect(w, r, s.withList(r, web.ImportResultURL(c.Institution, string(key))))
}

// Errors of a file as a whole.
var (
	errMissingFile = errors.New("no file")
	errTooManyRows = errors.New("a file with too many rows")
)

// refuseImport shows the form with the error of the file as a whole.
func (s *Server) refuseImport(w http.ResponseWriter, r *http.Request, p subjectPage, text string, err error) error {
	page, why := newImportPage(p), errInvalidFields
	var quotes *spreadsheet.QuotesError
	var missing *form.MissingColumnsError
	var odd *spreadsheet.EncodingError
	switch {
	case errors.Is(err, errMissingFile):
		page.Error = web.ImportErrorText(p.layout, web.NoFile)
	case errors.Is(err, form.ErrNoRows):
		page.Error = web.ImportErrorText(p.layout, web.NoRows)
	case errors.Is(err, spreadsheet.ErrNotText), errors.Is(err, spreadsheet.ErrWorkbook):
		page.Error = web.ImportErrorText(p.layout, web.NoText)
	case errors.Is(err, spreadsheet.ErrWorkbookDamaged):
		page.Error = web.ImportErrorText(p.layout, web.WorkbookDamaged)
	case errors.Is(err, spreadsheet.ErrWorkbookTooLarge):
		page.Error = web.ImportErrorText(p.layout, web.WorkbookTooLarge)
	case errors.Is(err, errTooManyRows):
		page.Error = web.TooManyRowsText(p.layout, access.MaxImport)
	case errors.Is(err, errTooLarge):
		page.Error, why = web.FileTooLargeText(p.layout, access.MaxImportSize>>10), errFileTooLarge
	case errors.Is(err, users.ErrCheckExpired):
		page.Error, why = web.ImportErrorText(p.layout, web.CheckExpired), errNothingToDo
	case errors.As(err, &quotes):
		page.Error = web.UnbalancedQuotesText(p.layout, quotes.Line)
	case errors.As(err, &odd):
		page.Error = web.UnknownEncodingText(p.layout, odd.Line)
	case errors.As(err, &missing):
		page.Error = web.MissingColumnsText(p.layout, missing.Fields)
	default:
		return err
	}
	if r.Method == http.MethodPost {
		return s.sendBack(w, r, why, s.formAddress(r), users.KeptForm{Fields: importFields(text, err)})
	}
	page.Text = text
	return s.refuse(w, r, why, drawn(web.Import(p.layout, page)))
}

// fileErrors are the errors of a file of which nothing is kept but the error, by name.
func fileErrors() map[string]error {
	return map[string]error{
		"missing": errMissingFile, "not-text": spreadsheet.ErrNotText, "too-large": errTooLarge, "expired": users.ErrCheckExpired,
		"not-workbook": spreadsheet.ErrWorkbook, "workbook-too-large": spreadsheet.ErrWorkbookTooLarge,
		"workbook-damaged": spreadsheet.ErrWorkbookDamaged,
	}
}

// importFields are what is kept of a file that was refused: its rows, or the error. [keptImportError] reads it.
func importFields(text string, err error) url.Values {
	fields := url.Values{"rows": {text}}
	for name, known := range fileErrors() {
		if errors.Is(err, known) {
			fields.Set("error", name)
		}
	}
	var odd *spreadsheet.EncodingError
	if errors.As(err, &odd) {
		fields.Set("line", strconv.Itoa(odd.Line))
	}
	return fields
}

func keptImportError(fields url.Values) error {
	if line, err := strconv.Atoi(fields.Get("line")); err == nil {
		return &spreadsheet.EncodingError{Line: line}
	}
	if err := fileErrors()[fields.Get("error")]; err != nil {
		return err
	}
	_, err := parseImportPlan(fields.Get("rows"))
	return err
}

// readImportText reads a file, or its rows as text, from the form, without characters that show nothing; the other fields
// are in r.PostForm afterwards.
func readImportText(r *http.Request) (string, error) {
	text, err := readImportFile(r)
	return form.Visible(text), err
}

func readImportFile(r *http.Request) (string, error) {
	if err := r.ParseForm(); err != nil { // ParseMultipartForm does not return this error for other forms
		return "", invalidForm(err)
	}
	err := r.ParseMultipartForm(importBody) //nolint:gosec // limitBody bounds it
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return "", invalidForm(err)
	}
	if err := parseForm(r); err != nil {
		return "", err
	}
	file, header, err := r.FormFile("file")
	if err != nil || header.Size == 0 {
		text := r.PostForm.Get("rows")
		switch {
		case strings.TrimSpace(text) == "":
			return "", errMissingFile
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
		return "", invalidForm(err)
	}
	if spreadsheet.IsWorkbook(content) {
		return spreadsheet.WorkbookText(content, access.MaxImport+1, access.MaxImportSize)
	}
	return spreadsheet.Text(content)
}

// parseImportPlan reads the rows of a file.
func parseImportPlan(text string) (access.ImportPlan, error) {
	rows, err := spreadsheet.ReadCSV(text, access.MaxImport+1) // one of them may be the headings
	if err != nil {
		return nil, err
	}
	lines := make([]form.Line, len(rows))
	for i, row := range rows {
		lines[i] = form.Line{Number: row.Line, Cells: row.Cells}
	}
	plan, err := form.ReadImport(lines)
	if err == nil && len(plan) > access.MaxImport {
		return nil, errTooManyRows
	}
	return plan, err
}

// isImport reports whether a path takes a file.
func isImport(path string) bool {
	return strings.HasSuffix(path, "/users/import")
}

// rowsToKeep are the rows of such a form that are stored until the person has signed in again.
func rowsToKeep(r *http.Request) (url.Values, error) {
	text, err := readImportText(r)
	var odd *spreadsheet.EncodingError
	if errors.Is(err, errMissingFile) || errors.Is(err, errTooLarge) || errors.Is(err, spreadsheet.ErrNotText) || errors.As(err, &odd) ||
		errors.Is(err, spreadsheet.ErrWorkbook) || errors.Is(err, spreadsheet.ErrWorkbookTooLarge) ||
		errors.Is(err, spreadsheet.ErrWorkbookDamaged) {
		return nil, nil // the page would have reported these
	}
	return url.Values{"rows": {text}}, err
}
