package htmltest

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Outline describes the element and its content in text, for golden tests: one line for each element with a role, with
// its accessible name, its address and, in braces, its attributes; the text between them; a table's row and a list's
// item on one line each, with the controls of an item that has several below it.
//
//	link "Modifica i dati di Giulio Verdi" -> /users/u2/edit
//	textbox "E-mail" {name=email type=email value=giulio.verdi invalid=true describedby="email-hint email-fault"}
//
// Every attribute is shown unless omitted names it, so that a new one is not overlooked. Labels, captions, legends and
// summaries appear as the names of their fields, tables, groups and details.
func (e Element) Outline() string {
	o := outline{page: e, referenced: map[string]bool{}}
	for n := range e.root.Descendants() {
		o.reference(n)
	}
	if e.node.Type == html.DocumentNode {
		o.children(e.node, 0)
	} else {
		o.block(e.node, 0)
	}
	return strings.Join(o.lines, "\n") + "\n"
}

type outline struct {
	page       Element
	lines      []string
	referenced map[string]bool // ids that a link, a description or a script refers to
}

// reference collects the ids that the outline shows. Those that only name an element are not among them: the name is
// shown instead.
func (o *outline) reference(n *html.Node) {
	for _, key := range []string{"aria-describedby", "aria-controls", "data-copy", "form", "list"} {
		for id := range strings.FieldsSeq(attr(n, key)) {
			o.referenced[id] = true
		}
	}
	if id, ok := strings.CutPrefix(attr(n, "href"), "#"); ok {
		o.referenced[id] = true
	}
	if hasAttr(n, "data-part") {
		o.referenced[attr(n, "id")] = true
	}
}

func (o *outline) line(depth int, words ...string) {
	words = slices.DeleteFunc(words, func(s string) bool { return s == "" })
	o.lines = append(o.lines, strings.TrimRight(strings.Repeat("  ", depth)+strings.Join(words, " "), " "))
}

// children writes the content of a block: each run of text and inline elements on one line, successive hidden fields on
// one line, other blocks on lines of their own.
func (o *outline) children(n *html.Node, depth int) {
	var run []*html.Node
	var hiddenFields []string
	flush := func() {
		o.run(run, depth)
		if len(hiddenFields) > 0 {
			o.line(depth, "hidden", strings.Join(hiddenFields, " "))
		}
		run, hiddenFields = nil, nil
	}
	for child := range n.ChildNodes() {
		switch {
		case isDecoration(child):
		case isHiddenField(child):
			o.run(run, depth)
			run = nil
			hiddenFields = append(hiddenFields, o.hiddenField(child))
		case isInline(child):
			if len(hiddenFields) > 0 && strings.TrimSpace(child.Data) != "" {
				flush()
			}
			run = append(run, child)
		case child.Type == html.DoctypeNode:
			o.line(depth, "doctype", child.Data)
		case child.Type == html.ElementNode:
			flush()
			o.block(child, depth)
		}
	}
	flush()
}

// run writes text and inline elements: links without text between them on a line each, all else on one.
func (o *outline) run(run []*html.Node, depth int) {
	var texts, links []string
	for _, n := range run {
		s := o.inline(n)
		texts = append(texts, s)
		if n.Data == "a" {
			links = append(links, s)
		} else if strings.TrimSpace(s) != "" {
			links = append(links, "")
		}
	}
	if slices.Contains(links, "") {
		links = []string{collapseSpaces(strings.Join(texts, ""))}
	}
	for _, s := range links {
		if s = collapseSpaces(s); s != "" {
			o.line(depth, s)
		}
	}
}

// block writes an element on lines of its own.
func (o *outline) block(n *html.Node, depth int) {
	e, attributes := o.element(n), o.attributes(n)
	switch n.Data {
	case "html":
		o.line(depth, "html", attributes)
		o.children(n, depth)
	case "title", "h1", "h2", "h3", "h4", "h5", "h6":
		o.line(depth, n.Data, o.content(n), attributes)
	case "input", "select", "textarea", "button":
		o.line(depth, o.control(n))
	case "label":
		o.label(n, depth)
	case "ul", "ol":
		o.list(n, depth)
	case "li":
		o.item(n, depth)
	case "dl":
		o.descriptions(n, depth)
	case "tr":
		o.row(n, depth)
	case "table", "fieldset", "details":
		o.line(depth, n.Data, quote(o.title(n)), attributes)
		o.children(n, depth+1)
	case "caption", "legend", "summary": // written as the name of their parent
		if attributes != "" {
			o.line(depth, n.Data, attributes)
		}
	case "form":
		to := cmp.Or(attr(n, "method"), "get") + " -> " + attr(n, "action")
		o.line(depth, cmp.Or(e.Role(), "form"), quote(e.Name()), to, attributes)
		o.children(n, depth+1)
	default:
		o.plain(n, depth)
	}
}

// plain writes an element with a role or attributes; of any other element, only the content.
func (o *outline) plain(n *html.Node, depth int) {
	e, attributes := o.element(n), o.attributes(n)
	role := e.Role()
	switch {
	case role == "" && attributes == "":
		o.children(n, depth)
	case role == "" && onlyInline(n) && n.FirstChild != nil:
		o.line(depth, o.content(n), attributes)
	default:
		name := ""
		if hasAttr(n, "aria-labelledby") || hasAttr(n, "aria-label") || role != "alert" && role != "status" {
			name = quote(e.Name()) // unlabelled, the name of a live region would be its content
		}
		o.line(depth, cmp.Or(role, "<"+n.Data+">"), name, attributes)
		o.children(n, depth+1)
	}
}

// label writes the fields within a label, whose text is their name. A label without a field is written as such.
func (o *outline) label(n *html.Node, depth int) {
	if !o.labelsField(n) {
		o.line(depth, "label of no field", quote(o.content(n)), o.attributes(n))
		return
	}
	for inner := range n.Descendants() {
		if isField(inner) {
			o.line(depth, o.control(inner))
		}
	}
}

// list writes the items. The list itself has a line only if it has a name or attributes.
func (o *outline) list(n *html.Node, depth int) {
	name, attributes := quote(o.element(n).Name()), o.attributes(n)
	if name == "" && attributes == "" {
		o.children(n, depth)
		return
	}
	o.line(depth, n.Data, name, attributes)
	o.children(n, depth+1)
}

// item writes a list's item on one line. Controls follow below it if there are several; an item with a structure of its
// own is written like any block.
func (o *outline) item(n *html.Node, depth int) {
	structured, controls, mark := false, 0, "-"
	if n.Parent != nil && n.Parent.Data == "ol" {
		mark = "1."
	}
	for inner := range n.Descendants() {
		switch inner.Data {
		case "h2", "h3", "h4", "form", "table", "fieldset", "dl", "nav", "section":
			structured = true
		case "a", "button", "details", "input", "select", "textarea":
			controls++
		}
	}
	if structured {
		o.line(depth, mark, o.attributes(n))
		o.children(n, depth+1)
		return
	}
	f := flow{o: o}
	if controls > 1 {
		f.below = []string{"a", "details", "button", "input", "select", "textarea"}
	}
	o.line(depth, mark, f.content(n), o.attributes(n))
	o.nodes(f.found, depth+1)
}

// row writes a table's row: its cells on one line, the content of details below it.
func (o *outline) row(n *html.Node, depth int) {
	f := flow{o: o, below: []string{"details"}}
	var cells []string
	for cell := range n.ChildNodes() {
		if cell.Type != html.ElementNode {
			continue
		}
		role := ""
		if cell.Data == "th" && hasAttr(cell, "scope") {
			role = o.element(cell).Role()
		} else if cell.Data == "th" {
			role = "th"
		}
		words := []string{role, f.content(cell), o.attributes(cell)}
		cells = append(cells, strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " "))
	}
	o.line(depth, "row", strings.Join(cells, " | "), o.attributes(n))
	o.nodes(f.found, depth+1)
}

func (o *outline) nodes(nodes []*html.Node, depth int) {
	for _, n := range nodes {
		if isInline(n) {
			o.line(depth, collapseSpaces(o.inline(n)))
		} else {
			o.block(n, depth)
		}
	}
}

// descriptions writes each term with its description.
func (o *outline) descriptions(n *html.Node, depth int) {
	if attributes := o.attributes(n); attributes != "" {
		o.line(depth, "dl", attributes)
	}
	term := ""
	for inner := range n.Descendants() {
		switch inner.Data {
		case "dt":
			term = strings.TrimSpace(o.content(inner) + " " + o.attributes(inner))
		case "dd":
			o.line(depth, term+":", o.content(inner), o.attributes(inner))
		case "div":
			if attributes := o.attributes(inner); attributes != "" && inner.Parent == n {
				o.line(depth, "<div>", attributes)
			}
		}
	}
}
