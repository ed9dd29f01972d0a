package listsql

// The plans of lists in which words are searched for. The condition on search_key is repeated for each word. All are
// planned for their arguments, so that a condition on an empty argument costs nothing.

// Scans the index of the order for a frequent word, and uses the search index for a rare one; the planner estimates
// which. $5: 'active', or empty for any state.
var planSearch = Plan{
	Name:     "search",
	Indexes:  []string{"listing_by_name", "listing_search"},
	Settings: []string{ForceCustomPlan, ReadTableInOrder},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND ($5 = '' OR $5 = ANY (l.statuses)) AND l.search_key LIKE $6
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	count: `
SELECT p.product, found.total
FROM active_product p
CROSS JOIN LATERAL (
	SELECT count(*) AS total
	FROM (
		SELECT 1 FROM listing l
		WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
		AND ($3 = '' OR $3 = ANY (l.statuses)) AND l.search_key LIKE $4
		LIMIT 1001) l) found
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position`,
}

// By the search index, then sorted. OFFSET 0 keeps the planner from scanning the order, in which no index holds the
// status: for a rare word it would read every row. $5: 'active'.
var planSearchActive = Plan{
	Name:     "search among the active",
	Indexes:  []string{"listing_search"},
	Settings: []string{ForceCustomPlan, ReadTableInOrder},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.*
	FROM (
		SELECT l.* FROM listing l
		WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
		AND $5 = ANY (l.statuses) AND l.search_key LIKE $6
		OFFSET 0) l
	WHERE (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	count: planSearch.count,
}

// $5: the role, $6: 'active', or empty for any state.
var planSearchRole = Plan{
	Name:     "search in a role",
	Indexes:  []string{"listing_by_name", "listing_search"},
	Settings: []string{ForceCustomPlan, ReadTableInOrder},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND l.person IN (
		SELECT a.person FROM assignment a
		WHERE a.institution = $1 AND a.product = p.product AND a.role = $5 AND ($6 = '' OR a.status = $6))
	AND l.search_key LIKE $7
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	count: `
SELECT p.product, found.total
FROM active_product p
CROSS JOIN LATERAL (
	SELECT count(*) AS total
	FROM (
		SELECT 1 FROM listing l
		WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
		AND l.person IN (
			SELECT a.person FROM assignment a
			WHERE a.institution = $1 AND a.product = p.product AND a.role = $3 AND ($4 = '' OR a.status = $4))
		AND l.search_key LIKE $5
		LIMIT 1001) l) found
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position`,
}

// $5: the role, or empty for any.
var planSearchSuspended = Plan{
	Name:     "search among the suspended",
	Indexes:  []string{"listing_by_name", "listing_search"},
	Settings: []string{ForceCustomPlan, ReadTableInOrder},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND l.person IN (
		SELECT s.person FROM suspension s
		WHERE s.institution = $1 AND s.product = p.product AND ($5 = '' OR s.role = $5))
	AND l.search_key LIKE $6
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	count: `
SELECT p.product, found.total
FROM active_product p
CROSS JOIN LATERAL (
	SELECT count(*) AS total
	FROM (
		SELECT 1 FROM listing l
		WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
		AND l.person IN (
			SELECT s.person FROM suspension s
			WHERE s.institution = $1 AND s.product = p.product AND ($3 = '' OR s.role = $3))
		AND l.search_key LIKE $4
		LIMIT 1001) l) found
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position`,
}
