package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// focusState is the focused element, and whether the focus is visible.
type focusState struct {
	Tag, Name      string
	Shown, InSight bool
}

// focusedElement reads the focused element. An outline shows the focus; an element that is focused only to be read
// (tabindex -1) needs none.
func focusedElement(t *testing.T, p *browsertest.Page) focusState {
	t.Helper()
	var h focusState
	output := browsertest.Eval[string](p, `(() => {
		const e = document.activeElement, style = getComputedStyle(e), at = e.getBoundingClientRect();
		const ring = e.closest(".pick") ? getComputedStyle(e.closest(".pick")) : style;
		return JSON.stringify({
			Tag: e.localName,
			Name: (e.innerText || e.labels?.[0]?.innerText || "").replace(/\s+/g, " ").trim(),
			Shown: e.tabIndex < 0 || (ring.outlineStyle !== "none" && parseFloat(ring.outlineWidth) > 0),
			InSight: at.width > 0 && at.height > 0 && at.bottom > 0 && at.right > 0 && at.top < innerHeight && at.left < innerWidth,
		});
	})()`)
	if err := json.Unmarshal([]byte(output), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// keepsFocus fails if the focus is lost or not visible.
func keepsFocus(t *testing.T, p *browsertest.Page) focusState {
	t.Helper()
	h := focusedElement(t, p)
	if h.Tag == "body" || !h.Shown || !h.InSight {
		t.Errorf("%s: the focus is lost or not visible: %+v", p.URL(), h)
	}
	return h
}

// tabTo presses Tab until the element with that name has the focus, and checks every stop.
func tabTo(t *testing.T, p *browsertest.Page, name string) {
	t.Helper()
	var passed []string
	for range 60 {
		p.Press(kb.Tab)
		h := keepsFocus(t, p)
		if h.Name == name {
			return
		}
		passed = append(passed, h.Name)
	}
	t.Fatalf("Tab does not reach %q; it reached %q", name, passed)
}

// A suspension without a mouse: from the list to a profile, with the dialog opened, closed and opened again.
func TestAJourneyByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	p := viewport(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)

	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
	p.Press(kb.Tab)
	if h := keepsFocus(t, p); h.Name != "Vai al contenuto" {
		t.Errorf("the first stop is %+v", h)
	}
	p.Press(kb.Enter)
	if h := keepsFocus(t, p); h.Tag != "main" {
		t.Errorf("the skip link leads to %+v", h)
	}
	tabTo(t, p, "Neri Oto")
	p.WaitForNavigation("the profile", func() { p.Press(kb.Enter) })
	if p.URL() != s.URL+web.ProfileURL(i.ID, oto) {
		t.Fatalf("on %s", p.URL())
	}

	suspend := htmltest.Suspend + " Operatore API di Oto Neri"
	tabTo(t, p, suspend)
	for _, again := range []bool{false, true} {
		p.Press(kb.Enter)
		p.Text("dialog[open]")
		if h := keepsFocus(t, p); h.Tag != "h1" {
			t.Errorf("in the dialog, the focus is on %+v", h)
		}
		if again {
			break
		}
		for range 6 { // round and round in the dialog; past its last control comes the browser's own frame, which has no element
			p.Press(kb.Tab)
			if at := browsertest.Eval[bool](p, `document.activeElement === document.body || !!document.activeElement.closest("dialog")`); !at {
				t.Errorf("out of the dialog by Tab: %+v", focusedElement(t, p))
			}
		}
		p.Press(kb.Escape)
		if h := keepsFocus(t, p); h.Name != suspend || browsertest.Eval[bool](p, `!!document.querySelector("dialog[open]")`) {
			t.Errorf("after Esc, the focus is on %+v", h)
		}
	}
	tabTo(t, p, htmltest.Suspend)
	p.WaitForNavigation("the outcome", func() { p.Press(kb.Enter) })
	if h := keepsFocus(t, p); !strings.HasPrefix(p.Title(), "Ruolo sospeso") || !strings.HasPrefix(h.Name, "Ruolo sospeso. ") {
		t.Errorf("%q, with the focus on %+v", p.Title(), h)
	}
	tabTo(t, p, htmltest.Reactivate+" Operatore API di Oto Neri")
	if output := p.ConsoleErrors(); len(output) > 0 {
		t.Errorf("the browser complains: %q", output)
	}
}

// The menus of a row and of the header close on Esc and give the focus back.
func TestMenusCloseByKeyboard(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
	p := viewport(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
	menu := "Azioni per Oto Neri"
	tabTo(t, p, menu)
	p.Press(kb.Enter)
	p.Text("details[name=actions][open]")
	p.Press(kb.Tab)
	if h := keepsFocus(t, p); h.Name != htmltest.Suspend+" Operatore API di Oto Neri" {
		t.Errorf("in the menu, the first stop is %+v", h)
	}
	p.Press(kb.Escape)
	if h := keepsFocus(t, p); h.Name != menu || browsertest.Eval[bool](p, `!!document.querySelector("details[name=actions][open]")`) {
		t.Errorf("after Esc, the focus is on %+v", h)
	}
}
