// Package listsql holds the statements that read lists of users: one readable SELECT for each plan, with the indexes that
// it uses.
package listsql

import (
	"slices"
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// Plan is one way to read a list of users: a SELECT and the indexes that it uses.
//
// The text is written as a list by name, read forwards, of both categories, and runs in psql as it stands. [listOrder]
// rewrites it for the other orders, categories and limits, because an index only serves an order, and a partial index
// only a category, that the text names. Everything else is an argument:
//
//	$1  the institution
//	$2  the product, or empty for all active products
//	$3  the sort key after which the page starts, or NULL: that of $4
//	$4  the person after whom the page starts
//	$5  and on: the plan's own, then one for each word that is searched for
//
// In count, the plan's own begin at $3.
type Plan struct {
	Name     string
	Indexes  []string // that the plan can use for its order: one of them, depending on the category or on how frequent a word is
	Settings []string // to execute before the statement
	rows     string
	// ofProduct is rows for a page of one product, active or not, that starts at a known sort key. It takes a third of the time.
	ofProduct string
	boundary  string // the last row that a page scans, of a plan that also scans rows that do not match; see maxScanRows
	count     string // counts the rows that a text finds; empty: user_count has the number
}

// maxScanRows is the maximum number of rows that a page scans in a plan whose index also has rows that do not match:
// active users, or users who are not in a group. Usually few rows are skipped. If many are, a page has few rows or
// none, and the next page starts after the boundary row, the last one that was scanned.
const maxScanRows = 500

// Settings of plans.
const (
	// ForceCustomPlan makes PostgreSQL plan the statements that follow for their arguments. After some executions it changes to
	// a generic plan otherwise, made for an institution of average size, which is small: where a statement leaves the planner a
	// choice of indexes, such a plan reads all users of a large institution.
	ForceCustomPlan = `SET LOCAL plan_cache_mode = force_custom_plan`

	// ReadTableInOrder makes PostgreSQL read the matches of the search index in the order of the table, not of the list.
	ReadTableInOrder = `SET LOCAL random_page_cost = 4`
)

// planFor chooses the plan of a filter, and gives the plan's own arguments but the words.
func planFor(f access.Filter) (*Plan, []any) {
	role, state := string(f.Role.Role), string(f.State)
	words := form.SearchWords(f.Text)
	switch isActive, isSuspended := f.State == access.Active, f.State == access.Suspended; {
	case len(words) > 0 && isSuspended:
		return &planSearchSuspended, []any{role}
	case len(words) > 0 && role != "":
		return &planSearchRole, []any{role, state}
	case len(words) > 0 && isActive && slices.ContainsFunc(words, form.SearchWord.HasTrigram):
		return &planSearchActive, []any{state}
	case len(words) > 0:
		return &planSearch, []any{state}
	case isSuspended && role != "":
		return &planSuspendedOfRole, []any{role}
	case isSuspended:
		return &planSuspended, nil
	case isActive && role != "":
		return &planActiveOfRole, []any{role}
	case isActive:
		return &planActive, nil
	case role != "":
		return &planByRole, []any{role}
	default:
		return &planByName, nil
	}
}

// filePlanFor chooses the plan of a filter for a file.
func filePlanFor(f access.Filter) (*Plan, []any) {
	plan, own := planFor(f)
	switch plan {
	case &planActive:
		plan = &planActiveFile
	case &planActiveOfRole:
		plan = &planActiveOfRoleFile
	}
	return plan, own
}

// listOrder has the variations of a plan's text.
type listOrder struct {
	category access.Category // empty: both
	byEmail  bool
	reversed bool // from Z to A, or backwards from A to Z
	limit    int  // rows of a product
}

// newListOrder is the order in which a page of a list is read.
func newListOrder(f access.Filter, limit int) listOrder {
	return listOrder{
		category: f.Category,
		byEmail:  f.Sort == access.ByEmail || f.Sort == access.ByEmailDesc,
		reversed: f.Sort.IsDescending() != (f.Page.Before != ""),
		limit:    limit,
	}
}

// rewrite rewrites a plan's text for the order. Limits are part of the text, because the planner assumes a tenth of all
// rows for a limit that is an argument.
func (o listOrder) rewrite(sql string) string {
	replace := func(old, replacement string) { sql = strings.ReplaceAll(sql, old, replacement) }
	const anyCategory, categories = ` AND l.category IN ('administrator', 'operator')`, `('administrator'), ('operator')`
	switch o.category {
	case access.Administrator:
		replace(anyCategory, ` AND l.category = 'administrator'`)
		replace(categories, `('administrator')`)
	case access.Operator:
		replace(anyCategory, ` AND l.category = 'operator'`)
		replace(categories, `('operator')`)
	default:
		replace(anyCategory, ``)
	}
	if o.reversed {
		replace(`l.sort_key, l.person LIMIT`, `l.sort_key DESC, l.person DESC LIMIT`)
		replace(`ORDER BY p.position, l.sort_key, l.person`, `ORDER BY p.position, l.sort_key DESC, l.person DESC`)
		replace(`(l.sort_key, l.person) > `, `(l.sort_key, l.person) < `)
	}
	if o.byEmail {
		replace(`sort_key`, `email`)
	}
	replace(`LIMIT 500`, `LIMIT `+strconv.Itoa(maxScanRows))
	replace(`OFFSET 499`, `OFFSET `+strconv.Itoa(maxScanRows-1))
	replace(`LIMIT 26`, `LIMIT `+strconv.Itoa(o.limit))
	replace(`LIMIT 1001`, `LIMIT `+strconv.Itoa(o.limit))
	return sql
}

// cursor returns the arguments for where a page starts ($3 and $4): at a user, or at the list's start. Without the
// page's key, decrypted, the statement looks up the user's sort key; then a page that starts at a user who is no longer
// in the list is empty.
func (o listOrder) cursor(page access.Page) []any {
	var key any
	if page.Key != "" {
		key = page.Key
	}
	switch {
	case page.Before != "":
		return []any{key, string(page.Before)}
	case page.After != "":
		return []any{key, string(page.After)}
	case o.reversed:
		return []any{"\U0010FFFF", "ffffffff-ffff-ffff-ffff-ffffffffffff"}
	default:
		return []any{"", "00000000-0000-0000-0000-000000000000"}
	}
}

// Statement is a text of a plan with its arguments.
type Statement struct {
	Plan *Plan
	SQL  string
	Args []any
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// pattern is the pattern for LIKE of the search keys that a word matches.
func pattern(w form.SearchWord) string {
	if w.HasAt {
		return "%" + likeEscaper.Replace(w.Text) + "@%" + likeEscaper.Replace(w.Domain)
	}
	return "%" + likeEscaper.Replace(w.Text) + "%@%"
}

// withWords repeats a statement's condition on a word for each word, or removes it. The words are the last arguments.
func (s Statement) withWords(words []form.SearchWord) Statement {
	const condition = `AND l.search_key LIKE $`
	before, after, found := strings.Cut(s.SQL, condition)
	if !found {
		return s
	}
	for _, word := range words {
		s.Args = append(s.Args, pattern(word))
		before += condition + strconv.Itoa(len(s.Args)) + ` `
	}
	s.SQL = before + strings.TrimLeft(after, "0123456789")
	return s
}

// ProductOf is the product of a filter, or empty. A role belongs to one product.
func ProductOf(f access.Filter) string {
	if f.Product == "" {
		return string(f.Role.Product)
	}
	return string(f.Product)
}

// Page reads a page of a list, and one row more of each product, to know whether there are more.
func Page(institution access.InstitutionID, f access.Filter, limit int) Statement {
	plan, own := planFor(f)
	order := newListOrder(f, limit+1)
	args := slices.Concat([]any{string(institution), ProductOf(f)}, order.cursor(f.Page), own)
	sql := order.rewrite(plan.rows)
	if plan.ofProduct != "" && f.Product != "" && args[2] != nil {
		sql = order.rewrite(plan.ofProduct)
	}
	if plan.boundary != "" && f.Product != "" {
		sql = order.withBoundary(sql, plan.boundary)
	}
	return Statement{plan, sql, args}.withWords(form.SearchWords(f.Text))
}

// withBoundary adds the boundary row, without a category, to a page that its rows do not fill. It is read only then.
func (o listOrder) withBoundary(rows, boundary string) string {
	return `(` + rows + `) UNION ALL (` + o.rewrite(boundary) + `) LIMIT ` + strconv.Itoa(o.limit)
}

// File reads the next rows of a product's list for a file: after a row with its sort key, or from the start if the row is
// zero.
func File(institution access.InstitutionID, f access.Filter, after access.Row, sortKey string, limit int) Statement {
	f.Page = access.Page{}
	plan, own := filePlanFor(f)
	order := newListOrder(f, limit)
	start := order.cursor(f.Page)
	if after.User != "" {
		start = []any{sortKey, string(after.User)}
		if order.byEmail {
			start[0] = after.Email
		}
	}
	args := slices.Concat([]any{string(institution), ProductOf(f)}, start, own)
	return Statement{plan, order.rewrite(plan.rows), args}.withWords(form.SearchWords(f.Text))
}

// HasSearch reports whether a filter searches for words. If not, user_count has the numbers of the list.
func HasSearch(f access.Filter) bool { return len(form.SearchWords(f.Text)) > 0 }

// Count counts the rows that a search finds, product by product: up to a number, and one more. Without a search, it reads
// user_count.
func Count(institution access.InstitutionID, f access.Filter, most int) Statement {
	plan, own := planFor(f)
	args := []any{string(institution), ProductOf(f)}
	if !HasSearch(f) {
		return Statement{plan, UserCounts, args}
	}
	return Statement{plan, newListOrder(f, most+1).rewrite(plan.count), append(args, own...)}.withWords(form.SearchWords(f.Text))
}
