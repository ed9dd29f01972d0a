package perf_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
)

// node is a step of a plan.
type node map[string]any

func (n node) text(key string) string { s, _ := n[key].(string); return s }

// conditions are the comparisons of a step.
func (n node) conditions() (all []string) {
	for _, key := range []string{"Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond"} {
		if c := n.text(key); c != "" {
			all = append(all, c)
		}
	}
	return all
}

func (n node) below() (all []node) {
	plans, _ := n["Plans"].([]any)
	for _, p := range plans {
		if below, ok := p.(map[string]any); ok {
			all = append(all, below)
		}
	}
	return all
}

// every collects a step and all steps below it.
func (n node) every(into *[]node) {
	*into = append(*into, n)
	for _, below := range n.below() {
		below.every(into)
	}
}

// binding determines which columns of a plan, as `alias.column`, can only have the value of one institution.
type binding struct {
	tables   map[string]string
	ids      []access.InstitutionID
	compared string // every condition of the plan
	known    map[string]bool
}

// unscopedTables are the tables that a statement reads or writes without naming the institution: the column is
// compared neither with an institution's id nor with another bound column.
func unscopedTables(plan node, tables map[string]string, ids []access.InstitutionID) (names []string) {
	var all []node
	var conditions []string
	plan.every(&all)
	for _, n := range all {
		conditions = append(conditions, n.conditions()...)
	}
	b := binding{tables, ids, strings.Join(conditions, "\n"), map[string]bool{}}
	for before := -1; before < len(b.known); {
		before = len(b.known)
		for _, n := range all {
			if c := b.column(n); c != "" && b.binds(n, c, all) {
				b.known[c] = true
			}
		}
	}
	for _, n := range all {
		if n.text("Relation Name") != "" && b.column(n) != "" && !b.known[b.column(n)] {
			names = append(names, n.text("Relation Name"))
		}
	}
	return names
}

// column is the column with the institution of a step's rows; empty if the rows belong to no institution.
func (b binding) column(n node) string {
	switch column := b.tables[n.text("Relation Name")]; {
	case n.text("Node Type") == "ModifyTable" && n.text("Operation") != "Insert": // a step below reads the rows to be changed
		return ""
	case n.text("Node Type") == "CTE Scan" || n.text("Node Type") == "Subquery Scan":
		return n.text("Alias") + ".institution"
	case column != "":
		return n.text("Alias") + "." + column
	}
	return ""
}

// binds reports whether a step's column is bound to one institution.
func (b binding) binds(n node, column string, all []node) bool {
	switch n.text("Node Type") {
	case "ModifyTable", "Subquery Scan":
		return slices.ContainsFunc(n.below(), b.gives)
	case "CTE Scan":
		return slices.ContainsFunc(all, func(of node) bool { return of.text("Subplan Name") == "CTE "+n.text("CTE Name") && b.gives(of) })
	}
	for _, id := range b.ids {
		if strings.Contains(b.compared, fmt.Sprintf("(%s = '%s'::uuid)", column, id)) {
			return true
		}
	}
	if b.from(n, column, all) {
		return true
	}
	for other := range b.known {
		if strings.Contains(b.compared, "("+column+" = "+other+")") || strings.Contains(b.compared, "("+other+" = "+column+")") {
			return true
		}
	}
	return false
}

// from reports whether a step starts at an institution's key and its one row is then compared with the institution.
// That names the institution, though a sharded database cannot choose the shard by it.
func (b binding) from(n node, column string, all []node) bool {
	conditions := strings.Join(n.conditions(), "\n")
	for _, id := range b.ids {
		if !strings.Contains(conditions, "(ROW("+column+", ") || !strings.Contains(conditions, fmt.Sprintf(") >= ROW('%s'::uuid, ", id)) {
			continue
		}
		for _, above := range all {
			var inside []node
			above.every(&inside)
			if above.text("Node Type") == "Subquery Scan" && slices.ContainsFunc(inside, func(i node) bool { return b.column(i) == column }) &&
				strings.Contains(above.text("Filter"), fmt.Sprintf("(%s.institution = '%s'::uuid)", above.text("Alias"), id)) {
				return true
			}
		}
	}
	return false
}

// gives reports whether one of the columns that a step returns is a named institution or a bound column.
func (b binding) gives(n node) bool {
	output, _ := n["Output"].([]any)
	for _, v := range output {
		value := strings.ReplaceAll(fmt.Sprint(v), `"`, "")
		if b.known[value] || slices.ContainsFunc(b.ids, func(id access.InstitutionID) bool { return value == fmt.Sprintf("'%s'::uuid", id) }) {
			return true
		}
	}
	return false
}

// explain is the generic description of how the database executes a statement with its arguments.
func explain(t *testing.T, s *site.Site, st statement) (plan node, err error) {
	t.Helper()
	conn, err := s.DB.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	defer func() { _, _ = conn.Exec(context.WithoutCancel(t.Context()), `DEALLOCATE asked`) }()
	err = pgx.BeginFunc(t.Context(), conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL plan_cache_mode = force_custom_plan`); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `PREPARE asked AS `+st.sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		var types []string
		if err := tx.QueryRow(t.Context(), `SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'asked'`).
			Scan(&types); err != nil {
			return err
		}
		args, places := []any{pgx.QueryExecModeSimpleProtocol}, []string{}
		for i, arg := range st.args {
			args, places = append(args, encodeArgument(arg, types[i])), append(places, "$"+strconv.Itoa(i+1))
		}
		execute := `EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE asked`
		if len(places) > 0 {
			execute += ` (` + strings.Join(places, ", ") + `)`
		}
		var explained []struct{ Plan node }
		if err := tx.QueryRow(t.Context(), execute, args...).Scan(&explained); err != nil {
			return err
		}
		plan = explained[0].Plan
		return nil
	})
	return plan, err
}

// encodeArgument converts an argument for the statement's text: pgx knows lists of plain strings, and takes bytes for
// bytea.
func encodeArgument(arg any, parameter string) any {
	v := reflect.ValueOf(arg)
	switch {
	case !v.IsValid() || v.Kind() != reflect.Slice:
		return arg
	case v.Type().Elem().Kind() == reflect.String:
		plain := []string{}
		for k := range v.Len() {
			plain = append(plain, v.Index(k).String())
		}
		return plain
	case strings.HasPrefix(parameter, "json") && v.Type().Elem().Kind() == reflect.Uint8:
		if v.IsNil() {
			return nil
		}
		return string(v.Bytes())
	}
	return arg
}
