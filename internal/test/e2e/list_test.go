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

// V7: with scripts, one checkbox selects the whole page and the number is shown; without, checkboxes and buttons
// work.
func TestUsersAreSelectedForABulkAction(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts": {}, "without scripts": {NoScripts: true}, "narrow": {Width: 320},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
			i.Admin("Anna Bianchi", "prod-interop", "prod-io")
			i.Operator("Oto Neri", "prod-interop", "api")
			i.Operator("Pia Rossi", "prod-interop", "security suspended")
			p := viewport(t, options)
			s.SignIn(t, "Anna Bianchi").Lend(p)
			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}))
			const all = "Seleziona tutti gli utenti della pagina"
			if options.NoScripts {
				if p.Has("checkbox", all) {
					t.Error("a checkbox that selects no user")
				}
			} else {
				p.Click("checkbox", all)
				if got, output := p.Text("#selected"), p.Text("#notices"); got != "2 selezionati" || output != got {
					t.Errorf("all: %q, announced %q", got, output)
				}
				p.Click("checkbox", "Seleziona Oto Neri")
				if got := p.Text(
					"#selected",
				); got != "1 selezionato" ||
					!browsertest.Eval[bool](p, `document.querySelector("[data-all]").indeterminate`) {
					t.Errorf("all but one: %q", got)
				}
				p.Click("checkbox", "Seleziona Pia Rossi")
				if got := p.Text(
					"#selected",
				); got != "Utenti selezionati:" ||
					browsertest.Eval[bool](p, `document.querySelector("[data-all]").indeterminate`) {
					t.Errorf("no user: %q", got)
				}
			}
			p.Click("checkbox", "Seleziona Oto Neri")
			if small := browsertest.Eval[int](p, `[...document.querySelectorAll(".users input:not([hidden]), .several button")]
				.map(e => e.getBoundingClientRect()).filter(r => r.width < 24 || r.height < 24).length`); small > 0 {
				t.Errorf("%d targets under 24 pixels", small)
			}
			if browsertest.Eval[bool](
				p,
				`document.documentElement.scrollWidth > innerWidth || document.querySelector(".several").getBoundingClientRect().bottom > innerHeight`,
			) {
				t.Error("the bar of actions is not in view")
			}
			p.Follow("button", htmltest.Suspend)
			if got := p.Text(
				"main",
			); !strings.Contains(got, "Oto Neri") || strings.Contains(got, "Pia Rossi") ||
				!strings.HasPrefix(p.URL(), s.URL+web.BulkURL(i.ID)+"?form=") {
				t.Errorf("%s: %s", p.URL(), got)
			}
			if output := p.ConsoleErrors(); len(output) > 0 {
				t.Errorf("the browser complains: %q", output)
			}
		})
	}
}

// The counts follow the filters, and the focus stays.
func TestTheNumbersFollowTheFilters(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Operator("Oto Neri", "prod-interop", "api")
	i.Operator("Pia Rossi", "prod-interop", "security suspended")
	p := viewport(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}))
	texts := func(what string) string {
		return fmt.Sprint(
			browsertest.Eval[[]string](p, `[...document.querySelectorAll("`+what+`")].map(e => e.textContent.trim().replace(/\s+/g, " "))`),
		)
	}
	if got := texts("#tabs a"); got != "[Tutti Interoperabilità (3) App IO (1)]" {
		t.Errorf("tabs: %s", got)
	}
	p.Click("checkbox", "Seleziona Oto Neri")
	browsertest.Eval[bool](p, `(document.getElementById("state").focus(), true)`)
	p.Choose("Stato", "Sospeso (1)")
	waitUntil(t, p, "the tabs' numbers", func() bool { return texts("#tabs a") == "[Tutti Interoperabilità (1) App IO (0)]" })
	if got := texts("#role option"); !strings.Contains(got, "Operatore Sicurezza (1)") || !strings.Contains(got, "Operatore API (0)") {
		t.Errorf("roles: %s", got)
	}
	if got := browsertest.Eval[string](
		p,
		`document.activeElement.id + " " + document.activeElement.value + " " + document.getElementById("role").value`,
	); got != "state suspended " {
		t.Errorf("the focus is on %q", got)
	}
	if got := p.Text("#notices"); got != "1 utente. Non più selezionati, perché fuori dall’elenco: 1" {
		t.Errorf("announced: %q", got)
	}
	if got := p.Text("#selected"); got != "Utenti selezionati:" || !p.Has("checkbox", "Seleziona tutti gli utenti della pagina") {
		t.Errorf("users who are no longer listed stay selected: %q", got)
	}
	p.Click("checkbox", "Seleziona Pia Rossi")
	p.Fill("Nome, e-mail o codice fiscale", "ross")
	waitUntil(t, p, "no numbers", func() bool { return texts("#tabs a") == "[Tutti Interoperabilità App IO]" })
	if got := p.Text("#selected"); got != "1 selezionato" {
		t.Errorf("a user who is still listed does not stay selected: %q", got)
	}
}

// Five users are visible without scrolling, one on a telephone.
func TestTheFirstUsersAreVisibleWithoutScrolling(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-pn")
	for name := range strings.FieldsSeq("Ada Bea Cleo Dina Ezio") {
		i.Operator(name+" Rossi", "prod-pn", "operator")
	}
	for size, users := range map[[2]int]int{{1280, 800}: 5, {360, 740}: 1} {
		p := viewport(t, browsertest.Options{Width: size[0], Height: size[1]})
		s.SignIn(t, "Anna Bianchi").Lend(p)
		for _, product := range []access.ProductID{"", "prod-pn"} {
			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: product}))
			if bottom := browsertest.Eval[float64](
				p,
				fmt.Sprintf(`document.querySelectorAll("tbody tr")[%d].getBoundingClientRect().bottom`, users-1),
			); bottom > float64(
				size[1],
			) {
				t.Errorf("%v, %q: user %d ends at %v", size, product, users, bottom)
			}
		}
	}
}

// The bar of bulk actions stays in view and never hides the focused element (WCAG 2.4.11).
func TestTheBarHidesNoFocusedElement(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	for name := range strings.FieldsSeq("Ada Bea Carla Dora Elsa Fausta Gaia Irma Lia Mara Nora Olga Pia Rita Sara") {
		i.Operator(name+" Neri", "prod-interop", "api", "security")
	}
	p := viewport(t, browsertest.Options{Width: 320, Height: 640})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
	p.Click("checkbox", "Seleziona Ada Neri")
	p.EmulateMedia("prefers-reduced-motion", "reduce") // the page is where it scrolls to, at once
	// At any position on the screen before it gets the focus.
	behind := browsertest.Eval[[]string](p, `[...document.querySelectorAll("tbody input[name=user], tbody th a")].slice(4, -4).filter(e => {
		for (let gap = 0; gap < 240; gap += 12) {
			document.activeElement.blur();
			scrollBy(0, e.getBoundingClientRect().bottom - innerHeight + gap);
			e.focus();
			const at = e.getBoundingClientRect();
			if (document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2) !== e) return true;
		}
		return false;
	}).map(e => e.outerHTML)`)
	if len(behind) > 0 {
		t.Errorf("%d behind the bar:\n%s", len(behind), strings.Join(behind, "\n"))
	}
}
