package server_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// What a form did is reported to the person who sent it, for a quarter of an hour: to no colleague with the same address.
func TestAReceiptIsItsActorsAndExpires(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop")
	b, eva := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Eva Bruni")
	one := b.Press(b.Get(web.RoleURL(i.ID, i.Oto, api, access.Suspend)), "Sospendi").URL.RequestURI()
	review := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo))
	many := b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, review)).URL.RequestURI()
	isReported := func(by *site.Browser, address string) bool {
		t.Helper()
		p := by.Get(address)
		if p.Status != http.StatusOK {
			t.Fatalf("%s: %d", address, p.Status)
		}
		return len(p.All("heading", "Esito su Interoperabilità")) > 0 || strings.Contains(p.Text(), "Ruolo sospeso")
	}
	for _, address := range []string{one, many} {
		if !isReported(b, address) {
			t.Errorf("%s: not reported to its actor", address)
		}
		if isReported(eva, address) {
			t.Errorf("%s: reported to a colleague", address)
		}
	}
	for _, table := range []string{"idempotency_key", "bulk_result"} {
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE `+table+` SET at = at - interval '16 minutes'`); err != nil {
			t.Fatal(err)
		}
	}
	for _, address := range []string{one, many} {
		if isReported(b, address) {
			t.Errorf("%s: reported after a quarter of an hour", address)
		}
	}
}

// A bulk form with more users than a list lets select changes nothing.
func TestABulkFormHasAHundredUsersAtMost(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	form := site.KeyedForm()
	form.Set("product", "prod-interop")
	form.Set("action", string(access.Suspend))
	form.Add("target", web.UserRoleValue(i.Oto, "api"))
	for range access.MaxBulk {
		form.Add("target", web.UserRoleValue(access.UserID(uuid.NewString()), "api"))
	}
	if p := b.Post(web.BulkConfirmURL(i.ID), form); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("%d users: %d", access.MaxBulk+1, p.Status)
	}
	if got := s.Status(t, i.ID, i.Oto, api); got != access.Active {
		t.Errorf("the first is %q", got)
	}
}

// A cursor that is no user's leads to the first page.
func TestACursorThatIsNoUsersIsDropped(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	group := i.Group("prod-interop", "Sviluppo")
	b := s.SignIn(t, "Anna Bianchi")
	for _, page := range []string{"after.x", "before.x.y", "after.00000000-0000-4000-8000-00000000000X"} {
		for _, address := range []string{
			web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}) + "&page=" + page,
			web.GroupURL(i.ID, group) + "?page=" + page, web.AddMembersURL(i.ID, group, access.Filter{}) + "?page=" + page,
		} {
			if p := b.Get(address); p.Status != http.StatusOK {
				t.Errorf("%s: %d", address, p.Status)
			}
		}
	}
}

// Answers about rows that have no doubt don't count for those that have one.
func TestAnswersAboutOtherRowsDoNotCount(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code("Pia Gialli")+";Gialli;Pia;pia@ente.example;SEND;operator\n"+
		code("Ugo Uguali")+";Bruni;Eva;eva@ente.example;SEND;operator\n") // other names than the code's
	form := check.One("button", "Procedi").Form()
	answers := url.Values{"once": {form.Values.Get("once")}, web.RowField(2): {web.RowYes}}
	if p := b.Post(form.Action, answers); p.Status != http.StatusUnprocessableEntity || p.URL.Query().Get("unsure") == "" {
		t.Errorf("the doubtful row is not asked about: %d %s", p.Status, p.URL)
	}
	if n := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'add' AND actor IS NOT NULL`); n != 0 {
		t.Errorf("%d people are added", n)
	}
}

// Each step of a file that is being written decides again: an actor who loses the right gets no more rows.
func TestAnExportEndsWithTheRightToIt(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop", "prod-pn")
	i.User("Anna Bianchi", "prod-io/referente operativo") // a power that is left
	b := s.SignIn(t, "Anna Bianchi")
	// The roles are taken when the export is recorded, which is after the first decision and before the first row.
	if _, err := s.DB.Owner.Exec(t.Context(), `
		CREATE FUNCTION take_rights() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
		BEGIN UPDATE assignment SET status = 'suspended' WHERE institution = new.institution AND person = new.actor
			AND category = 'administrator'; RETURN new; END $$;
		CREATE TRIGGER take_rights AFTER INSERT ON audit_event FOR EACH ROW
		WHEN (new.action = 'export') EXECUTE FUNCTION take_rights()`); err != nil {
		t.Fatal(err)
	}
	r := b.Request(http.MethodPost, web.ExportURL(i.ID), strings.NewReader("format=csv&product=prod-interop"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	response, err := b.Client.Do(r)
	if err != nil {
		return // the file was cut off
	}
	defer func() { _ = response.Body.Close() }()
	body := new(strings.Builder)
	if _, err := io.Copy(body, response.Body); err == nil && response.StatusCode == http.StatusOK || strings.Contains(body.String(), "Neri") {
		t.Errorf("%d: %.200q", response.StatusCode, body)
	}
	if n := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'export'`); n != 1 {
		t.Errorf("%d exports are recorded", n)
	}
}
