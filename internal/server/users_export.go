package server

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/semaphore"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// Limits of a list as a file: its rows, the rows that are read at a time, the files that are written at a time, the time for
// one file, and the time to write a chunk: a slow reader would keep others waiting.
const (
	maxListRows       = 100_000
	rowsPerRead       = 2_000
	listConcurrency   = 2
	listTimeout       = 2 * time.Minute
	chunkWriteTimeout = 5 * time.Second
)

// listWriter writes a list to a file row by row.
type listWriter interface {
	Row(cells ...string) error
	Close() error
}

// listExport is a list that is being exported.
type listExport struct {
	scope  scope
	layout web.Layout
	filter access.Filter
	counts []access.Section // numbers of rows, product by product
	rows   int
}

// export sends the list as a file: all rows of its pages under the same filters, in their order (rules V3 to V7),
// without fiscal codes (D7). The export is recorded before the first byte is sent.
func (s *Server) export() handler {
	slots := semaphore.NewWeighted(listConcurrency)
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := parseForm(r); err != nil {
			return err
		}
		format := r.PostForm.Get("format")
		if format != "csv" && format != "xlsx" {
			return invalidForm(errors.New("unknown format"))
		}
		if err := acquire(r.Context(), slots); err != nil {
			return err
		}
		defer slots.Release(1)
		e, err := s.loadExport(r)
		if err != nil {
			return err
		}
		if access.LooksLikeFiscalCode(e.filter.Text) { // the list has none, and finds none
			e.filter.Text = ""
			return redirect(w, r, web.WithCodeAgain(web.UsersURL(e.scope.institution.ID, e.filter)))
		}
		if err := s.recordExport(r, e, format); err != nil {
			return err
		}
		return s.sendList(w, r, e, format)
	}
}

// loadExport reads the caller's scope and the number of rows.
func (s *Server) loadExport(r *http.Request) (listExport, error) {
	scope, err := s.load(r, need{action: access.Export}, nil)
	if err != nil {
		return listExport{}, err
	}
	f, err := web.ReadFilter(r.PostForm).Normalize(scope.products)
	if err != nil {
		return listExport{}, err
	}
	f.Page = access.Page{}
	e := listExport{scope: scope, layout: s.scopeLayout(scope, web.NavUsers), filter: f}
	q := s.db.Query()
	q.CountRows(&e.counts, scope.institution.ID, f, maxListRows)
	if err := q.Read(r.Context()); err != nil {
		return listExport{}, err
	}
	for _, c := range e.counts {
		e.rows += c.Total
	}
	return e, nil
}

// recordExport records the export: the number of rows and the kinds of filters, never their text.
func (s *Server) recordExport(r *http.Request, e listExport, format string) error {
	f := e.filter
	exported := audit.ExportDetails{Format: format, Rows: min(e.rows, maxListRows)}
	for kind, used := range map[string]bool{
		"category": f.Category != "", "role": f.Role.Role != "", "state": f.State != "", "text": f.Text != "",
	} {
		if used {
			exported.Filters = append(exported.Filters, kind)
		}
	}
	slices.Sort(exported.Filters)
	c := users.Command{
		Institution: e.scope.institution.ID, Actor: e.scope.actor.ID, Target: access.Target{Product: f.Product},
		Key: store.IdempotencyKey(newIdempotencyKey()),
	}
	if err := s.users.Export(r.Context(), c, exported); err != nil {
		return err
	}
	s.logExport(r, exported.Rows)
	return nil
}

// sendList streams the file. An error closes the connection, because a truncated file would pass for a complete one.
func (s *Server) sendList(w http.ResponseWriter, r *http.Request, e listExport, format string) error {
	name, sheet := web.ListFileName(e.layout)
	end := s.now().Add(listTimeout)
	connection := http.NewResponseController(w)
	out := &deferredWriter{next: w, beforeWrite: func() {
		until := s.now().Add(chunkWriteTimeout)
		if until.After(end) {
			until = end
		}
		_ = connection.SetWriteDeadline(until) // an error means that the server has no deadline
	}, writeHead: func() {
		kind := "text/csv; charset=utf-8; header=present"
		if format == "xlsx" {
			kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
	}}
	file, err := newListWriter(out, e.layout, format, sheet)
	if err == nil {
		err = s.writeList(r, e, file)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil && out.hasStarted {
		panic(http.ErrAbortHandler)
	}
	return err
}

// newListWriter starts a file in one of the two formats, with its headings.
func newListWriter(w io.Writer, f web.Layout, format, sheet string) (listWriter, error) {
	var columns []spreadsheet.Column
	var titles []string
	for _, c := range web.ListColumns(f) {
		columns, titles = append(columns, spreadsheet.Column(c)), append(titles, c.Title)
	}
	if format == "xlsx" {
		return spreadsheet.NewXLSX(w, sheet, columns)
	}
	file := spreadsheet.NewCSV(w)
	return file, file.Row(titles...)
}

// writeList writes the rows, read in chunks, each on its own snapshot; each chunk decides again whether the caller may
// export.
func (s *Server) writeList(r *http.Request, e listExport, file listWriter) error {
	rows := 0
	for _, c := range e.counts {
		product, _ := access.FindProduct(e.scope.products, c.Product.ID)
		f, last := e.filter, access.Row{}
		f.Product = product.ID
		for c.Total > 0 {
			chunk, err := s.loadChunk(r, f, last)
			if err != nil {
				return err
			}
			for _, row := range chunk {
				if rows == maxListRows {
					return file.Row(web.ListCappedNote(e.layout, rows))
				}
				if err := file.Row(web.ListRecord(e.layout, product, row)...); err != nil {
					return err
				}
				rows++
			}
			if len(chunk) < rowsPerRead {
				break
			}
			last = chunk[len(chunk)-1]
		}
	}
	return nil
}

// loadChunk reads the next rows of a product's list.
func (s *Server) loadChunk(r *http.Request, f access.Filter, after access.Row) ([]access.Row, error) {
	var rows []access.Row
	_, err := s.load(r, need{action: access.Export}, func(q *store.Query, in access.InstitutionID) {
		q.Rows(&rows, in, f, after, rowsPerRead)
	})
	return rows, err
}

// deferredWriter records whether the file has started: until then, an error can still become a page.
type deferredWriter struct {
	next        io.Writer
	beforeWrite func() // before each write
	writeHead   func() // before the first write
	hasStarted  bool
}

func (l *deferredWriter) Write(p []byte) (int, error) {
	if !l.hasStarted {
		l.writeHead()
		l.hasStarted = true
	}
	l.beforeWrite()
	return l.next.Write(p)
}
