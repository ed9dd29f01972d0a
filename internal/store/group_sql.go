package store

// The plans of a group's pages, written and rewritten like those of lists. $1 is the institution, $2 the group, $3 and
// $4 are the cursor. All are in the order of the list of users by name.

var planMembers = listPlan{
	name:    "members of a group",
	indexes: []string{"group_member_by_name"},
	rows: `
SELECT g.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM group_member l
	WHERE l.institution = $1 AND l."group" = $2
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4
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
var planCandidates = listPlan{
	name:    "candidates for a group",
	indexes: []string{"listing_by_name", "group_member_by_name"},
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
			WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 500) l
	WHERE l.person NOT IN (
		SELECT l.person
		FROM group_member l
		WHERE l.institution = $1 AND l."group" = $2
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4
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
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 1 OFFSET 499) l
WHERE g.institution = $1 AND g.id = $2`,
}

// Goes along the order for a frequent word, and by the search index for a rare one. $5: the only user that may match,
// or NULL.
var planCandidatesSearch = listPlan{
	name:     "search among candidates",
	indexes:  []string{"listing_by_name", "listing_search"},
	settings: []string{forceCustomPlan, readTableInOrder},
	rows: `
SELECT g.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM user_group g
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = g.product AND ($5::uuid IS NULL OR l.person = $5)
	AND NOT EXISTS (
		SELECT FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)
	AND l.search_key LIKE $6
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = g.product AND k.person BETWEEN $4 AND $4
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
		SELECT FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)
	AND l.search_key LIKE $4
	LIMIT 1001) l
WHERE g.institution = $1 AND g.id = $2`,
}
