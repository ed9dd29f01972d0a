package gallery_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"areariservata.example/utenti/internal/access"
)

// A name of a person or of a group that one page keeps from being translated is kept so on every page, wherever it stands
// by itself: a translation of pages would make "Anna Bianchi" "Anna Whites".
func TestNamesAreNotTranslated(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	type place struct{ page, parent, text string }
	var translated []place
	for _, p := range pagesIn(access.English) {
		page, err := html.Parse(strings.NewReader(render(t, p)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range page.Descendants() {
			text := strings.TrimSpace(n.Data)
			switch {
			case n.Type != html.TextNode || text == "" || n.Parent.Data == "title":
			case isUntranslated(n):
				names[text] = strings.ContainsFunc(text, isLower) && !strings.ContainsAny(text, "@.") // no fiscal code, no e-mail
			default:
				translated = append(translated, place{p.Name, n.Parent.Data, text})
			}
		}
	}
	for _, at := range translated {
		if names[at.text] {
			t.Errorf("%s: %q in <%s> may be translated", at.page, at.text, at.parent)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d names", len(names))
	}
}

func isLower(r rune) bool { return 'a' <= r && r <= 'z' }

// isUntranslated reports whether a text is in an element that is not to be translated.
func isUntranslated(n *html.Node) bool {
	for at := range n.Ancestors() {
		for _, a := range at.Attr {
			if a.Key == "translate" && a.Val == "no" {
				return true
			}
		}
	}
	return false
}
