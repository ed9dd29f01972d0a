package server_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/web"
)

// A session that ends in the middle of a form: signed in again, one finds it as filled in; anybody else doesn't, and it
// isn't in the database in clear.
func TestAFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	s.people = append(s.people, "Ivo Rossi")
	typed := map[string][]string{
		"fiscal_code": {"RSSMRA80A01H501U"}, "first_name": {"Mario"}, "last_name": {"Rossi"}, "email": {"mario@ente.example"}, "product": {"prod-interop"}, "role": {"prod-interop:api"},
	}
	end := func() {
		if _, err := s.db.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	for name, again := range map[string]string{"the same person": "Anna Bianchi", "another": "Ivo Rossi"} {
		b := s.signInAs(t, "Anna Bianchi")
		action, values := fillForm(b.get(web.AddURL(i.ID, "")), "Continua", typed)
		end()
		asked := b.post(action, values)
		if asked.url.Path != "/login" || strings.Contains(asked.url.String(), "RSSMRA") {
			t.Fatalf("%s: %s", name, asked.url)
		}
		var clear int
		if err := s.db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM saved_form k WHERE k::text LIKE '%RSSMRA%' OR position('RSSMRA'::bytea IN sealed) > 0`).Scan(&clear); err != nil || clear != 0 {
			t.Errorf("%s: in clear in %d rows (%v)", name, clear, err)
		}
		form := b.signIn(asked, again)
		want := "RSSMRA80A01H501U"
		if again != "Anna Bianchi" {
			want = ""
		}
		if got := form.Field("Codice fiscale").Value(); form.url.Path != web.AddURL(i.ID, "") || got != want {
			t.Errorf("%s: %s, with %q", name, form.url, got)
		}
		if got := b.get(web.AddURL(i.ID, "")).Field("Codice fiscale").Value(); got != "" {
			t.Errorf("%s: given back twice", name)
		}
	}
}
