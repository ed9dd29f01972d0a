package datafile

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// lineOf matches the line in the parser's message.
var lineOf = regexp.MustCompile(`line (\d+): `)

// document reads the file's only document as a tree with lines; nil if it is not YAML.
func (r *reader) document(data []byte) *yaml.Node {
	var doc, more yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		r.add(Place{r.file, 1}, "the file is empty: add institutions at least")
		return nil
	}
	if err == nil {
		err = dec.Decode(&more)
		if err == nil {
			r.add(r.at(&more), "a second document: a file has only one")
			return nil
		}
		if errors.Is(err, io.EOF) {
			return doc.Content[0]
		}
	}
	line := 1
	if found := lineOf.FindStringSubmatch(err.Error()); found != nil {
		line, _ = strconv.Atoi(found[1])
	}
	r.add(Place{r.file, line}, "the file is not valid YAML (%s): correct the syntax here",
		strings.TrimPrefix(lineOf.ReplaceAllString(err.Error(), ""), "yaml: "))
	return nil
}

func (r *reader) at(n *yaml.Node) Place { return Place{r.file, n.Line} }

// fields returns a mapping's values by key. A key that is unknown or appears twice is a fault.
func (r *reader) fields(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		r.add(r.at(n), "%s: expected the keys (%s)", what, strings.Join(known, ", "))
		return nil
	}
	fields := map[string]*yaml.Node{}
	for pair := range slices.Chunk(n.Content, 2) {
		key := pair[0].Value
		switch _, twice := fields[key]; {
		case !slices.Contains(known, key):
			r.add(r.at(pair[0]), "%s: unknown key %q: use %s", what, key, strings.Join(known, ", "))
		case twice:
			r.add(r.at(pair[0]), "%s: the key %q appears twice: leave one", what, key)
		case pair[1].Tag != "!!null":
			fields[key] = pair[1]
		}
	}
	return fields
}

// list returns a field's items; none if it is missing.
func (r *reader) list(n *yaml.Node, what string) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode {
		r.add(r.at(n), "%s: expected a list", what)
		return nil
	}
	return n.Content
}

// texts returns a field's items, all of which must be texts.
func (r *reader) texts(n *yaml.Node, what string) []*yaml.Node {
	items := r.list(n, what)
	return slices.DeleteFunc(slices.Clone(items), func(item *yaml.Node) bool {
		bad := item.Kind != yaml.ScalarNode || item.Tag == "!!null"
		if bad {
			r.add(r.at(item), "%s: expected a text", what)
		}
		return bad
	})
}

// text returns a field's text as written, also where YAML would read a number or a date; "" if it is missing.
func (r *reader) text(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		r.add(r.at(n), "%s: expected a text", what)
		return ""
	}
	return strings.TrimSpace(n.Value)
}

// required returns a field's text, which must not be empty. A missing field is reported at the node of.
func (r *reader) required(of *yaml.Node, fields map[string]*yaml.Node, key, what string) string {
	if fields == nil {
		return "" // reported already
	}
	n := fields[key]
	text := r.text(n, what)
	if n == nil || (text == "" && n.Kind == yaml.ScalarNode) {
		at := of
		if n != nil {
			at = n
		}
		r.add(r.at(at), "%s is missing: add %s", what, key)
	}
	return text
}

// boolean returns a field that is true or false; usual if it is missing.
func (r *reader) boolean(n *yaml.Node, what string, usual bool) bool {
	if n == nil {
		return usual
	}
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.add(r.at(n), "%s: write true or false", what)
		return usual
	}
	return strings.EqualFold(n.Value, "true")
}
