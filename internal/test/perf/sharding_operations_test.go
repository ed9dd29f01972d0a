package perf_test

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/internal/users"
)

// submitEveryForm sends every form of the site, nearly empty: statements before the refusal count too.
func submitEveryForm(t *testing.T, s *site.Site, b *site.Browser, id access.InstitutionID) {
	t.Helper()
	user := queryText(
		t,
		s,
		`SELECT person::text FROM listing WHERE institution = $1 AND product = 'prod-interop' AND category = 'operator' LIMIT 1`,
		id,
	)
	group := queryText(
		t,
		s,
		`SELECT id::text FROM user_group WHERE institution = $1 AND product = 'prod-interop' AND status = 'active' LIMIT 1`,
		id,
	)
	names := strings.NewReplacer("{group}", group, "{institution}", string(id), "{user}", user, "{product}", "prod-interop", "{role}", "api")
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodPost || pattern == "/logout" {
			return nil
		}
		values := url.Values{
			"once":    {string(site.NewKey())},
			"product": {"prod-interop"},
			"text":    {"rossi"},
			"user":    {user},
			"action":  {"suspend"},
		}
		if p := b.Stay().Post(names.Replace(pattern), values); p.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d", pattern, p.Status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func queryText(t *testing.T, s *site.Site, sql string, args ...any) (text string) {
	t.Helper()
	if err := s.DB.Owner.QueryRow(t.Context(), sql, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return text
}

// runEveryOperation calls every method of the service once, in an institution of its own.
func runEveryOperation(t *testing.T, s *site.Site) access.InstitutionID {
	t.Helper()
	i := s.Seed.Institution("Comune Spartito", "PA").Product("prod-interop", "prod-pn")
	anna := i.Admin("Anna Spartita", "prod-interop", "prod-pn")
	oto := i.User("Oto Spartito", "prod-interop/api", "prod-interop/security")
	product, security := access.Target{Product: "prod-interop"}, access.Target{Product: "prod-interop", Role: "security"}
	operator := access.Target{Product: "prod-pn", Role: "operator"}
	var group access.GroupID
	change := func(subject access.UserID, target access.Target) users.Command {
		return users.Command{Institution: i.ID, Actor: anna, Subject: subject, Target: target, Key: site.NewKey()}
	}
	row := access.ImportRow{Line: 1, Product: "prod-pn", Role: "operator", Form: access.UserForm{
		FiscalCode: s.Seed.FiscalCode("Ugo Spartito").Reveal(), FirstName: "Ugo", LastName: "Spartito", Email: seed.Email("Ugo Spartito"),
		Product: "prod-pn", Roles: []access.RoleID{"operator"}, NamesConfirmed: true,
	}}
	kept := change("", access.Target{})
	imported, undo := change("", access.Target{}), change(oto, api)
	done, ctx, operations := map[string]bool{}, t.Context(), s.Service
	for _, v := range []struct {
		name string
		do   func() error
	}{
		{"Suspend", func() error {
			undo.Undoes = site.NewKey()
			suspended := change(oto, api)
			suspended.Key = undo.Undoes
			return operations.Suspend(ctx, suspended)
		}},
		{"Reactivate", func() error { return operations.Reactivate(ctx, undo) }},
		{"SuspendAll", func() error { return operations.SuspendAll(ctx, change(oto, product), []access.Target{api, security}) }},
		{"ReactivateAll", func() error {
			return operations.ReactivateAll(ctx, change(oto, product), []access.Target{api, security})
		}},
		{"CreateGroup", func() (err error) { group, err = operations.CreateGroup(ctx, change("", product), "Uno"); return err }},
		{"RenameGroup", func() error { return operations.RenameGroup(ctx, change("", product), group, "Due") }},
		{"Join", func() error { return operations.Join(ctx, change(oto, product), group) }},
		{"Leave", func() error { return operations.Leave(ctx, change(oto, product), group) }},
		{"ApplyBulk", func() error {
			return operations.ApplyBulk(ctx, change("", product), access.Join, []users.BulkItem{{User: oto, Group: group}})
		}},
		{"SuspendGroup", func() error { return operations.SuspendGroup(ctx, change("", product), group) }},
		{"ReactivateGroup", func() error { return operations.ReactivateGroup(ctx, change("", product), group) }},
		{"DeleteGroup", func() error { return operations.DeleteGroup(ctx, change("", product), group) }},
		{"Export", func() error {
			return operations.Export(ctx, change("", product), audit.ExportDetails{Format: "csv", Rows: 3})
		}},
		{"ExportLog", func() error {
			return operations.ExportLog(ctx, change(oto, access.Target{}), audit.ExportDetails{Format: "csv", Rows: 3})
		}},
		{"Edit", func() error {
			return operations.Edit(ctx, change(oto, access.Target{}), form.Edit{
				FirstName: "Otto", LastName: "Spartito", Email: "otto@ente.example", Version: 1,
			})
		}},
		{"Remove", func() error { _, err := operations.Remove(ctx, change(oto, security)); return err }},
		{"ChangeRole", func() error {
			if err := operations.ChangeRole(ctx, change(oto, product), []access.RoleID{"api"}, []access.RoleID{"security"}); err != nil {
				return err
			}
			return operations.ChangeRole(ctx, change(oto, product), []access.RoleID{"security"}, []access.RoleID{"api"})
		}},
		{"Assign", func() error {
			return operations.Assign(ctx, change(oto, access.Target{Product: operator.Product}), []access.RoleID{operator.Role})
		}},
		{"RemoveAll", func() error {
			_, err := operations.RemoveAll(ctx, change(oto, access.Target{}), []access.Target{api, operator})
			return err
		}},
		{"Add", func() error {
			_, err := operations.Add(ctx, change("", product), form.NewUser{
				FiscalCode: s.Seed.FiscalCode("Pia Spartita"), FirstName: "Pia", LastName: "Spartita", Email: seed.Email("Pia Spartita"),
				Product: "prod-interop", Roles: []access.RoleID{"api"},
			})
			return err
		}},
		{"KeepForm", func() error { return operations.KeepForm(ctx, kept, users.KeptForm{Page: "/"}) }},
		{"KeptForm", func() error { _, err := operations.KeptForm(ctx, kept, "/"); return err }},
		{"PrepareImport", func() error {
			_, err := operations.PrepareImport(ctx, imported, s.Profile(t, i.ID, anna, anna), "", access.ImportPlan{row})
			return err
		}},
		{"PreparedImport", func() error { _, err := operations.PreparedImport(ctx, imported); return err }},
		{"Import", func() error { return operations.Import(ctx, imported, s.Profile(t, i.ID, anna, anna), []int{1}) }},
		{"Verify", func() error {
			return operations.Verify(ctx, seed.Person(t, s.DB.Owner, anna), access.FiscalCode{}, "Annamaria", "Spartita")
		}},
	} {
		if err := v.do(); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
		done[v.name] = true
	}
	for m := range reflect.TypeFor[*users.Service]().Methods() {
		if !done[m.Name] {
			t.Errorf("no case calls %s", m.Name)
		}
	}
	return i.ID
}

// dispatch posts an e-mail and has a worker dispatch it, on the connections whose statements are recorded.
func dispatch(t *testing.T, s *site.Site, id access.InstitutionID) {
	t.Helper()
	entry, err := notify.Post(notify.Email{Kind: access.Suspend, Address: "x@ente.example", Form: "one"})
	if err == nil {
		err = s.Store.Change(t.Context(), id, access.Suspend, func(ctx context.Context, tx *store.Tx) error { return tx.Post(ctx, entry) })
	}
	if err == nil {
		err = outboxtest.New(t, s.Pool).Drain(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}
