package htmltest

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// Form is a form and the values that a browser would send.
type Form struct {
	Action string
	Method string // in upper case; the default is GET
	Values url.Values
}

// Form is the element's form, or the form that contains it. For a button, the result has the button's name and value,
// and its own address if it has one.
func (e Element) Form() Form {
	e.t.Helper()
	n := e.node
	if id := e.Attr("form"); id != "" {
		n = e.ByID(id).node
	}
	for n != nil && n.Data != "form" {
		n = n.Parent
	}
	if n == nil {
		e.t.Fatalf("%q is in no form", e.Text())
		return Form{}
	}
	form := Form{Action: attr(n, "action"), Method: strings.ToUpper(attr(n, "method")), Values: url.Values{}}
	if form.Method == "" {
		form.Method = "GET"
	}
	id := attr(n, "id")
	for field := range e.root.Descendants() {
		if isField(field) && (attr(field, "form") == "" && isInside(field, n) || id != "" && attr(field, "form") == id) {
			fill(form.Values, Element{e.t, field, e.root})
		}
	}
	if e.node.Data == "button" && e.HasAttr("formaction") {
		form.Action = e.Attr("formaction")
	}
	if e.node.Data == "button" && e.Attr("name") != "" {
		form.Values.Set(e.Attr("name"), e.Attr("value"))
	}
	return form
}

func isInside(n, form *html.Node) bool {
	for n != nil && n != form {
		n = n.Parent
	}
	return n != nil
}

// fill adds what a browser sends for an unchanged field.
func fill(values url.Values, field Element) {
	name := field.Attr("name")
	if name == "" || field.HasAttr("disabled") {
		return
	}
	switch kind := field.Attr("type"); {
	case field.node.Data == "select":
		values.Add(name, field.Value())
	case kind == "checkbox" || kind == "radio":
		if field.HasAttr("checked") {
			values.Add(name, field.Attr("value"))
		}
	case kind == "submit" || kind == "button":
	default:
		values.Add(name, field.Value())
	}
}

// Value is a field's value; for a list, that of the selected option, or of the first one.
func (e Element) Value() string {
	switch e.node.Data {
	case "select":
		first, seen := "", false
		for n := range e.node.Descendants() {
			if n.Type != html.ElementNode || n.Data != "option" {
				continue
			}
			option := Element{e.t, n, e.root}
			if !seen {
				first, seen = option.optionValue(), true
			}
			if option.HasAttr("selected") {
				return option.optionValue()
			}
		}
		return first
	case "textarea":
		return strings.TrimPrefix(text(e.node), "\n")
	default:
		return e.Attr("value")
	}
}

func (e Element) optionValue() string {
	if e.HasAttr("value") {
		return e.Attr("value")
	}
	return e.Text()
}
