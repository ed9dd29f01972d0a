package perf_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
)

// tree is a node of the tree into which PostgreSQL parses a statement: its name, and its fields, each with the values
// that follow it: a string, a *tree, or a list of values.
type tree struct {
	name   string
	fields map[string][]any
}

func (t *tree) value(field string) any {
	if t == nil || len(t.fields[field]) == 0 {
		return nil
	}
	return t.fields[field][0]
}

func (t *tree) number(field string) int {
	text, _ := t.value(field).(string)
	n, _ := strconv.Atoi(text)
	return n
}

func (t *tree) node(field string) *tree { n, _ := t.value(field).(*tree); return n }

func (t *tree) nodes(field string) (all []*tree) {
	list, _ := t.value(field).([]any)
	for _, v := range list {
		if n, ok := v.(*tree); ok {
			all = append(all, n)
		}
	}
	return all
}

// every calls do for a value's nodes, the outer ones first.
func every(v any, do func(*tree)) {
	switch v := v.(type) {
	case *tree:
		do(v)
		for _, values := range v.fields {
			every(values, do)
		}
	case []any:
		for _, one := range v {
			every(one, do)
		}
	}
}

// treeReader reads PostgreSQL's text of a tree: {NAME :field value ...}, with lists in parentheses.
type treeReader struct{ tokens []string }

func readTree(text string) *tree {
	spaced := strings.NewReplacer("{", " { ", "}", " } ", "(", " ( ", ")", " ) ", `\{`, "?", `\}`, "?", `\(`, "?", `\)`, "?", `\ `, "?")
	r := &treeReader{strings.Fields(spaced.Replace(text))}
	n, _ := r.read().(*tree)
	return n
}

func (r *treeReader) next() string {
	if len(r.tokens) == 0 {
		return ""
	}
	token := r.tokens[0]
	r.tokens = r.tokens[1:]
	return token
}

func (r *treeReader) read() any {
	switch token := r.next(); token {
	case "{":
		n := &tree{name: r.next(), fields: map[string][]any{}}
		field := ""
		for len(r.tokens) > 0 && r.tokens[0] != "}" {
			if strings.HasPrefix(r.tokens[0], ":") {
				field = r.next()[1:]
				continue
			}
			n.fields[field] = append(n.fields[field], r.read())
		}
		r.next()
		return n
	case "(":
		list := []any{}
		for len(r.tokens) > 0 && r.tokens[0] != ")" {
			list = append(list, r.read())
		}
		r.next()
		return list
	default:
		return token
	}
}

// parse has PostgreSQL parse a statement.
func parse(t *testing.T, s *site.Site, sql string) (*tree, error) {
	t.Helper()
	config, err := pgx.ParseConfig(s.DB.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	var text string
	config.RuntimeParams["debug_print_parse"] = "on"
	config.RuntimeParams["client_min_messages"] = "log"
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if strings.HasPrefix(n.Message, "parse tree") {
			text = n.Detail
		}
	}
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Prepare(t.Context(), "", sql); err != nil {
		return nil, err
	}
	n := readTree(text)
	if n == nil || n.name != "QUERY" {
		return nil, fmt.Errorf("PostgreSQL gave no tree but %q", text)
	}
	return n, nil
}

// shardedTable is a table to be distributed, or a view of one.
type shardedTable struct {
	name   string
	column int // the number of the one with the institution
}

// scope says which tables of a statement are read or written without an institution.
type scope struct {
	tables map[int]shardedTable // by oid
	args   []any
	ids    []access.InstitutionID
}

// unscopedTables are the tables that a statement reads or writes without naming the institution: where the table is
// named, in the same query, its column must be compared with the parameter itself, or the new row's must be it. A
// comparison with another table's column is not enough: a distributed database does not follow it into a subquery or
// through an outer join.
func (s scope) unscopedTables(statement *tree) (names []string) {
	every(statement, func(n *tree) {
		if n.name != "QUERY" {
			return
		}
		for i, entry := range n.nodes("rtable") {
			table, ok := s.table(entry)
			isNew := n.number("commandType") == 3 && n.number("resultRelation") == i+1
			if ok && !s.isCompared(n, i+1, table) && (!isNew || !s.isGiven(n, n, table.column)) {
				names = append(names, table.name)
			}
		}
	})
	slices.Sort(names)
	return names
}

func (s scope) table(entry *tree) (shardedTable, bool) {
	table, ok := s.tables[entry.number("relid")]
	return table, ok && entry.value("rtekind") == "0" && entry.value("relkind") != "c" // c: the row that ON CONFLICT excludes
}

// isInstitution reports whether an expression is a parameter with an institution's id.
func (s scope) isInstitution(n *tree) bool {
	if n == nil || n.name != "PARAM" || n.number("paramid") > len(s.args) {
		return false
	}
	return slices.Contains(s.ids, access.InstitutionID(fmt.Sprint(s.args[n.number("paramid")-1])))
}

// isCompared reports whether the conditions of a query compare a table's column with the parameter.
func (s scope) isCompared(query *tree, table int, of shardedTable) (found bool) {
	isColumn := func(n *tree) bool {
		return n.name == "VAR" && n.number("varno") == table && n.number("varattno") == of.column && n.number("varlevelsup") == 0
	}
	var look func(n *tree)
	look = func(n *tree) {
		if n == nil {
			return
		}
		switch n.name {
		case "FROMEXPR", "JOINEXPR":
			for _, from := range append(n.nodes("fromlist"), n.node("larg"), n.node("rarg"), n.node("quals")) {
				look(from)
			}
		case "BOOLEXPR":
			if n.value("boolop") == "and" {
				for _, arg := range n.nodes("args") {
					look(arg)
				}
			}
		case "OPEXPR":
			const uuidEqual = 2972
			if args := n.nodes("args"); n.number("opno") == uuidEqual && len(args) == 2 {
				found = found || isColumn(args[0]) && s.isInstitution(args[1]) || isColumn(args[1]) && s.isInstitution(args[0])
			}
		}
	}
	look(query.node("jointree"))
	return found
}

// isGiven reports whether a column of a query's result, or of the rows that it inserts, is the parameter or the column of
// a table that is compared with it.
func (s scope) isGiven(query, of *tree, column int) bool {
	for _, target := range of.nodes("targetList") {
		if target.number("resno") != column {
			continue
		}
		expr := target.node("expr")
		if s.isInstitution(expr) {
			return true
		}
		if expr == nil || expr.name != "VAR" || expr.number("varlevelsup") != 0 {
			return false
		}
		entry := query.nodes("rtable")[expr.number("varno")-1]
		if table, ok := s.table(entry); ok {
			return table.column == expr.number("varattno") && s.isCompared(query, expr.number("varno"), table)
		}
		below := entry.node("subquery")
		return below != nil && s.isGiven(below, below, expr.number("varattno"))
	}
	return false
}
