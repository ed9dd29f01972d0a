package server_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A session that ends in the middle of a form: signed in again, one finds it as filled in; anybody else doesn't, and it
// isn't in the database in clear.
func TestAFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	s.Offer("Ivo Rossi")
	typed := map[string][]string{
		"fiscal_code": {"RSSMRA80A01H501U"}, "first_name": {"Mario"}, "last_name": {"Rossi"}, "email": {"mario@ente.example"}, "product": {"prod-interop"}, "role": {"prod-interop:api"},
	}
	end := func() {
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	for name, again := range map[string]string{"the same person": "Anna Bianchi", "another": "Ivo Rossi"} {
		b := s.SignIn(t, "Anna Bianchi")
		action, values := fillForm(b.Get(web.AddURL(i.ID, "")), "Continua", typed)
		end()
		asked := b.Post(action, values)
		if asked.URL.Path != "/login" || strings.Contains(asked.URL.String(), "RSSMRA") {
			t.Fatalf("%s: %s", name, asked.URL)
		}
		var clear int
		if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM saved_form k WHERE k::text LIKE '%RSSMRA%' OR position('RSSMRA'::bytea IN sealed) > 0`).Scan(&clear); err != nil || clear != 0 {
			t.Errorf("%s: in clear in %d rows (%v)", name, clear, err)
		}
		form := b.SignIn(asked, again)
		want := "RSSMRA80A01H501U"
		if again != "Anna Bianchi" {
			want = ""
		}
		if got := form.Field("Codice fiscale").Value(); form.URL.Path != web.AddURL(i.ID, "") || got != want {
			t.Errorf("%s: %s, with %q", name, form.URL, got)
		}
		if got := b.Get(web.AddURL(i.ID, "")).Field("Codice fiscale").Value(); got != "" {
			t.Errorf("%s: given back twice", name)
		}
	}
}
