package htmltest_test

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/test/htmltest"
)

const page = `<!DOCTYPE html><html lang="it"><head><title> Utenti –
 Comune </title></head><body>
<nav aria-label="Sezioni"><a href="/a">Uno</a><a>senza indirizzo</a></nav>
<main><h1 id="q">Utenti <span class="x">(tu)</span></h1>
<section aria-labelledby="q"><a href="/b">Sospendi<span> Operatore di Anna</span></a><a href="/b" aria-hidden="true">freccia</a></section>
<form method="post" action="/cerca"><label for="t">Testo</label><input id="t" name="q" type="search" value="verdi">
<label>Ruolo <select name="role"><option value="">Tutti</option><optgroup label="SEND">
<option value="prod:api" selected lang="en">API</option></optgroup></select></label>
<input type="hidden" name="once" value="x1"><input type="checkbox" name="c" value="1"><input type="checkbox" name="d" value="2" checked>
<input name="off" value="no" disabled><button>Filtra</button><button hidden>Copia</button></form>
<template><button form="f">Riprova</button></template>
<table><caption>Elenco</caption><tr><th scope="col">Nome</th></tr><tr><th scope="row">Anna</th><td>a@b<wbr>.it</td></tr></table>
</main></body></html>`

func TestElementsAreFoundByRoleAndName(t *testing.T) {
	t.Parallel()
	p := htmltest.ParseString(t, page)
	want := map[string][]string{
		"link": {"Uno", "Sospendi Operatore di Anna"}, "button": {"Filtra"}, "heading": {"Utenti (tu)"}, "navigation": {"Sezioni"},
		"region": {"Utenti (tu)"}, "table": {"Elenco"}, "rowheader": {"Anna"}, "columnheader": {"Nome"}, "cell": {"a@b.it"},
		"searchbox": {"Testo"}, "option": {"Tutti", "API"}, "banner": nil,
	}
	got := map[string][]string{}
	for role := range want {
		got[role] = p.Names(role)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names by role (-want +got):\n%s", diff)
	}
}

func TestAPageHasATitleAndALanguage(t *testing.T) {
	t.Parallel()
	p := htmltest.ParseString(t, page)
	if got, want := p.Title(), "Utenti – Comune"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	if got := p.Lang() + p.One("option", "API").Lang(); got != "iten" {
		t.Errorf("languages %q, want it, then en", got)
	}
}

func TestAFormHasThePagesValues(t *testing.T) {
	t.Parallel()
	got := htmltest.ParseString(t, page).One("button", "Filtra").Form()
	want := htmltest.Form{
		Action: "/cerca",
		Method: "POST",
		Values: url.Values{"q": {"verdi"}, "role": {"prod:api"}, "once": {"x1"}, "d": {"2"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestAFieldIsFoundByItsLabel(t *testing.T) {
	t.Parallel()
	p := htmltest.ParseString(t, page)
	if got := p.Field("Ruolo").Value(); got != "prod:api" {
		t.Errorf("value %q, want prod:api", got)
	}
	if got := p.Field("Testo").Value(); got != "verdi" {
		t.Errorf("value %q, want verdi", got)
	}
	if p.Has("searchbox", "Altro") {
		t.Error("a missing field was found")
	}
}
