package users_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/outboxtest"
)

// D6: a change posts its e-mails in its own transaction. A refusal and a repeated form post none.
func TestChangesQueueEmails(t *testing.T) {
	t.Parallel()
	o := setup(t)
	kinds := func() []string {
		rows, err := o.db.Owner.Query(t.Context(), `SELECT args->'Email'->>'Kind' FROM river_job ORDER BY id`)
		if err == nil {
			var all []string
			if all, err = pgx.CollectRows(rows, pgx.RowTo[string]); err == nil {
				return all
			}
		}
		t.Fatal(err)
		return nil
	}
	suspend := o.change(o.anna, o.oto, api)
	added := form.NewUser{
		FiscalCode: parse(t, "RSSMRA80A01H501U"), FirstName: "Mario", LastName: "Rossi", Email: "mario@ente.example",
		Product: "prod-interop", Roles: []access.RoleID{"api", "security"},
	}
	steps := []struct {
		name string
		do   func() error
		want []string
	}{
		{"suspend", func() error { return o.service.Suspend(t.Context(), suspend) }, []string{"suspend"}},
		{"the same form again", func() error { return o.service.Suspend(t.Context(), suspend) }, nil},
		{"refused", func() error {
			if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)); reason(err) != access.NotActive {
				return errors.New("not refused")
			}
			return nil
		}, nil},
		{"re-enable", func() error { return o.service.Reactivate(t.Context(), o.change(o.anna, o.oto, api)) }, []string{"reactivate"}},
		{"assign", func() error {
			return o.service.Assign(t.Context(), o.change(o.anna, o.oto, access.Target{Product: "prod-pn"}), []access.RoleID{"operator"})
		}, []string{"assign"}},
		{"remove", func() error {
			_, err := o.service.Remove(t.Context(), o.change(o.anna, o.oto, access.Target{Product: "prod-pn", Role: "operator"}))
			return err
		}, []string{"remove"}},
		{"add", func() error {
			_, err := o.service.Add(t.Context(), o.change(o.anna, "", access.Target{}), added)
			return err
		}, []string{"add"}},
		{"edit", func() error {
			return o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}),
				form.Edit{FirstName: "Oto", LastName: "Neri", Email: "x@ente.example", Version: 1})
		}, nil},
	}
	var want []string
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		want = append(want, step.want...)
		if got := kinds(); !slices.Equal(got, want) {
			t.Fatalf("%s: queued %q, want %q", step.name, got, want)
		}
	}
	// A rollback after the e-mail was posted removes the e-mail too.
	failed := errors.New("at the last moment")
	entry, err := notify.Post(notify.Email{Kind: access.Suspend, Address: "x@ente.example", Name: "X"})
	if err != nil {
		t.Fatal(err)
	}
	err = o.store.Change(t.Context(), o.institution.ID, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Post(ctx, entry); err != nil {
			return err
		}
		return failed
	})
	outboxtest.Deliver(t, o.db.App)()
	if got := kinds(); !errors.Is(err, failed) || !slices.Equal(got, want) {
		t.Errorf("rolled back: %v, queued %q", err, got)
	}
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d entries are left in the outbox", n)
	}
}
