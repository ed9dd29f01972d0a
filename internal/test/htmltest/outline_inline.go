package htmltest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// flow writes an element's content on one line. Blocks within it are separated by semicolons.
type flow struct {
	o     *outline
	below []string // the tags that are not part of the line
	found []*html.Node
	text  strings.Builder
}

const boundary = "\x1f" // between two blocks, until the line is complete

func (f *flow) content(n *html.Node) string {
	f.text.Reset()
	for child := range n.ChildNodes() {
		f.write(child)
	}
	var parts []string
	for part := range strings.SplitSeq(f.text.String(), boundary) {
		if s := collapseSpaces(part); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, "; ")
}

func (f *flow) write(n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		f.text.WriteString(n.Data)
	case n.Type != html.ElementNode || isDecoration(n):
	case slices.Contains(f.below, n.Data):
		f.found = append(f.found, n)
		f.text.WriteString(boundary)
	case n.Data == "a" || n.Data == "button" || isField(n):
		f.text.WriteString(" " + f.o.control(n) + " ")
	case n.Data == "br":
		f.text.WriteString(" / ")
	case n.Data == "label" && f.o.labelsField(n):
		f.fieldsOf(n)
	default:
		f.nested(n)
	}
}

// nested writes an element that is neither text nor a control, in brackets if it has attributes.
func (f *flow) nested(n *html.Node) {
	attributes := f.o.attributes(n)
	if n.Data == "mark" {
		attributes += "{mark}"
	}
	between := ""
	if !inlineTags[n.Data] {
		between = boundary
	}
	f.text.WriteString(between)
	if attributes != "" {
		f.text.WriteString("[")
	}
	for child := range n.ChildNodes() {
		f.write(child)
	}
	if attributes != "" {
		f.text.WriteString("]" + attributes)
	}
	f.text.WriteString(between)
}

// fieldsOf writes the fields within a label; its text is their name.
func (f *flow) fieldsOf(label *html.Node) {
	for inner := range label.Descendants() {
		if isField(inner) {
			f.write(inner)
		}
	}
}

func (o *outline) content(n *html.Node) string {
	f := flow{o: o}
	return f.content(n)
}

// inline is one node of a run, with the white space around it.
func (o *outline) inline(n *html.Node) string {
	f := flow{o: o}
	f.write(n)
	return strings.ReplaceAll(f.text.String(), boundary, "; ")
}

// control is a link, a button or a field.
func (o *outline) control(n *html.Node) string {
	e := o.element(n)
	name, shown := o.content(n), ""
	if own := e.Name(); isField(n) || hasAttr(n, "aria-label") || hasAttr(n, "aria-labelledby") {
		if !isField(n) && name != own {
			shown = "shown " + quote(name)
		}
		name = own
	}
	words := []string{cmp.Or(e.Role(), "<"+n.Data+">"), `"` + name + `"`, shown}
	if hasAttr(n, "href") {
		words = append(words, "->", attr(n, "href"))
	}
	words = append(words, o.attributes(n))
	switch n.Data {
	case "select":
		words = append(words, "options: "+strings.Join(o.options(n), " | "))
	case "textarea":
		words = append(words, "value "+strconv.Quote(e.Value()))
	}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

func (o *outline) options(list *html.Node) []string {
	var all []string
	for n := range list.Descendants() {
		switch n.Data {
		case "optgroup":
			all = append(all, "group "+quote(attr(n, "label"))+o.attributes(n))
		case "option":
			all = append(all, strings.TrimSpace(collapseSpaces(text(n))+" "+o.attributes(n)))
		}
	}
	return all
}

// title is the text that names a table, a group of fields or details.
func (o *outline) title(n *html.Node) string {
	if hasAttr(n, "aria-label") || hasAttr(n, "aria-labelledby") {
		return o.element(n).Name()
	}
	for child := range n.ChildNodes() {
		if child.Data == "caption" || child.Data == "legend" || child.Data == "summary" {
			return o.content(child)
		}
	}
	return ""
}

func (o *outline) hiddenField(n *html.Node) string {
	value := attr(n, "value")
	if value == "" || strings.ContainsAny(value, " \"\n") {
		value = strconv.Quote(value)
	}
	return attr(n, "name") + "=" + value + o.attributes(n)
}

// labelsField reports whether a label is the name of a field, and need not be written beside it.
func (o *outline) labelsField(label *html.Node) bool {
	if id := attr(label, "for"); id != "" {
		return o.page.findNode(func(n *html.Node) bool { return isField(n) && attr(n, "id") == id }) != nil
	}
	for n := range label.Descendants() {
		if isField(n) {
			return true
		}
	}
	return false
}

func (o *outline) element(n *html.Node) Element { return Element{o.page.t, n, o.page.root} }

// omitted are the attributes that no outline shows: it shows the names that they give, or they concern only the
// appearance, which is judged in the gallery.
var omitted = []string{"class", "for", "aria-label", "aria-labelledby", "label", "focusable"}

// attributes formats the attributes that are not omitted, in braces, without the prefix aria-.
func (o *outline) attributes(n *html.Node) string {
	var all []string
	if slices.Contains(strings.Fields(attr(n, "class")), "btn-primary") {
		all = append(all, "primary")
	}
	for _, a := range n.Attr {
		value := a.Val
		if slices.Contains(omitted, a.Key) || a.Key == "id" && !o.showsID(n) || isShown(n, a) {
			continue
		}
		key := strings.TrimPrefix(a.Key, "aria-")
		switch {
		case value == "" && a.Key != "value":
			all = append(all, key)
		case value == "" || strings.ContainsAny(value, " \"{}\n"):
			all = append(all, key+"="+strconv.Quote(value))
		default:
			all = append(all, key+"="+value)
		}
	}
	if len(all) == 0 {
		return ""
	}
	return "{" + strings.Join(all, " ") + "}"
}

// showsID reports whether a link, a description or a script may refer to the element. An id that only makes an element
// the name of another is not shown: the name is.
func (o *outline) showsID(n *html.Node) bool {
	return o.referenced[attr(n, "id")] || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "role" || strings.HasPrefix(a.Key, "data-")
	})
}

// isShown reports whether the outline shows an attribute in another way: as the role, the address or the value.
func isShown(n *html.Node, a html.Attribute) bool {
	switch n.Data + " " + a.Key {
	case "a href", "form method", "form action":
		return true
	case "form role", "div role", "p role", "span role", "section role", "nav role", "a role", "button role":
		return true
	case "th scope":
		return a.Val == "col" || a.Val == "row"
	case "button type":
		return a.Val == "submit"
	case "input type":
		return slices.Contains([]string{"text", "checkbox", "radio", "hidden"}, a.Val)
	case "input name", "input value":
		return isHiddenField(n)
	default:
		return false
	}
}

var inlineTags = map[string]bool{
	"a": true, "abbr": true, "b": true, "br": true, "code": true, "em": true, "i": true, "mark": true, "small": true,
	"span": true, "strong": true, "svg": true, "time": true, "wbr": true,
}

func isInline(n *html.Node) bool {
	return n.Type == html.TextNode || isDecoration(n) || n.Type == html.ElementNode && inlineTags[n.Data] && onlyInline(n)
}

func onlyInline(n *html.Node) bool {
	for child := range n.ChildNodes() {
		if !isInline(child) {
			return false
		}
	}
	return true
}

func isHiddenField(n *html.Node) bool { return n.Data == "input" && attr(n, "type") == "hidden" }

// isDecoration reports whether an element is hidden from assistive technology and contains no control.
func isDecoration(n *html.Node) bool {
	if attr(n, "aria-hidden") != "true" || isControl(n) {
		return false
	}
	for inner := range n.Descendants() {
		if isControl(inner) {
			return false
		}
	}
	return true
}

func isControl(n *html.Node) bool { return n.Data == "a" || n.Data == "button" || isField(n) }

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func quote(s string) string {
	if s == "" {
		return ""
	}
	return `"` + s + `"`
}
