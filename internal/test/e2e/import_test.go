package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// An Administrator imports colleagues from a spreadsheet: from the list to the file, to the check, back, and to the
// results; with scripts and without, on any screen.
func TestAJourneyWithAFileOfColleagues(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts":               {},
		"on one that has no scripts": {Width: 320, Height: 640, NoScripts: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i, code := s.NewImport()
			s.Offer("Anna Bianchi")
			file := filepath.Join(t.TempDir(), "colleghi.csv")
			rows := site.ImportHeader + code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;Operatore API\r\n" +
				code(
					"Oto Neri",
				) + ";;;;Interoperabilità;Operatore Sicurezza\r\n" + code("Kurt Werdi") + ";Altri;Kurt;kurt@ente.example;SEND;operator\r\n" +
				";Senza;Codice;x@ente.example;SEND;operator\r\n"
			if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
				t.Fatal(err)
			}
			p := viewport(t, options)
			enter(p, s.URL, htmltest.SignIn)
			p.Goto(s.URL + web.UsersURL(i, access.Filter{}))
			noSideways(t, p)
			p.Follow("link", "Aggiungi da un file")
			noSideways(t, p)
			p.Follow("button", "Controlla le righe")
			if !strings.HasPrefix(p.Title(), "Errore: ") {
				t.Errorf("without a file: %q", p.Title())
			}
			p.Upload("#file", file)
			p.Follow("button", "Controlla le righe")
			noSideways(t, p)
			p.Follow("link", "Torna al file")
			if got := browsertest.Eval[string](p, `document.getElementById("rows").value`); !strings.Contains(got, "Gialli;Pia") {
				t.Errorf("the rows are lost: %q", got)
			}
			p.Follow("button", "Controlla le righe")
			p.Follow("button", "Procedi")
			if !strings.HasPrefix(p.Title(), "Errore: ") {
				t.Errorf("names were not confirmed: %q", p.Title())
			}
			p.ClickCSS("#row-4")
			p.Follow("button", "Procedi")
			noSideways(t, p)
			if !strings.HasPrefix(p.Title(), "Esito del caricamento") {
				t.Errorf("after it: %q", p.Title())
			}
			text := p.Text("table.rows")
			for _, says := range []string{"Gialli Pia", "Aggiunta agli utenti", "Neri Oto", "Ruolo assegnato", "Altri Kurt", "Lasciata fuori"} {
				if !strings.Contains(text, says) {
					t.Errorf("the results don't say %q: %s", says, text)
				}
			}
			if complaints := p.ConsoleErrors(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}
