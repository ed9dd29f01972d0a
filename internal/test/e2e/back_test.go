package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Back, Forward, reload and a change of language find a form with errors as it was typed, without the browser's question
// whether to send it again; an action of a long list returns to its row, under the banner.
func TestBackForwardAndReloadFindAForm(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{"wide": {Width: 1280, Height: 800}, "narrow": {Width: 320, Height: 640}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
			i.Admin("Anna Bianchi", "prod-interop")
			for n := range 23 {
				i.Operator(fmt.Sprintf("Ugo Utente%c", 'a'+n), "prod-interop", "api")
			}
			zeno := i.Operator("Zeno Zorzi", "prod-interop", "api")
			p := viewport(t, options)
			s.SignIn(t, "Anna Bianchi").Lend(p)
			picture := func(of string) {
				if dir := os.Getenv("PICTURES"); dir != "" {
					p.Screenshot(dir + "/" + of + "-" + name + ".png")
				}
			}
			p.Goto(s.URL + web.EditURL(i.ID, zeno))
			p.Fill("E-mail istituzionale", "mezza")
			p.Follow("button", "Salva")
			picture("edit")
			typed := func(when string) {
				t.Helper()
				got := browsertest.Eval[string](p, `document.getElementById("email").value`)
				if got != "mezza" || !strings.Contains(p.URL(), "?form=") {
					t.Errorf("%s: %q at %s", when, got, p.URL())
				}
			}
			typed("sent")
			step := func(script string) {
				p.WaitForNavigation(script, func() { browsertest.Eval[bool](p, "("+script+", true)") })
			}
			step("location.reload()")
			typed("loaded again")
			p.Follow("button", "English")
			typed("in English")
			p.Follow("button", "Italiano")
			p.Goto(s.URL + "/privacy")
			step("history.back()")
			typed("Back")

			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}))
			at := web.ReturnTo(web.RoleURL(i.ID, zeno, access.Target{Product: "prod-interop", Role: "api"}, access.Suspend),
				access.Filter{Product: "prod-interop"}, "")
			p.Goto(s.URL + at)
			p.Follow("button", "Sospendi")
			picture("list")
			if got := browsertest.Eval[string](p, `(async () => {
				const below = () => document.querySelector("#row").getBoundingClientRect().bottom > innerHeight;
				for (let n = 0; n < 1000 && below(); n++) await new Promise(requestAnimationFrame); // it scrolls smoothly
				const banner = document.querySelector("#outcome").getBoundingClientRect();
				const row = document.querySelector("#row").getBoundingClientRect();
				const shown = scrollY > 0 && banner.top >= 0 && banner.bottom <= row.top && row.bottom <= innerHeight;
				return shown ? "" : [scrollY, banner.top, banner.bottom, row.top, row.bottom, innerHeight].join();
			})()`); got != "" {
				t.Errorf("the row or the banner is out of view: %s", got)
			}
		})
	}
}
