package users_test

import (
	"fmt"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// One form, of a list or of a file, sends one e-mail to a mailbox that several people share, with what concerns each. Where
// no two share one, no e-mail waits.
func TestAFormSendsOneEmailToASharedMailbox(t *testing.T) {
	t.Parallel()
	o := setup(t)
	pia := o.institution.User("Pia Gialli", "prod-interop/api")
	leo := o.institution.User("Leo Verdi", "prod-interop/api")
	apply := func(action access.Action, people ...access.UserID) {
		t.Helper()
		var parts []users.BulkItem
		for _, user := range people {
			parts = append(parts, users.BulkItem{User: user, Roles: []access.Target{api}})
		}
		c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
		if err := o.service.ApplyBulk(t.Context(), c, action, parts); err != nil {
			t.Fatal(err)
		}
	}
	apply(access.Suspend, o.oto, pia)
	if n := o.count(t, `SELECT count(*) FROM river_job WHERE state = 'available'`); n != 2 {
		t.Errorf("two mailboxes: %d e-mails are sent at once, want 2", n)
	}
	reset := func(sql string, args ...any) {
		t.Helper()
		if _, err := o.db.Owner.Exec(t.Context(), `DELETE FROM river_job`); err != nil {
			t.Fatal(err)
		}
		if _, err := o.db.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	reset(`UPDATE app_user SET email = 'ufficio@ente.example' WHERE person <> $1`, o.anna)
	apply(access.Reactivate, o.oto, pia)
	apply(access.Suspend, leo)
	const merged = `SELECT count(*) FROM river_job WHERE state = 'scheduled' AND jsonb_array_length(args->'More') = $1`
	if n, together := o.count(t, `SELECT count(*) FROM river_job`), o.count(t, merged, 1); n != 2 || together != 1 {
		t.Errorf("two forms to one mailbox: %d e-mails, %d of them for two people", n, together)
	}

	reset(`SELECT 1`)
	var rows access.ImportPlan
	for n := range 5 {
		name := fmt.Sprintf("Nuova%c Nuovi", 'a'+n)
		rows = append(rows, access.ImportRow{Line: n + 2, Product: "prod-interop", Role: "api", Form: access.UserForm{
			FiscalCode: seed.New(t, o.db.Owner, seed.Keys(t)).
				FiscalCode(name).
				Reveal(),
			FirstName: "Nuova",
			LastName:  "Nuovi",
			Email:     "protocollo@ente.example",
		}})
	}
	p := access.Profile{Institution: access.Institution{ID: o.institution.ID}}
	q := o.store.Query()
	q.User(&p.Actor, o.institution.ID, o.anna)
	q.Products(&p.Products, o.institution.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := o.change(o.anna, "", access.Target{})
	if _, err := o.service.PrepareImport(t.Context(), c, p, "", rows); err != nil {
		t.Fatal(err)
	}
	if err := o.service.Import(t.Context(), c, p, []int{2, 3, 4, 5, 6}); err != nil {
		t.Fatal(err)
	}
	if n, together := o.count(t, `SELECT count(*) FROM river_job`), o.count(t, merged, 4); n != 1 || together != 1 {
		t.Errorf("a file with one mailbox: %d e-mails, %d of them for five people", n, together)
	}
}
