// Package htmltest finds elements of a page by role and accessible name, as assistive technology does: a test fails
// when a label is missing. It implements only the part of the accessibility tree that the site uses.
package htmltest

import (
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Element is an element of a page, or the whole page. A method that returns one element fails the test if there is
// none.
type Element struct {
	t    testing.TB
	node *html.Node
	root *html.Node
}

// Parse parses a page.
func Parse(t testing.TB, page io.Reader) Element {
	t.Helper()
	root, err := html.Parse(page)
	if err != nil {
		t.Fatalf("the page cannot be parsed: %v", err)
	}
	return Element{t: t, node: root, root: root}
}

// ParseString parses a page.
func ParseString(t testing.TB, page string) Element {
	t.Helper()
	return Parse(t, strings.NewReader(page))
}

// All returns the elements within this one that have the role and, unless it is empty, the name, in document order.
// Elements hidden from assistive technology are not included.
func (e Element) All(role, name string) []Element {
	var found []Element
	e.walk(func(inner Element) {
		if inner.node != e.node && inner.Role() == role && (name == "" || inner.Name() == name) {
			found = append(found, inner)
		}
	})
	return found
}

// One returns the only element with a role and a name; none, or more than one, fails the test.
func (e Element) One(role, name string) Element {
	e.t.Helper()
	found := e.All(role, name)
	if len(found) != 1 {
		e.t.Fatalf("%d elements are a %s called %q; there are: %q", len(found), role, name, e.Names(role))
	}
	return found[0]
}

// Has reports whether there is an element with a role and a name.
func (e Element) Has(role, name string) bool { return len(e.All(role, name)) > 0 }

// Names returns the names of all elements with a role.
func (e Element) Names(role string) []string {
	var names []string
	for _, inner := range e.All(role, "") {
		names = append(names, inner.Name())
	}
	return names
}

// Field returns the form field with a label.
func (e Element) Field(label string) Element {
	e.t.Helper()
	var found []Element
	var labels []string
	e.walk(func(inner Element) {
		if isField(inner.node) && inner.Attr("type") != "hidden" {
			labels = append(labels, inner.Name())
			if inner.Name() == label {
				found = append(found, inner)
			}
		}
	})
	if len(found) != 1 {
		e.t.Fatalf("%d fields are labelled %q; there are: %q", len(found), label, labels)
	}
	return found[0]
}

// ByID returns the element with an id.
func (e Element) ByID(id string) Element {
	e.t.Helper()
	found := e.findNode(func(n *html.Node) bool { return attr(n, "id") == id })
	if found == nil {
		e.t.Fatalf("no element has the id %q", id)
	}
	return Element{e.t, found, e.root}
}

// Title is the page's title.
func (e Element) Title() string {
	if n := e.findNode(func(n *html.Node) bool { return n.Data == "title" && (n.Parent == nil || n.Parent.Data == "head") }); n != nil {
		return collapseSpaces(text(n))
	}
	return ""
}

// Lang is the language of the element, its own or inherited.
func (e Element) Lang() string {
	for n := e.node; n != nil; n = n.Parent {
		if lang := attr(n, "lang"); lang != "" {
			return lang
		}
	}
	if n := e.findNode(func(n *html.Node) bool { return n.Data == "html" }); n != nil {
		return attr(n, "lang")
	}
	return ""
}

// Text is the element's text as a screen reader reads it; each run of white space is one space.
func (e Element) Text() string { return collapseSpaces(text(e.node)) }

// Attr is an attribute's value; empty if there is none.
func (e Element) Attr(key string) string { return attr(e.node, key) }

// HasAttr reports whether there is an attribute, with or without a value.
func (e Element) HasAttr(key string) bool {
	return slices.ContainsFunc(e.node.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// HasInner reports whether the element contains a tag with that attribute and value.
func (e Element) HasInner(tag, key, value string) bool {
	for n := range e.node.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag && attr(n, key) == value {
			return true
		}
	}
	return false
}

// walk visits the element and its descendants in document order, except hidden ones.
func (e Element) walk(visit func(Element)) {
	if e.node.Type == html.ElementNode && isHidden(e.node) {
		return
	}
	if e.node.Type == html.ElementNode {
		visit(e)
	}
	for child := range e.node.ChildNodes() {
		Element{e.t, child, e.root}.walk(visit)
	}
}

// findNode searches all elements of the page, including hidden ones.
func (e Element) findNode(is func(*html.Node) bool) *html.Node {
	for n := range e.root.Descendants() {
		if n.Type == html.ElementNode && is(n) {
			return n
		}
	}
	return nil
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func isHidden(n *html.Node) bool {
	return n.Data == "template" || attr(n, "aria-hidden") == "true" ||
		slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "hidden" })
}

// text is an element's text, without hidden parts and without options.
func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	if n.Type == html.ElementNode && (isHidden(n) || n.Data == "script" || n.Data == "style" || n.Data == "select") {
		return ""
	}
	var all strings.Builder
	for child := range n.ChildNodes() {
		all.WriteString(text(child))
	}
	if slices.Contains([]string{"p", "li", "td", "th", "div", "h1", "h2", "h3", "h4", "dt", "dd", "tr", "option"}, n.Data) {
		return " " + all.String() + " "
	}
	return all.String()
}

func collapseSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }
