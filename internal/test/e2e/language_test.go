package e2e_test

import (
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
)

// The language changes on the same page, with scripts and without, and stays chosen on other pages.
func TestALanguageIsChosenInABrowser(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts": {}, "without, in English": {NoScripts: true, English: true, Width: 320, Height: 640},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			p := browsertest.Open(t, options)
			first, then, lang := "English", "Italiano", "en"
			if options.English {
				first, then, lang = then, first, "it"
			}
			p.Goto(s.URL + "/privacy")
			noSideways(t, p)
			p.Follow("button", first)
			if got := browsertest.Eval[string](
				p,
				"document.documentElement.lang",
			); got != lang || !p.Has("button", then) ||
				p.URL() != s.URL+"/privacy" {
				t.Errorf("%s in %q", p.URL(), got)
			}
			p.Goto(s.URL + "/not-there")
			if got := browsertest.Eval[string](p, "document.documentElement.lang"); got != lang {
				t.Errorf("an error's page in %q", got)
			}
		})
	}
}
