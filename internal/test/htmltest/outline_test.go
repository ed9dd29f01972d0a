package htmltest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/test/htmltest"
)

const form = `<!doctype html><html lang="it"><head><title>Modifica</title></head><body><main id="content">
<nav aria-label="Percorso"><ol><li><a href="/users">Utenti</a></li>
<li><span aria-current="page">Modifica</span></li></ol></nav>
<div role="alert" aria-labelledby="p"><h2 id="p">C’è un problema</h2>
<ul><li><a href="#email">Scrivi l’e-mail</a></li></ul></div>
<h1>Modifica <span lang="en">data</span></h1><svg aria-hidden="true"><use href="#i"></use></svg>
<p class="lead">Rileggi <a href="/help">le istruzioni</a> prima.</p>
<form method="post" action="/edit" autocomplete="off"><input type="hidden" name="key" value="x1">
<input type="hidden" name="version" value="3">
<label for="email">E-mail</label><p id="email-fault">Errore: manca</p>
<input id="email" name="email" type="email" value="" aria-invalid="true" aria-describedby="email-fault">
<fieldset><legend>Ruoli</legend><label><input type="checkbox" name="role" value="api" checked> API</label>
<label for="s">Sicurezza</label><input id="s" type="checkbox" name="role" value="security" disabled></fieldset>
<label>Stato <select name="state">
<option value="">Tutti</option><option value="active" selected>Attivo</option></select></label>
<button class="btn btn-primary" type="submit">Salva</button> <a href="/users">Annulla</a>
<button type="button" aria-label="Copia il codice" hidden>Copia</button></form>
<table><caption>Utenti</caption>
<tr><th scope="col" aria-sort="ascending">Nome</th><th scope="col">E-mail</th></tr>
<tr><th scope="row"><a href="/u1">Anna</a></th><td>a@b<wbr>.it</td>
<td><details><summary>Azioni</summary><a href="/u1/suspend">Sospendi</a></details></td></tr></table>
<dl><div><dt>Nome</dt><dd translate="no">Anna</dd></div></dl>
<ul><li><p>Operatore</p><span>Attivo</span> <a href="/a">A</a><a href="/b">B</a></li></ul>
</main></body></html>`

const formOutline = `main
  navigation "Percorso"
    1. link "Utenti" -> /users
    1. [Modifica]{current=page}
  alert "C’è un problema"
    h2 C’è un problema
    - link "Scrivi l’e-mail" -> #email
  h1 Modifica [data]{lang=en}
  Rileggi link "le istruzioni" -> /help prima.
  form post -> /edit {autocomplete=off}
    hidden key=x1 version=3
    Errore: manca {id=email-fault}
    textbox "E-mail" {id=email name=email type=email value="" invalid=true describedby=email-fault}
    fieldset "Ruoli"
      checkbox "API" {name=role value=api checked}
      checkbox "Sicurezza" {name=role value=security disabled}
    combobox "Stato" {name=state} options: Tutti {value=""} | Attivo {value=active selected}
    button "Salva" {primary}
    link "Annulla" -> /users
    button "Copia il codice" shown "Copia" {type=button hidden}
  table "Utenti"
    row columnheader Nome {sort=ascending} | columnheader E-mail
    row rowheader link "Anna" -> /u1 | a@b.it |
      details "Azioni"
        link "Sospendi" -> /u1/suspend
  Nome: Anna {translate=no}
  - Operatore; Attivo
    link "A" -> /a
    link "B" -> /b
`

func TestOutline(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(formOutline, htmltest.ParseString(t, form).One("main", "").Outline()); diff != "" {
		t.Errorf("outline (-want +got):\n%s", diff)
	}
}

type plantedChange struct{ name, from, to, removed, added string }

func plantedChanges() []plantedChange {
	return []plantedChange{
		{
			"a button's name", ">Salva<", ">Invia<",
			`button "Salva" {primary}`,
			`button "Invia" {primary}`,
		},
		{
			"a link's address", `"/users">Annulla`, `"/">Annulla`,
			`link "Annulla" -> /users`,
			`link "Annulla" -> /`,
		},
		{
			"a heading's level", "h1>", "h2>",
			"h1 Modifica [data]{lang=en}",
			"h2 Modifica [data]{lang=en}",
		},
		{
			"a heading's words", ">data<", ">dati<",
			"h1 Modifica [data]{lang=en}",
			"h1 Modifica [dati]{lang=en}",
		},
		{
			"a form's address", `action="/edit"`, `action="/delete"`,
			"form post -> /edit {autocomplete=off}",
			"form post -> /delete {autocomplete=off}",
		},
		{
			"a form's method", ` method="post"`, "",
			"form post -> /edit {autocomplete=off}",
			"form get -> /edit {autocomplete=off}",
		},
		{
			"a hidden field", `value="3"`, `value="4"`,
			"hidden key=x1 version=3",
			"hidden key=x1 version=4",
		},
		{
			"the language of a word", `lang="en"`, `lang="de"`,
			"h1 Modifica [data]{lang=en}",
			"h1 Modifica [data]{lang=de}",
		},
		{
			"the current page", ` aria-current="page"`, "",
			"1. [Modifica]{current=page}",
			"1. Modifica",
		},
		{
			"a checked box", " checked", "",
			`checkbox "API" {name=role value=api checked}`,
			`checkbox "API" {name=role value=api}`,
		},
		{
			"a disabled box", " disabled", "",
			`checkbox "Sicurezza" {name=role value=security disabled}`,
			`checkbox "Sicurezza" {name=role value=security}`,
		},
		{
			"a label", `for="s"`, `for="x"`,
			`checkbox "Sicurezza" {name=role value=security disabled}`,
			"label of no field \"Sicurezza\"\n" + `checkbox "" {name=role value=security disabled}`,
		},
		{
			"a fieldset's name", "Ruoli", "Poteri",
			`fieldset "Ruoli"`,
			`fieldset "Poteri"`,
		},
		{
			"the chosen option", " selected", "",
			`combobox "Stato" {name=state} options: Tutti {value=""} | Attivo {value=active selected}`,
			`combobox "Stato" {name=state} options: Tutti {value=""} | Attivo {value=active}`,
		},
		{
			"an error message", "Errore: manca", "",
			"Errore: manca {id=email-fault}",
			"<p> {id=email-fault}",
		},
		{
			"a table's cell", "a@b", "b@b",
			`row rowheader link "Anna" -> /u1 | a@b.it |`,
			`row rowheader link "Anna" -> /u1 | b@b.it |`,
		},
		{
			"a column's order", "ascending", "descending",
			"row columnheader Nome {sort=ascending} | columnheader E-mail",
			"row columnheader Nome {sort=descending} | columnheader E-mail",
		},
		{
			"a table's name", "<caption>Utenti</caption>", "",
			`table "Utenti"`,
			"table",
		},
		{
			"a control in a row", "/suspend", "/remove",
			`link "Sospendi" -> /u1/suspend`,
			`link "Sospendi" -> /u1/remove`,
		},
		{
			"a button's label", ` aria-label="Copia il codice"`, "",
			`button "Copia il codice" shown "Copia" {type=button hidden}`,
			`button "Copia" {type=button hidden}`,
		},
		{
			"a new attribute", "<dd ", "<dd inert ",
			"Nome: Anna {translate=no}",
			"Nome: Anna {inert translate=no}",
		},
		{
			"an error message that is not the field's", ` aria-describedby="email-fault"`, "",
			"Errore: manca {id=email-fault}\n" +
				`textbox "E-mail" {id=email name=email type=email value="" invalid=true describedby=email-fault}`,
			"Errore: manca\n" + `textbox "E-mail" {id=email name=email type=email value="" invalid=true}`,
		},
	}
}

// Each change to the page changes exactly the lines of the outline that it concerns.
func TestOutlineShowsPlantedChanges(t *testing.T) {
	t.Parallel()
	for _, c := range plantedChanges() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(form, c.from) {
				t.Fatalf("the page has no %q", c.from)
			}
			changed := htmltest.ParseString(t, strings.ReplaceAll(form, c.from, c.to)).One("main", "").Outline()
			removed, added := difference(formOutline, changed), difference(changed, formOutline)
			if diff := cmp.Diff([]string{c.removed, c.added}, []string{removed, added}); diff != "" {
				t.Errorf("lines removed and added (-want +got):\n%s", diff)
			}
		})
	}
}

// difference is the lines of a that are not in b.
func difference(a, b string) string {
	in := map[string]bool{}
	for line := range strings.Lines(b) {
		in[line] = true
	}
	var lines []string
	for line := range strings.Lines(a) {
		if !in[line] {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return strings.Join(lines, "\n")
}
