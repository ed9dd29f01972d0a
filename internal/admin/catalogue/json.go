package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// node is a JSON value with its place in the file, which the standard decoder does not keep.
type node struct {
	at     int // offset in the file
	path   string
	value  any      // string, json.Number, bool; nil for null, objects and arrays
	kind   string   // as faults name it
	keys   []string // of an object, in the file's order
	fields map[string]*node
	items  []*node
}

const (
	isObject = "an object"
	isList   = "a list"
	isText   = "a text"
	isBool   = "true or false"
	isNumber = "a number"
	isNull   = "null"
)

// tree reads the whole file. If it is not JSON, at is the offset of the error.
func tree(data []byte) (root *node, at int, err error) {
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		at := len(data)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && !strings.Contains(syntax.Error(), "end of JSON") {
			at = max(int(syntax.Offset)-1, 0)
		}
		return nil, at, err
	}
	if !utf8.Valid(data) {
		return nil, 0, errors.New("not UTF-8")
	}
	t := &treeReader{data: data, dec: json.NewDecoder(bytes.NewReader(data))}
	t.dec.UseNumber()
	root, err = t.read("")
	return root, t.start(), err
}

type treeReader struct {
	data []byte
	dec  *json.Decoder
}

// start is the offset of the next token.
func (t *treeReader) start() int {
	at := int(t.dec.InputOffset())
	for at < len(t.data) && strings.IndexByte(" \t\r\n,:", t.data[at]) >= 0 {
		at++
	}
	return at
}

func (t *treeReader) read(path string) (*node, error) {
	n := &node{at: t.start(), path: path}
	token, err := t.dec.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			return n, t.list(n)
		}
		return n, t.object(n)
	case string:
		n.kind, n.value = isText, token
	case bool:
		n.kind, n.value = isBool, token
	case json.Number:
		n.kind, n.value = isNumber, token
	default:
		n.kind = isNull
	}
	return n, nil
}

func (t *treeReader) list(n *node) error {
	n.kind = isList
	for t.dec.More() {
		item, err := t.read(fmt.Sprintf("%s[%d]", n.path, len(n.items)))
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, err := t.dec.Token()
	return err
}

func (t *treeReader) object(n *node) error {
	n.kind, n.fields = isObject, map[string]*node{}
	for t.dec.More() {
		token, err := t.dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		field, err := t.read(strings.TrimPrefix(n.path+"."+key, "."))
		if err != nil {
			return err
		}
		if _, twice := n.fields[key]; !twice {
			n.fields[key] = field
		}
		n.keys = append(n.keys, key)
	}
	_, err := t.dec.Token()
	return err
}

// place converts an offset to a line and, in characters, a column, both from 1.
func place(data []byte, at int) (line, column int) {
	before := data[:min(at, len(data))]
	lineStart := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[lineStart:]) + 1
}
