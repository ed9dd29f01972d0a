package gallery_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
	"areariservata.example/utenti/web/gallery"
)

// invisible are the attributes whose changes no outline shows, with the reason.
var invisible = map[string]string{
	"class":     "the look, which people judge in the gallery; the primary button is shown",
	"focusable": "of icons, which assistive technology does not see",
	"id":        "the names that it gives are shown; unique by web.TestEveryPageIsWellBuilt",
}

// Each kind of attribute and of text on each page, changed or removed on a page, changes the page's outline.
func TestOutlinesShowEveryChange(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, p := range pagesIn(access.Italian) {
		checkChanges(t, p.Name, render(t, p), tried)
	}
	t.Logf("%d kinds of changes", len(tried))
}

func checkChanges(t *testing.T, name, source string, tried map[string]bool) {
	t.Helper()
	page, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	want := htmltest.ParseString(t, source).Outline()
	try := func(what string, change func(), restore func()) {
		if tried[what] {
			return
		}
		tried[what] = true
		change()
		var b strings.Builder
		if err := html.Render(&b, page); err != nil {
			t.Fatal(err)
		}
		restore()
		if htmltest.ParseString(t, b.String()).Outline() == want {
			t.Errorf("on %s the outline does not show: %s", name, what)
		}
	}
	for n := range page.Descendants() {
		if decorative(n) {
			continue
		}
		if n.Type == html.TextNode && strings.TrimSpace(n.Data) != "" {
			before := n.Data
			try("text in "+describe(n.Parent), func() { n.Data += " changed" }, func() { n.Data = before })
		}
		for i, a := range n.Attr {
			if invisible[a.Key] != "" {
				continue
			}
			before := slices.Clone(n.Attr)
			restore := func() { n.Attr = slices.Clone(before) }
			try(a.Key+" changed on "+describe(n), func() { n.Attr[i].Val += "changed" }, restore)
			if a.Key == "type" && (a.Val == "submit" || a.Val == "text") {
				continue // the default: without it the element is the same
			}
			try(a.Key+" removed from "+describe(n), func() { n.Attr = slices.Delete(n.Attr, i, i+1) }, restore)
		}
	}
}

// describe distinguishes elements of different use.
func describe(n *html.Node) string {
	s := n.Data
	for _, a := range n.Attr {
		if a.Key == "class" || a.Key == "type" {
			s += "." + a.Val
		}
	}
	return s
}

// decorative reports whether the node is part of an icon or a monogram, which assistive technology does not see.
func decorative(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if (n.Data == "svg" || n.Data == "span") && slices.Contains(n.Attr, html.Attribute{Key: "aria-hidden", Val: "true"}) {
			return true
		}
	}
	return false
}

// The golden files hold one language only: in the others each page has the same controls, with the same addresses and
// values, under headings of the same levels.
func TestPagesHaveTheSameControlsInEveryLanguage(t *testing.T) {
	t.Parallel()
	italian := pagesIn(access.Italian)
	for _, l := range access.Languages() {
		for i, p := range pagesIn(l) {
			if diff := cmp.Diff(controls(t, render(t, italian[i])), controls(t, render(t, p))); diff != "" {
				t.Errorf("%s in %s (-Italian +%s):\n%s", p.Name, l, l, diff)
			}
		}
	}
}

func pagesIn(l access.Language) []gallery.Page {
	var all []gallery.Page
	for _, k := range gallery.Kinds(l) {
		all = append(all, k.Pages...)
	}
	return all
}

// controls are the elements of the main part with the attributes that are not words.
func controls(t *testing.T, source string) []string {
	t.Helper()
	page, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatal(err)
	}
	words := []string{"lang", "aria-label", "data-live", "data-announce", "data-busy", "data-one", "data-many", "data-lost", "label", "class"}
	var all []string
	for n := range page.Descendants() {
		if n.Type != html.ElementNode || n.Data == "span" || !within(n, "main") {
			continue
		}
		s := n.Data
		for _, a := range n.Attr {
			if !slices.Contains(words, a.Key) {
				s += " " + a.Key + "=" + a.Val
			}
		}
		all = append(all, s)
	}
	return all
}

func within(n *html.Node, tag string) bool {
	for ; n != nil; n = n.Parent {
		if n.Data == tag {
			return true
		}
	}
	return false
}

// Words of the catalogue that exist only in Italian are marked as Italian on the pages of the other languages.
func TestItalianWordsAreMarkedOnOtherPages(t *testing.T) {
	t.Parallel()
	onlyItalian := []string{
		"Gestore Notifiche", "Pagamenti pagoPA", "Gli incassi dell’ente", "Referente dei Pagamenti", "Firma con IO",
		"Cura l’integrazione tecnica e gli incassi",
	}
	found := map[string]int{}
	for _, p := range gallery.Pages()[len(pagesIn(access.Italian)):] {
		page, err := html.Parse(strings.NewReader(render(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Descendants() {
			words, _, _ := strings.Cut(strings.TrimSpace(n.Data), " (") // without a filter's number of people
			if n.Type != html.TextNode || !slices.Contains(onlyItalian, words) {
				continue
			}
			found[words]++
			if !slices.Contains(n.Parent.Attr, html.Attribute{Key: "lang", Val: "it"}) {
				t.Errorf("%s: %q is not marked as Italian within <%s>", p.Name, words, n.Parent.Data)
			}
		}
	}
	for _, words := range onlyItalian {
		if found[words] == 0 {
			t.Errorf("no page has %q", words)
		}
	}
}

// Outlines do not show what is hidden from assistive technology. Each product has its initials in its own colour, and
// each icon is in the sprite.
func TestMonogramsAndIcons(t *testing.T) {
	t.Parallel()
	sprite, err := fs.ReadFile(web.Static, strings.TrimPrefix(web.Asset("sprite.svg"), "/static/"))
	if err != nil {
		t.Fatal(err)
	}
	monograms, icons := map[string]bool{}, map[string]bool{}
	for _, p := range pagesIn(access.Italian) {
		page, err := html.Parse(strings.NewReader(render(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Descendants() {
			for _, a := range n.Attr {
				if colour, ok := strings.CutPrefix(a.Val, "monogram "); ok && a.Key == "class" {
					monograms[n.FirstChild.Data+" "+colour] = true
				}
				if _, icon, ok := strings.Cut(a.Val, "#"); ok && n.Data == "use" {
					icons[icon] = true
				}
			}
		}
	}
	want := map[string]bool{
		"SE monogram-5": true, "IN monogram-4": true, "AI monogram-9": true, "PP monogram-7": true, "FI monogram-0": true,
		"IA monogram-4": true,
	}
	if diff := cmp.Diff(want, monograms); diff != "" {
		t.Errorf("monograms (-want +got):\n%s", diff)
	}
	if len(icons) == 0 {
		t.Error("no page has an icon")
	}
	for icon := range icons {
		if !strings.Contains(string(sprite), `id="`+icon+`"`) {
			t.Errorf("the sprite has no icon %q", icon)
		}
	}
}
