package notify

import (
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// D6: "your other roles stay" is said only where there are others; that access is closed, and no link to enter, where no
// active role is left. Several roles are one e-mail, a sentence for each product.
func TestAnEmailStatesOnlyWhatIsTrue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind           access.Action
		others, closed bool
		want           []string
	}{
		"the only role":        {access.Suspend, false, true, []string{"closed"}},
		"one of two":           {access.Suspend, true, false, []string{"others", "enter"}},
		"others are suspended": {access.Remove, true, true, []string{"others", "closed"}},
		"the first role":       {access.Assign, false, false, []string{"enter"}},
		"re-enabled":           {access.Reactivate, true, false, []string{"others", "enter"}},
		"the last role":        {lastRemoval, false, true, nil},
	} {
		l := example(c.kind, "it")
		l.Others, l.Closed = c.others, c.closed
		text := renderEmail(t, l).Text
		for statement, words := range map[string]string{
			"others": "Gli altri ruoli", "closed": "il tuo accesso è chiuso", "enter": "Entra nell’Area Riservata",
		} {
			if strings.Contains(text, words) != slices.Contains(c.want, statement) {
				t.Errorf("%s: %q in\n%s", name, words, text)
			}
		}
	}
	manyRoles := example(access.Suspend, "it")
	manyRoles.Roles = []Role{
		exampleRole,
		{Product: exampleRole.Product, Role: access.Text{It: "Operatore Sicurezza"}},
		{Product: access.Text{It: "SEND"}, Role: access.Text{It: "Gestore Notifiche"}},
	}
	m := renderEmail(t, manyRoles)
	for _, want := range []string{
		"su Interoperabilità come Operatore API e Operatore Sicurezza, per conto del Comune di Prova: questi ruoli sono sospesi.",
		"su SEND come Gestore Notifiche, per conto del Comune di Prova: questo ruolo è sospeso.",
	} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("%q is not in\n%s", want, m.Text)
		}
	}
	if want := "Comune di Prova, Interoperabilità e SEND: alcuni tuoi ruoli sono stati sospesi"; m.Subject != want {
		t.Errorf("the subject is %q", m.Subject)
	}
}

func TestAnInstitutionHasItsItalianArticle(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Comune di Prova": "per conto del Comune", "Regione Prova": "per conto della Regione", "Azienda Sanitaria": "per conto dell’Azienda",
		"Unione dei Comuni": "per conto dell’Unione", "Città di Prova": "per conto della Città", "INPS": "per conto dell’ente INPS",
	} {
		l := example(access.Assign, "it")
		l.Institution = name
		if text := renderEmail(t, l).Text; !strings.Contains(text, want) {
			t.Errorf("%s: %q is not in\n%s", name, want, text)
		}
	}
	l := example(access.Assign, "en")
	if text := renderEmail(t, l).Text; !strings.Contains(text, "on behalf of Comune di Prova") {
		t.Error(text)
	}
}
