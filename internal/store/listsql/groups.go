package listsql

import (
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// The plans of a group's pages, written and rewritten like those of lists. $1 is the institution, $2 the group, $3 and
// $4 are the cursor. All are in the order of the list of users by name.

var planMembers = Plan{
	Name:    "members of a group",
	Indexes: []string{"group_member_by_name"},
	rows: `
SELECT g.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM group_member l
	WHERE l.institution = $1 AND l."group" = $2
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE g.institution = $1 AND g.id = $2
ORDER BY l.sort_key, l.person LIMIT 26`,
}

// Scans the order for users who are not in the group. Both tables have the same order, so that only the next 500
// members can be among the next 500 users. NOT IN reads them once, in any plan of PostgreSQL.
var planCandidates = Plan{
	Name:    "candidates for a group",
	Indexes: []string{"listing_by_name", "group_member_by_name"},
	rows: `
SELECT g.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM (
		SELECT l.person, l.sort_key
		FROM listing l
		WHERE l.institution = $1 AND l.product = g.product
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 500) l
	WHERE l.person NOT IN (
		SELECT l.person
		FROM group_member l
		WHERE l.institution = $1 AND l."group" = $2
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 500)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE g.institution = $1 AND g.id = $2
ORDER BY l.sort_key, l.person LIMIT 26`,
	boundary: `
SELECT g.product, l.person, '', '', '', '', '{}', '{}'
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = g.product
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 1 OFFSET 499) l
WHERE g.institution = $1 AND g.id = $2`,
}

// Scans the index of the order for a frequent word, and uses the search index for a rare one. $5: the only user that
// may match, or NULL.
var planCandidatesSearch = Plan{
	Name:     "search among candidates",
	Indexes:  []string{"listing_by_name", "listing_search"},
	Settings: []string{ForceCustomPlan, ReadTableInOrder},
	rows: `
SELECT g.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = g.product AND ($5::uuid IS NULL OR l.person = $5)
	AND NOT EXISTS (
		SELECT 1 FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)
	AND l.search_key LIKE $6
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE g.institution = $1 AND g.id = $2
ORDER BY l.sort_key, l.person LIMIT 26`,
	count: `
SELECT count(*)
FROM user_group g
CROSS JOIN LATERAL (
	SELECT 1 FROM listing l
	WHERE l.institution = $1 AND l.product = g.product AND ($3::uuid IS NULL OR l.person = $3)
	AND NOT EXISTS (
		SELECT 1 FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)
	AND l.search_key LIKE $4
	LIMIT 1001) l
WHERE g.institution = $1 AND g.id = $2`,
}

// candidateCount reads the number of a product's users who are not in a group. No stored count has it.
const candidateCount = `
SELECT coalesce((c.users->>'//')::int, 0) - g.member_count
FROM user_group g LEFT JOIN user_count c ON c.institution = $1 AND c.product = g.product
WHERE g.institution = $1 AND g.id = $2`

// Members reads a page of a group's members, and one row more.
func Members(institution access.InstitutionID, group access.GroupID, page access.Page, limit int) Statement {
	order := newListOrder(access.Filter{Page: page}, limit+1)
	args := append([]any{string(institution), string(group)}, order.cursor(page)...)
	return Statement{&planMembers, order.rewrite(planMembers.rows), args}
}

// Candidates reads a page of a product's users who are not in a group of it, and one row more; if only is not empty, no
// other user matches. count reads their number. With a search, it counts up to most and one more; without, it has no
// plan.
func Candidates(
	institution access.InstitutionID, group access.GroupID, f access.Filter, only access.UserID, limit, most int,
) (page, count Statement) {
	order := newListOrder(access.Filter{Page: f.Page}, limit+1)
	key := []any{string(institution), string(group)}
	args := slices.Concat(key, order.cursor(f.Page))
	if words := form.SearchWords(f.Text); len(words) > 0 || only != "" {
		plan := &planCandidatesSearch
		page = Statement{plan, order.rewrite(plan.rows), append(args, optionalUser(only))}.withWords(words)
		counted := newListOrder(access.Filter{}, most+1).rewrite(plan.count)
		return page, Statement{plan, counted, slices.Concat(key, []any{optionalUser(only)})}.withWords(words)
	}
	plan := &planCandidates
	page = Statement{plan, order.withBoundary(order.rewrite(plan.rows), plan.boundary), args}
	return page, Statement{nil, candidateCount, key}
}

// optionalUser is NULL for no user.
func optionalUser(u access.UserID) any {
	if u == "" {
		return nil
	}
	return string(u)
}
