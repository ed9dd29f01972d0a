package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
)

// Read reads a file's content; faults contain the name. The error is [Faults].
func Read(name string, data []byte) (Catalogue, error) {
	r := &reader{name: name, data: data, children: map[access.ProductID]*node{}}
	root, at, err := tree(data)
	if err != nil {
		r.fault(&node{at: at}, "the file is not valid JSON (%v): correct the syntax here", err)
		return Catalogue{}, r.faults
	}
	r.withoutDuplicates(root)
	var c Catalogue
	for _, n := range r.list(root, "the list of products") {
		if r.expectKind(n, isObject) {
			c.Products = append(c.Products, r.product(n))
		}
	}
	r.checkFamilies(c)
	if len(r.faults) > 0 {
		r.faults.sort()
		return Catalogue{}, r.faults
	}
	return c, nil
}

// reader reads the tree and collects all faults.
type reader struct {
	name     string
	data     []byte
	seen     []access.ProductID
	children map[access.ProductID]*node // the parentId of each child
	faults   Faults
}

func (r *reader) fault(n *node, format string, args ...any) {
	line, column := place(r.data, n.at)
	r.faults = append(r.faults, Fault{File: r.name, Line: line, Column: column, Path: n.path, Message: fmt.Sprintf(format, args...)})
}

// withoutDuplicates reports keys that appear twice: the value of one would be lost.
func (r *reader) withoutDuplicates(n *node) {
	for i, key := range n.keys {
		if slices.Contains(n.keys[:i], key) {
			r.fault(n, "the key %q appears twice: leave one", key)
		}
	}
	for _, field := range n.fields {
		r.withoutDuplicates(field)
	}
	for _, item := range n.items {
		r.withoutDuplicates(item)
	}
}

func (r *reader) expectKind(n *node, kind string) bool {
	if n.kind != kind {
		r.fault(n, "expected %s, not %s", kind, n.kind)
	}
	return n.kind == kind
}

func (r *reader) list(n *node, what string) []*node {
	if n.kind != isList {
		r.fault(n, "expected %s, not %s", what, n.kind)
	}
	return n.items
}

// field returns a field of an object if it exists, is not null and is of that kind.
func (r *reader) field(n *node, key, kind string) (*node, bool) {
	field, there := n.fields[key]
	if !there || field.kind == isNull {
		return nil, false
	}
	return field, r.expectKind(field, kind)
}

// text returns an optional text, without surrounding spaces.
func (r *reader) text(n *node, key string) string {
	field, ok := r.field(n, key, isText)
	if !ok {
		return ""
	}
	text, _ := field.value.(string)
	if strings.ContainsFunc(text, unicode.IsControl) {
		r.fault(field, "contains control characters: remove them")
	}
	return strings.TrimSpace(text)
}

// required returns a text that must not be empty. The fault of a missing field has the place of the object.
func (r *reader) required(n *node, key string) string {
	text := r.text(n, key)
	if text != "" {
		return text
	}
	at, there := n.fields[key]
	switch {
	case !there:
		r.fault(&node{at: n.at, path: strings.TrimPrefix(n.path+"."+key, ".")}, "is missing: add it")
	case at.kind == isText || at.kind == isNull:
		r.fault(at, "is empty: fill it in")
	}
	return text
}

func (r *reader) bool(n *node, key string) bool {
	field, ok := r.field(n, key, isBool)
	return ok && field.value == true
}

func (r *reader) texts(n *node, key string) []string {
	field, ok := r.field(n, key, isList)
	if !ok {
		return nil
	}
	var texts []string
	for _, item := range field.items {
		if text, isString := item.value.(string); isString {
			texts = append(texts, text)
		} else {
			r.expectKind(item, isText)
		}
	}
	return texts
}

// productID matches ids that are valid in addresses, data files and the database.
var productID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

var statuses = map[string]Status{"ACTIVE": Active, "TESTING": Testing, "PHASE_OUT": PhaseOut, "INACTIVE": Inactive}

func (r *reader) product(n *node) Product {
	id := r.required(n, "id")
	p := Product{
		ID:          access.ProductID(id),
		Title:       access.Text{It: r.required(n, "title"), En: r.text(n, "titleEn")},
		Description: access.Text{It: r.text(n, "description"), En: r.text(n, "descriptionEn")},
		Offers:      map[access.InstitutionType][]access.Role{},
	}
	if id != "" && !productID.MatchString(id) {
		r.fault(n.fields["id"], "%q cannot be an id: use at most 64 lower-case letters without accents, digits and hyphens", id)
	}
	if id != "" && slices.Contains(r.seen, p.ID) {
		r.fault(n.fields["id"], "product %q is already in this file: an id is used once", id)
	}
	r.seen = append(r.seen, p.ID)
	if status := r.required(n, "status"); status != "" {
		known := false
		if p.Status, known = statuses[status]; !known {
			r.fault(n.fields["status"], "unknown status %q: use ACTIVE, TESTING, PHASE_OUT or INACTIVE", status)
		}
	}
	if p.Parent = access.ProductID(r.text(n, "parentId")); p.Parent != "" {
		r.children[p.ID] = n.fields["parentId"]
	}
	r.offers(n, &p)
	return p
}

// checkFamilies reports parents that are missing from the file, or are children themselves.
func (r *reader) checkFamilies(c Catalogue) {
	for _, p := range c.Products {
		at, isChild := r.children[p.ID]
		if !isChild || p.Parent == "" {
			continue
		}
		switch parent, there := c.Product(p.Parent); {
		case !there:
			r.fault(at, "the parent product %q is not in this file", p.Parent)
		case p.Parent == p.ID:
			r.fault(at, "a product cannot be its own parent")
		case parent.Parent != "":
			r.fault(at, "the parent product %q is itself a child of %q: use that one", p.Parent, parent.Parent)
		}
	}
}
