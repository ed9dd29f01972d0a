package htmltest

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// roles are the implicit roles of elements.
var roles = map[string]string{
	"button":   "button",
	"nav":      "navigation",
	"main":     "main",
	"header":   "banner",
	"footer":   "contentinfo",
	"table":    "table",
	"caption":  "caption",
	"tr":       "row",
	"td":       "cell",
	"ul":       "list",
	"ol":       "list",
	"li":       "listitem",
	"select":   "combobox",
	"option":   "option",
	"optgroup": "group",
	"h1":       "heading",
	"h2":       "heading",
	"h3":       "heading",
	"h4":       "heading",
	"details":  "group",
	"dialog":   "dialog",
	"textarea": "textbox",
	"fieldset": "group",
}

// Role is the element's role for assistive technology: "link", "button", "heading", "textbox", "row"...; empty for
// none.
func (e Element) Role() string {
	if own := e.Attr("role"); own != "" {
		return own
	}
	switch e.node.Data {
	case "a":
		if e.HasAttr("href") {
			return "link"
		}
		return ""
	case "th":
		if e.Attr("scope") == "row" {
			return "rowheader"
		}
		return "columnheader"
	case "input":
		return inputRole(e.Attr("type"))
	case "section":
		if e.Name() != "" {
			return "region"
		}
		return ""
	case "form":
		if e.Attr("aria-label") != "" || e.Attr("aria-labelledby") != "" {
			return "form"
		}
		return ""
	default:
		return roles[e.node.Data]
	}
}

func inputRole(kind string) string {
	switch kind {
	case "hidden":
		return ""
	case "search":
		return "searchbox"
	case "checkbox", "radio":
		return kind
	case "submit", "button":
		return "button"
	default:
		return "textbox"
	}
}

// The roles whose name comes from their content.
var namedByContent = []string{"link", "button", "heading", "cell", "rowheader", "columnheader", "option", "caption", "listitem", "row"}

// Name is the accessible name: from the element that labels it, from its own label, else from its content.
func (e Element) Name() string {
	if ids := e.Attr("aria-labelledby"); ids != "" {
		var names []string
		for id := range strings.FieldsSeq(ids) {
			if n := e.findNode(func(n *html.Node) bool { return attr(n, "id") == id }); n != nil {
				names = append(names, collapseSpaces(text(n)))
			}
		}
		return strings.Join(names, " ")
	}
	if own := e.Attr("aria-label"); own != "" {
		return own
	}
	if isField(e.node) {
		return e.label()
	}
	switch e.node.Data {
	case "table":
		for child := range e.node.ChildNodes() {
			if child.Data == "caption" {
				return collapseSpaces(text(child))
			}
		}
		return ""
	case "section", "form", "details":
		return ""
	case "optgroup":
		return e.Attr("label")
	}
	if slices.Contains(namedByContent, e.Role()) || e.Attr("role") == "alert" || e.Attr("role") == "status" {
		return e.Text()
	}
	return ""
}

func isField(n *html.Node) bool {
	return n.Type == html.ElementNode && (n.Data == "input" || n.Data == "select" || n.Data == "textarea")
}

// label is the text of the label that refers to the field or contains it.
func (e Element) label() string {
	if id := e.Attr("id"); id != "" {
		if n := e.findNode(func(n *html.Node) bool { return n.Data == "label" && attr(n, "for") == id }); n != nil {
			return collapseSpaces(text(n))
		}
	}
	for n := e.node.Parent; n != nil; n = n.Parent {
		if n.Data == "label" {
			return collapseSpaces(text(n))
		}
	}
	return ""
}
