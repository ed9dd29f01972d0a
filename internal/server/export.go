package server

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/spreadsheet"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// Limits of a list as a file: how many rows it has at most, how many are read at a time, how many files are made at the same
// time, how long the slowest may take, and how long a piece of it may wait to be taken: who reads slowly keeps others waiting.
const (
	listRows  = 100_000
	listChunk = 2_000
	listSlots = 2
	listTime  = 2 * time.Minute
	pieceTime = 5 * time.Second
)

// listWriter is a file that takes a list row by row.
type listWriter interface {
	Row(cells ...string) error
	Close() error
}

// exporting is a list on its way into a file.
type exporting struct {
	visit  visit
	frame  web.Frame
	filter access.Filter
	counts []access.Section // how many rows, product by product
	rows   int
}

// export is the list as a file: what its pages show under the same filters, all of them, in their order (rules V3 to V7, without
// fiscal codes: D7). It is on record before the first byte leaves.
func (s *Server) export() handler {
	turns := make(turns, listSlots)
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := parse(r); err != nil {
			return err
		}
		format := r.PostForm.Get("format")
		if format != "csv" && format != "xlsx" {
			return badForm(errors.New("no such format"))
		}
		if err := turns.take(r.Context()); err != nil {
			return err
		}
		defer turns.give()
		e, err := s.exporting(r)
		if err != nil {
			return err
		}
		if access.LikeFiscalCode(e.filter.Text) { // the list has none, and no search for one
			e.filter.Text = ""
			return redirect(w, r, web.UsersURL(e.visit.institution.ID, e.filter))
		}
		if err := s.record(r, e, format); err != nil {
			return err
		}
		return s.sendList(w, r, e, format)
	}
}

// exporting reads what is asked for, who asks, and how many rows there are.
func (s *Server) exporting(r *http.Request) (exporting, error) {
	visit, err := s.visit(r)
	if err != nil {
		return exporting{}, err
	}
	if err := visit.may(access.Export, access.User{}); err != nil {
		return exporting{}, err
	}
	f, err := web.ReadFilter(r.PostForm).Fit(visit.products)
	if err != nil {
		return exporting{}, err
	}
	f.Page = access.Page{}
	v := s.db.View()
	counts := v.HowMany(visit.institution.ID, f, listRows)
	if err := v.Read(r.Context()); err != nil {
		return exporting{}, err
	}
	e := exporting{visit: visit, frame: s.frameOf(visit, web.UsersList), filter: f, counts: *counts}
	for _, c := range e.counts {
		e.rows += c.Total
	}
	return e, nil
}

// record puts on record that the list is taken along: how much of it, narrowed by what kind of filter, never by which words.
func (s *Server) record(r *http.Request, e exporting, format string) error {
	f := e.filter
	told := users.Exported{Format: format, Rows: min(e.rows, listRows)}
	for kind, used := range map[string]bool{"category": f.Category != "", "role": f.Role.Role != "", "state": f.State != "", "text": f.Text != ""} {
		if used {
			told.Narrowed = append(told.Narrowed, kind)
		}
	}
	slices.Sort(told.Narrowed)
	c := users.Change{
		Institution: e.visit.institution.ID, Actor: e.visit.actor.ID, Target: access.Target{Product: f.Product}, Mark: store.Mark(newMark()),
	}
	if err := s.users.Export(r.Context(), c, told); err != nil {
		return err
	}
	s.log.Info("exported", slog.String("log", "security"), slog.String("request", reference(r)), slog.String("person", string(s.me(r))),
		slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("rows", told.Rows))
	return nil
}

// sendList makes the file while it leaves. What goes wrong on the way breaks the connection off: a file that is cut short
// would pass for all there is.
func (s *Server) sendList(w http.ResponseWriter, r *http.Request, e exporting, format string) error {
	name, sheet := web.ListFile(e.frame)
	end := s.now().Add(listTime)
	connection := http.NewResponseController(w)
	left := &leaving{to: w, piece: func() {
		until := s.now().Add(pieceTime)
		if until.After(end) {
			until = end
		}
		_ = connection.SetWriteDeadline(until) // where the server has none, there is none to move
	}, head: func() {
		kind := "text/csv; charset=utf-8; header=present"
		if format == "xlsx" {
			kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		}
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
	}}
	file, err := begin(left, e.frame, format, sheet)
	if err == nil {
		err = s.writeList(r, e, file)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil && left.begun {
		panic(http.ErrAbortHandler)
	}
	return err
}

// begin begins a file in one of the two formats, with its headings.
func begin(w io.Writer, f web.Frame, format, sheet string) (listWriter, error) {
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

// writeList writes the rows, read in chunks, each on a snapshot of its own; that the reader may is looked at again with each.
func (s *Server) writeList(r *http.Request, e exporting, file listWriter) error {
	rows := 0
	for _, c := range e.counts {
		product, _ := access.ProductOf(e.visit.products, c.Product.ID)
		f, last := e.filter, access.Row{}
		f.Product = product.ID
		for c.Total > 0 {
			chunk, err := s.chunk(r, f, last)
			if err != nil {
				return err
			}
			for _, row := range chunk {
				if rows == listRows {
					return file.Row(web.ListCapped(e.frame, rows))
				}
				if err := file.Row(web.ListRecord(e.frame, product, row)...); err != nil {
					return err
				}
				rows++
			}
			if len(chunk) < listChunk {
				break
			}
			last = chunk[len(chunk)-1]
		}
	}
	return nil
}

// chunk reads some rows of a product's list.
func (s *Server) chunk(r *http.Request, f access.Filter, after access.Row) ([]access.Row, error) {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return nil, err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	rows := v.Rows(access.InstitutionID(institution), f, after, listChunk)
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return nil, err
	}
	return *rows, visit.may(access.Export, access.User{})
}

// leaving notes that a file has begun to leave: until then, what goes wrong can still become a page.
type leaving struct {
	to    io.Writer
	piece func() // before each piece
	head  func() // before the first
	begun bool
}

func (l *leaving) Write(p []byte) (int, error) {
	if !l.begun {
		l.head()
		l.begun = true
	}
	l.piece()
	return l.to.Write(p)
}
