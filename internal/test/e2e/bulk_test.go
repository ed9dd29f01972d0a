package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Two users are selected in the list, suspended and re-enabled; a third one is offboarded.
func TestABulkJourney(t *testing.T) {
	t.Parallel()
	for name, options := range viewports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.NewStaff()
			s.Offer("Anna Bianchi")
			p := viewport(t, options)
			enter(p, s.URL, htmltest.SignIn)

			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}))
			for _, user := range []access.UserID{i.Oto, i.Leo} {
				browsertest.Eval[bool](p, fmt.Sprintf(`document.querySelector('input[type=checkbox][name=user][value="%s"]').click(), true`, user))
			}
			p.WaitForNavigation("the question", func() { p.ClickCSS(`button[name=action][value=suspend]`) })
			noSideways(t, p)
			if !strings.HasPrefix(p.Title(), "Vuoi sospendere 2 persone su Interoperabilità?") {
				t.Fatalf("asked: %q", p.Title())
			}
			p.Follow("link", htmltest.Cancel)
			if got := p.URL(); got != s.URL+web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}) {
				t.Errorf("cancelled: %s", got)
			}
			for _, user := range []access.UserID{i.Oto, i.Leo} {
				browsertest.Eval[bool](
					p,
					fmt.Sprintf(
						`(box => { if (!box.checked) box.click() })(document.querySelector('input[type=checkbox][name=user][value="%s"]')), true`,
						user,
					),
				)
			}
			p.WaitForNavigation("the question", func() { p.ClickCSS(`button[name=action][value=suspend]`) })
			p.Follow("button", "Sospendi 2 persone")
			noSideways(t, p)
			if !strings.HasPrefix(p.Title(), "2 persone sospese") || s.Status(t, i.ID, i.Oto, security) != access.Suspended {
				t.Fatalf("done: %q", p.Title())
			}
			if !options.NoScripts && !browsertest.Eval[bool](p, `document.activeElement.id === "outcome"`) {
				t.Error("the outcome does not have the focus")
			}
			p.Follow("button", "Riabilita gli stessi ruoli delle stesse persone")
			p.Follow("button", "Riabilita 2 persone")
			if !strings.HasPrefix(p.Title(), "2 persone riabilitate") || s.Status(t, i.ID, i.Oto, security) != access.Active {
				t.Errorf("the reverse: %q", p.Title())
			}

			p.Goto(s.URL + web.ProfileURL(i.ID, i.Pia))
			if options.NoScripts {
				p.Follow("link", "Cessazione di Pia Gialli")
			} else {
				p.Click("link", "Cessazione di Pia Gialli")
				p.Text("dialog[open] h1")
			}
			noSideways(t, p)
			p.Follow("button", "Rimuovi i ruoli")
			if !strings.HasPrefix(p.Title(), "Cessazione eseguita") || !strings.Contains(p.Text("main"), "App IO") {
				t.Errorf("ended: %q", p.Title())
			}
			noSideways(t, p)
		})
	}
}
