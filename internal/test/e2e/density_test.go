package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// On a laptop's screen a product's list shows thirteen users, and nothing to press is below 24 pixels.
func TestThirteenUsersAreInSight(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-pn")
	for n, name := range strings.Fields("Ada Bea Cleo Dina Ezio Fabio Gaia Ilda Ivo Lia Lino Mara Nora Olga Pia Rita Sara Tea Ugo Vera") {
		if n%5 == 0 {
			i.Operator(name+" Rossi", "prod-pn", "operator suspended")
		} else {
			i.Operator(name+" Rossi", "prod-pn", "operator")
		}
	}
	p := viewport(t, browsertest.Options{Width: 1280, Height: 900})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-pn"}))
	if n := browsertest.Eval[int](p, `[...document.querySelectorAll("tbody tr")]
		.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length`); n < 13 {
		t.Errorf("%d users are in sight", n)
	}
	for _, width := range []int{320, 768, 1280} {
		p.Resize(width, 900)
		if small := browsertest.Eval[[]string](p, `[...document.querySelectorAll("body :is(a, button, input, select, summary)")]
			.filter(e => e.checkVisibility() && !e.matches(".skip, .skip-rows"))
			.map(e => [e, e.getBoundingClientRect()]).filter(([e, at]) => at.width < 24 || at.height < 24)
			.map(([e, at]) => at.width + " x " + at.height + " " + e.outerHTML.slice(0, 100))`); len(small) > 0 {
			t.Errorf("%d pixels wide, below 24:\n\t%s", width, strings.Join(small, "\n\t"))
		}
	}
}

// With the keyboard, the export is at most thirty steps away, and a long list is passed in one.
func TestTheKeyboardReachesTheExportSoon(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-pn")
	for name := range strings.FieldsSeq("Ada Bea Cleo Dina Ezio Fabio") {
		i.Operator(name+" Rossi", "prod-pn", "operator")
	}
	p := viewport(t, browsertest.Options{Width: 1280, Height: 900})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	for _, product := range []access.ProductID{"", "prod-pn"} {
		p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: product}))
		const steps = `(stop => [...document.querySelectorAll(":is(a[href], button, input, select, summary)")].filter(e => e.checkVisibility() &&
			(e.compareDocumentPosition(document.querySelector(stop)) & 4)).length + 1)`
		if n := browsertest.Eval[int](p, steps+`("[value=csv]")`); n > 30 {
			t.Errorf("%q: %d steps to the export", product, n)
		}
		before := browsertest.Eval[int](p, steps+`(".skip-rows")`)
		browsertest.Eval[bool](p, `(document.querySelector(".skip-rows").focus(), true)`)
		p.Press(kb.Enter)
		p.Press(kb.Tab)
		if !browsertest.Eval[bool](p, `!document.activeElement.closest("table") &&
			!!(document.querySelector("table").compareDocumentPosition(document.activeElement) & 4)`) {
			t.Errorf("%q: behind the link that skips the list (step %d) the focus is on %q", product, before, focusedElement(t, p).Name)
		}
	}
}

// Before its title, a page has at most 120 pixels of frame on a telephone.
func TestTheFrameIsLowOnATelephone(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-pn")
	p := viewport(t, browsertest.Options{Width: 360, Height: 740})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	for _, address := range []string{
		web.UsersURL(i.ID, access.Filter{}), web.GroupsURL(i.ID, ""), web.ActivityURL(i.ID, access.EventFilter{}), web.HomeURL(i.ID),
	} {
		p.Goto(s.URL + address)
		if top := browsertest.Eval[float64](p, `document.querySelector("h1").getBoundingClientRect().top`); top > 120 {
			t.Errorf("%s: the title is at %v", address, top)
		}
	}
}

// On a telephone a list is sorted and selected as on a wide screen, and screen readers have the heads of its columns.
func TestANarrowListHasItsHeads(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-pn")
	i.Operator("Ada Rossi", "prod-pn", "operator")
	p := viewport(t, browsertest.Options{Width: 360, Height: 740})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-pn"}))
	for _, head := range []string{"E-mail", "Ruolo", "Stato", "Azioni"} {
		if !strings.Contains(fmt.Sprint(p.Texts("thead th")), head) || !p.Has("columnheader", head) && head != "E-mail" {
			t.Errorf("no head %q", head)
		}
	}
	p.Click("checkbox", "Seleziona tutti gli utenti della pagina")
	if got := p.Text("#selected"); got != "1 selezionato" {
		t.Errorf("all: %q", got)
	}
	p.WaitForNavigation("sorting", func() { p.ClickCSS("thead .sort") })
	if !strings.Contains(p.URL(), "sort=-name") {
		t.Errorf("sorted: %s", p.URL())
	}
}

// At no width is a word broken in its middle. Words longer than any in the language may be.
func TestNoWordIsBroken(t *testing.T) {
	t.Parallel()
	pages := startGallery(t, "")
	p := browsertest.Open(t, browsertest.Options{})
	for _, name := range []string{"users-product", "users-all", "profile", "import-check", "en-import-check", "groups", "group", "activity"} {
		for _, address := range pages {
			if !strings.HasSuffix(address, "?page="+name) {
				continue
			}
			p.Goto(address)
			for width := 320; width <= 1280; width += 20 {
				p.Resize(width, 900)
				if broken := browsertest.Eval[[]string](p, brokenWords); len(broken) > 0 {
					t.Errorf("%s at %d pixels: %q", name, width, broken)
				}
			}
		}
	}
}

// brokenWords are the words of the page that are on two lines.
const brokenWords = `(() => {
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), broken = new Set(), range = document.createRange();
	while (texts.nextNode()) {
		const text = texts.currentNode;
		if (!text.parentElement.checkVisibility() || text.parentElement.closest("code, .code, .visually-hidden, template, script")) continue;
		if (text.data.includes("@") || text.previousSibling?.localName === "wbr") continue; // an address
		for (const word of text.data.matchAll(/\p{L}{2,24}/gu)) {
			range.setStart(text, word.index);
			range.setEnd(text, word.index + word[0].length);
			const lines = new Set([...range.getClientRects()].filter(at => at.width).map(at => Math.round(at.top)));
			if (lines.size > 1) broken.add(word[0]);
		}
	}
	return [...broken];
})()`
