package web_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
	"areariservata.example/utenti/web/gallery"
)

func render(t testing.TB, page templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := page.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// each runs a check on every page in every state.
func each(t *testing.T, check func(t *testing.T, p gallery.Page, source string, page htmltest.Element)) {
	t.Helper()
	for _, p := range gallery.Pages() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			source := render(t, p.Component)
			check(t, p, source, htmltest.ParseString(t, source))
		})
	}
}

func TestEveryPageIsWellBuilt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p gallery.Page, source string, page htmltest.Element) {
		if n := strings.Count(source, "<h1"); n != 1 {
			t.Errorf("%d main headings, want 1", n)
		}
		if title := page.Title(); !strings.HasSuffix(title, " – Area Riservata") {
			t.Errorf("title %q does not end with the service's name", title)
		}
		want := "it"
		if strings.HasPrefix(p.Name, "en-") {
			want = "en"
		}
		if page.Lang() != want {
			t.Errorf("language %q, want %s", page.Lang(), want)
		}
		if first := page.All("link", "")[0]; first.Attr("href") != "#content" || !page.Has("main", "") {
			t.Errorf("the first link, %q, does not lead to the content", first.Text())
		}
		ids := map[string]bool{}
		for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(source, -1) {
			if ids[id[1]] {
				t.Errorf("the id %q occurs twice", id[1])
			}
			ids[id[1]] = true
		}
		reference := regexp.MustCompile(` (?:href="#|for="|aria-labelledby="|aria-describedby=")([^"]+)"`)
		for _, to := range reference.FindAllStringSubmatch(source, -1) {
			for id := range strings.FieldsSeq(to[1]) {
				if !ids[id] {
					t.Errorf("a reference to %q, which does not exist", id)
				}
			}
		}
		if n := strings.Count(source, "btn-primary"); n > 1 {
			t.Errorf("%d primary buttons, want at most one", n)
		}
	})
}

func TestEveryPageFitsTheContentPolicy(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(?i) style="|<style|<script[^>]*>[^<]| on[a-z]+="|javascript:|["(]data:|src="(https?:)?//`)
	each(t, func(t *testing.T, _ gallery.Page, source string, _ htmltest.Element) {
		if found := forbidden.FindString(source); found != "" {
			t.Errorf("the page has %q, which the content policy blocks", found)
		}
	})
}

func TestEveryControlHasANameAndAnAddress(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ gallery.Page, source string, page htmltest.Element) {
		for _, a := range regexp.MustCompile(`<a[ >][^>]*`).FindAllString(source, -1) {
			if !regexp.MustCompile(` href="(/|#|https://|mailto:|users)`).MatchString(a) {
				t.Errorf("%s leads nowhere", a)
			}
		}
		for _, role := range []string{"link", "button", "searchbox", "combobox", "table", "region"} {
			if slices.Contains(page.Names(role), "") {
				t.Errorf("a %s has no name; there are %q", role, page.Names(role))
			}
		}
		for _, name := range page.Names("button") {
			if n := len(page.All("button", name)); n > 1 {
				t.Errorf("%d buttons are called %q", n, name)
			}
		}
	})
}

// A fiscal code is on its profile, in the body, once; on the form with the person's data; or in the field where it was
// typed (rule D7). The page that confirms the form shows it and has it in a hidden field.
func TestAFiscalCodeIsShownOnlyWhereAllowed(t *testing.T) {
	t.Parallel()
	code := regexp.MustCompile(`[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]`)
	each(t, func(t *testing.T, p gallery.Page, source string, page htmltest.Element) {
		found := code.FindAllString(source, -1)
		may := 0
		name, english := strings.CutPrefix(p.Name, "en-")
		say := func(italian, inEnglish string) string {
			if english {
				return inEnglish
			}
			return italian
		}
		switch {
		case name == "users-unknown", name == "users-wrong-code", name == "group-add-no-match":
			may = 1
			if got := page.Field(say("Nome, e-mail o codice fiscale", "Name, e-mail or Fiscal Code")).Value(); got != found[0] {
				t.Errorf("the search field holds %q", got)
			}
			if name == "users-unknown" { // sent on to the form that adds the person
				may = 2
				add := say("Aggiungi una persona con questo codice fiscale", "Add a person with this Fiscal Code")
				if form := page.One("button", add).Form(); form.Values.Get("fiscal_code") != found[0] {
					t.Errorf("the form that adds the person sends %q", form.Values.Get("fiscal_code"))
				}
			}
		case name == "add" || strings.HasPrefix(name, "add-"):
			may = len(code.FindAllString(page.Field(say("Codice fiscale", "Fiscal Code")).Value(), -1))
		case strings.HasPrefix(name, "check"):
			may = 2
			if got := page.One("button", say("Aggiungi", "Add")).Form().Values.Get("fiscal_code"); got != found[0] {
				t.Errorf("the form sends %q on", got)
			}
		case name == "import-columns", name == "import-kept":
			may = len(code.FindAllString(page.Field(say("Oppure incolla qui le righe", "Or paste the rows here")).Value(), -1))
		case name == "edit" || strings.HasPrefix(name, "edit-"):
			may = 1
			if page.One("button", say("Salva", "Save")).Form().Values.Has("fiscal_code") {
				t.Error("the fiscal code is a field")
			}
		case strings.HasPrefix(name, "profile"), strings.HasPrefix(name, "outcome"), strings.HasPrefix(name, "refused"):
			may = 1
			if got := page.ByID("fiscal-code").Text(); got != found[0] {
				t.Errorf("the profile's own place for it holds %q", got)
			}
		}
		if len(found) != may {
			t.Errorf("%d fiscal codes on the page, want %d", len(found), may)
		}
	})
}

// The weight of the first visit to the list, with all assets: at most 40 KB.
func TestTheFirstVisitToTheListIsLight(t *testing.T) {
	t.Parallel()
	source := ""
	for _, p := range gallery.Pages() {
		if p.Name == "users-all" {
			source = render(t, p.Component)
		}
	}
	var packed bytes.Buffer
	w := brotli.NewWriterLevel(&packed, 4)
	fmt.Fprint(w, source)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	total := packed.Len()
	for _, name := range []string{"app.css", "app.js", "sprite.svg", "icon.svg", "titillium-latin-400.woff2", "titillium-latin-600.woff2"} {
		file := strings.TrimPrefix(web.Asset(name), "/static/")
		content, err := web.Static.Open(file + ".br")
		if err != nil {
			content, err = web.Static.Open(file)
		}
		if err != nil {
			t.Fatal(err)
		}
		info, err := content.Stat()
		if err != nil {
			t.Fatal(err)
		}
		total += int(info.Size())
	}
	t.Logf("%d bytes, of which %d of HTML", total, packed.Len())
	if total > 40<<10 {
		t.Errorf("the first visit weighs %d bytes, want at most %d", total, 40<<10)
	}
}

func TestTypedTextIsEscaped(t *testing.T) {
	t.Parallel()
	evil := `<script>alert(1)</script>@x"y`
	p := access.Profile{Actor: access.User{ID: "a"}, Subject: access.User{ID: "b", FirstName: evil, Email: evil}}
	source := render(t, web.Profile(web.Layout{Person: evil}, p))
	if strings.Contains(source, "<script>alert") {
		t.Error("a name or an address became markup")
	}
}

func TestATextOnlyInItalianIsMarked(t *testing.T) {
	t.Parallel()
	product := access.Product{
		ID:    "p",
		Title: access.Text{It: "Firma"},
		Roles: []access.Role{{ID: "r", Label: access.Text{It: "Operatore", En: "Operator"}}},
	}
	u := access.User{ID: "a", Assignments: []access.Assignment{{Product: "p", Role: "r", Status: access.Active}}}
	source := render(
		t,
		web.Home(web.Layout{Lang: "en", UserID: "a"}, access.Profile{Actor: u, Subject: u, Products: []access.Product{product}}),
	)
	page := htmltest.ParseString(t, source)
	if !strings.Contains(source, "Operator") || strings.Contains(source, "Operatore") || page.Lang() != "en" {
		t.Errorf("the role is not in English: %s", page.Text())
	}
	if h := page.One("heading", "Firma"); !h.HasInner("span", "lang", "it") {
		t.Error("an Italian title on an English page is not marked as Italian")
	}
}

// The own e-mail can be filled in by the browser, another person's not; own names that are verified are said to be.
func TestTheOwnDataAreOnesOwn(t *testing.T) {
	t.Parallel()
	admin := access.User{ID: "a", FirstName: "Anna", LastName: "Bianchi", Verified: true, Assignments: []access.Assignment{
		{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active},
	}}
	other := admin
	other.ID = "b"
	edit := func(subject access.User) htmltest.Element {
		p := access.Profile{Actor: admin, Subject: subject, Products: twoProducts()}
		return htmltest.ParseString(t, render(t, web.EditUser(web.Layout{}, web.EditUserPage{Profile: p})))
	}
	own := edit(admin)
	if got := own.Field("E-mail istituzionale").Attr("autocomplete"); got != "email" {
		t.Errorf("the own e-mail: autocomplete %q", got)
	}
	if !strings.Contains(own.Text(), "sono verificati con SPID o CIE") || strings.Contains(own.Text(), "vengono verificati quando entri") {
		t.Errorf("verified names: %s", own.Text())
	}
	if got := edit(other).Field("E-mail istituzionale").Attr("autocomplete"); got != "off" {
		t.Errorf("another person's e-mail: autocomplete %q", got)
	}
}

// The footer and the accessibility page link to the declaration if there is one, and say that there is none otherwise.
func TestTheAccessibilityDeclarationIsLinked(t *testing.T) {
	t.Parallel()
	const declaration, none = "https://form.agid.gov.it/view/0", "non ha ancora una dichiarazione"
	page := htmltest.ParseString(t, render(t, web.Accessibility(web.Layout{Declaration: declaration}, web.AccessibilityPage{})))
	links := page.All("link", "Dichiarazione di accessibilità")
	if len(links) != 2 || links[0].Attr("href") != declaration || links[1].Attr("data-element") != "accessibility-link" ||
		strings.Contains(page.Text(), none) {
		t.Errorf("with a declaration: %q, %s", page.Names("link"), page.Text())
	}
	page = htmltest.ParseString(t, render(t, web.Accessibility(web.Layout{}, web.AccessibilityPage{})))
	if page.Has("link", "Dichiarazione di accessibilità") || !strings.Contains(page.Text(), none) {
		t.Errorf("without one: %q", page.Names("link"))
	}
}

func TestThePrivacyPageSaysWhatIsRecordedAndForHowLong(t *testing.T) {
	t.Parallel()
	text := htmltest.ParseString(t, render(t, web.Privacy(web.Layout{}, web.PrivacyPage{}))).Text()
	for _, says := range []string{"chi apre il profilo di un’altra persona", "24 mesi", "30 giorni", "Per quanto tempo"} {
		if !strings.Contains(text, says) {
			t.Errorf("the page doesn't say %q", says)
		}
	}
}
