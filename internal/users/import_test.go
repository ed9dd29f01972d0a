package users_test

import (
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// The same form is sent several times at once. Rows are imported once, and the results say so.
func TestImportSentConcurrently(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	anna := i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	service := users.New(st, nil, time.Now)
	var rows access.ImportPlan
	row := func(name, product, role string) {
		rows = append(rows, access.ImportRow{Line: len(rows) + 2, Product: product, Role: role, Form: access.UserForm{
			FiscalCode: s.FiscalCode(name).Reveal(), FirstName: "Nuovo", LastName: "Nuovi", Email: "n@ente.example",
		}})
	}
	for _, name := range []string{"Ada Nuova", "Eva Nuova", "Ida Nuova", "Lia Nuova"} {
		row(name, "prod-interop", "api")
		row(name, "prod-interop", "security")
		row(name, "prod-pn", "operator")
	}
	row("Oto Neri", "prod-pn", "operator")
	q := st.Query()
	p := access.Profile{Institution: access.Institution{ID: i.ID}}
	q.User(&p.Actor, i.ID, anna)
	q.Products(&p.Products, i.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := users.Command{Institution: i.ID, Actor: anna, Key: "7e0a7d7c-1111-4000-8000-000000000001"}
	if _, err := service.PrepareImport(t.Context(), c, p, "", rows); err != nil {
		t.Fatal(err)
	}
	var lines []int
	for _, row := range rows {
		lines = append(lines, row.Line)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if err := service.Import(t.Context(), c, p, lines); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	q = st.Query()
	var batch store.BulkResult
	q.BulkResult(&batch, i.ID, anna, c.Key, time.Time{})
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for n, r := range batch.Results {
		want := users.NoteAssigned
		if n%3 == 0 && n < 12 {
			want = users.NoteAdded
		}
		if r.Note != want || r.Reason != "" || r.User == "" {
			t.Errorf("row %d: %+v, want %s", n, r, want)
		}
	}
	if len(batch.Results) != len(rows) || batch.Results[12].User != oto {
		t.Errorf("%d results", len(batch.Results))
	}
	var events, twice int
	err := db.Owner.QueryRow(t.Context(), `
		SELECT count(*), count(*) - count(DISTINCT (action, subject, product, role)) FROM audit_event
		WHERE actor IS NOT NULL`).Scan(&events, &twice)
	if err != nil || events != 4+13 || twice != 0 {
		t.Errorf("%d events, %d twice (%v)", events, twice, err)
	}
}
