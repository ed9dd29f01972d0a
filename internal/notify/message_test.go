package notify

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func renderEmail(t *testing.T, l Email) Message {
	t.Helper()
	emails := Renderer{SiteURL: "https://utenti.example.it"}
	m, err := emails.render(t.Context(), "one", l)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var exampleRole = Role{
	Product: access.Text{It: "Interoperabilità", En: "Interoperability"}, Role: access.Text{It: "Operatore API", En: "API Operator"},
}

// example is an e-mail of a kind.
func example(kind access.Action, language access.Language) Email {
	l := Email{
		Kind: kind, Language: language, Address: "anna.bianchi@comune.example.it", Name: "Anna Bianchi", Institution: "Comune di Prova",
		Roles: []Role{exampleRole},
	}
	if kind == access.ChangeRole {
		l.From, l.Roles = l.Roles, []Role{{Product: exampleRole.Product, Role: access.Text{It: "Amministratore", En: "Administrator"}}}
	}
	if kind == lastRemoval {
		l.Kind, l.Last = access.Remove, true
	}
	return l
}

func kinds() []access.Action {
	return []access.Action{access.Add, access.Assign, access.ChangeRole, access.Suspend, access.Reactivate, access.Remove, lastRemoval}
}

func TestEmailsMatchTheirGoldenFiles(t *testing.T) {
	t.Parallel()
	for _, language := range access.Languages() {
		for _, kind := range kinds() {
			m := renderEmail(t, example(kind, language))
			for extension, content := range map[string]string{".txt": "Subject: " + m.Subject + "\n\n" + m.Text, ".html": m.HTML} {
				name := filepath.Join("testdata", string(kind)+"."+string(language)+extension)
				if *update {
					if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatalf("%v (-update creates it)", err)
				}
				if diff := cmp.Diff(string(want), content); diff != "" {
					t.Errorf("%s has changed (-golden +now); if intended, run with -update:\n%s", name, diff)
				}
			}
		}
	}
}

// Both languages have an e-mail of each kind, with the required facts in the plain and the HTML form.
func TestEveryEmailNamesTheChangeThePersonAndTheContact(t *testing.T) {
	t.Parallel()
	for _, language := range access.Languages() {
		for _, kind := range kinds() {
			l := example(kind, language)
			m := renderEmail(t, l)
			if m.ID != "one" || m.To != l.Address || m.Name != l.Name || m.Language != language {
				t.Errorf("%s.%s: %+v", kind, language, m)
			}
			want := []string{l.Name, l.Institution, l.Roles[0].Product.In(language), l.Roles[0].Role.In(language)}
			if kind != lastRemoval {
				want = append(want, "https://utenti.example.it")
			}
			for _, part := range want {
				if !strings.Contains(m.Text, part) || !strings.Contains(m.HTML, part) {
					t.Errorf("%s.%s lacks %q in one of the forms", kind, language, part)
				}
			}
			isIn := func(part string) bool { return strings.Contains(m.Subject, part) }
			if !isIn(l.Institution) || !isIn(l.Roles[0].Product.In(language)) || isIn(l.Name) || isIn(l.Roles[0].Role.In(language)) {
				t.Errorf("%s.%s: the subject is %q", kind, language, m.Subject)
			}
		}
	}
}

func TestAnEmailInAnUnknownLanguageIsInItalian(t *testing.T) {
	t.Parallel()
	for _, language := range []access.Language{"", "de", "it"} {
		if m := renderEmail(t, example(access.Suspend, language)); m.Language != "it" || !strings.Contains(m.Text, "sospeso") {
			t.Errorf("%q: %s", language, m.Subject)
		}
	}
}

func TestARoleWithoutAnEnglishNameKeepsTheItalianOne(t *testing.T) {
	t.Parallel()
	l := example(access.Assign, "en")
	l.Roles[0].Role.En = ""
	if m := renderEmail(t, l); !strings.Contains(m.Text, "as Operatore API, on behalf of") {
		t.Error(m.Text)
	}
}

func TestOnlyARemovalCanBeTheLast(t *testing.T) {
	t.Parallel()
	l := example(access.Suspend, "it")
	l.Last = true
	if m := renderEmail(t, l); !strings.Contains(m.Text, "è sospeso") {
		t.Error(m.Text)
	}
}

func TestAnUnknownKindOfEmailIsRefused(t *testing.T) {
	t.Parallel()
	emails := Renderer{SiteURL: "https://utenti.example.it"}
	for _, kind := range []access.Action{"", access.View, access.Edit, access.Join, lastRemoval + "s"} {
		if _, err := emails.render(t.Context(), "one", example(kind, "it")); err == nil {
			t.Errorf("%q is written", kind)
		}
	}
}

func TestTypedTextIsEscapedInEmails(t *testing.T) {
	t.Parallel()
	l := example(access.Assign, "it")
	l.Name, l.Institution = `<a href="https://evil.example">Anna</a>`, `Comune "di" <script>alert(1)</script>`
	l.Roles[0].Role.It, l.Roles[0].Product.It = `<img src=x onerror=alert(1)>`, `"><b>SEND</b>`
	m := renderEmail(t, l)
	for _, tag := range []string{"<script", "<img", "<b>", `<a href="https://evil`} {
		if strings.Contains(m.HTML, tag) {
			t.Errorf("%s is in the HTML", tag)
		}
	}
}

func TestANameNeverStartsALine(t *testing.T) {
	t.Parallel()
	l := example(access.Assign, "it")
	l.Name = "Anna\r\nBcc: eve@example.it\n\u2028\u0000\u202eBianchi"
	l.Institution, l.Roles[0].Role.It, l.Roles[0].Product.It = "Comune\n\nVinci un premio", "Ruolo\r\n", "Pro\tdotto"
	m := renderEmail(t, l)
	if m.Name != "Anna Bcc: eve@example.it Bianchi" {
		t.Errorf("%q", m.Name)
	}
	if want := strings.Count(renderEmail(t, example(access.Assign, "it")).Text, "\n"); strings.Count(m.Text, "\n") != want {
		t.Errorf("the text has more lines:\n%s", m.Text)
	}
}
