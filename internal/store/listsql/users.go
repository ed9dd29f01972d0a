package listsql

// The plans of lists of users without a search. A row of listing is looked up by its primary key as a range that holds
// one person, in order: for an equality, the planner could choose any index that begins with the institution, equally
// good for one of average size, and so read all users of a large one. The roles, which no row lacks, are in none of the
// indexes of orders: a scan of such an index alone would seem cheaper still.

// Scans the index of the order.
var planByName = Plan{
	Name:    "by name",
	Indexes: []string{"listing_by_name", "listing_administrators_by_name"},
	ofProduct: `
SELECT l.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM listing l
WHERE l.institution = $1 AND l.product = $2 AND l.category IN ('administrator', 'operator')
AND (l.sort_key, l.person) > ($3, $4)
ORDER BY l.sort_key, l.person LIMIT 26`,
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.*
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
}

// Scans the order for users with an active role: nearly all have one.
var planActive = Plan{
	Name:    "active",
	Indexes: []string{"listing_by_name", "listing_administrators_by_name"},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.*
	FROM (
		SELECT l.*
		FROM listing l
		WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 500) l
	WHERE 'active' = ANY (l.statuses)
	ORDER BY l.sort_key, l.person LIMIT 26) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	boundary: `
SELECT p.product, l.person, '', '', '', '', '{}', '{}'
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 1 OFFSET 499) l
WHERE p.institution = $1 AND $2 IN ('', p.product)`,
}

// A file has no pages that could have few rows, so this plan scans to the next match without a limit.
var planActiveFile = Plan{
	Name:    "active, for a file",
	Indexes: []string{"listing_by_name", "listing_administrators_by_name"},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.*
	FROM listing l
	WHERE l.institution = $1 AND l.product = p.product AND l.category IN ('administrator', 'operator')
	AND 'active' = ANY (l.statuses)
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 26) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
}

// $5: the role.
var planByRole = Plan{
	Name:     "by role",
	Indexes:  []string{"assignment_role_by_name"},
	Settings: []string{ForceCustomPlan},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM assignment l
	WHERE l.institution = $1 AND l.product = p.product AND l.role = $5 AND l.category IN ('administrator', 'operator')
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
}

// Scans the users with a role for those of whom it is active: nearly all. $5: the role.
var planActiveOfRole = Plan{
	Name:     "active of a role",
	Indexes:  []string{"assignment_role_by_name"},
	Settings: []string{ForceCustomPlan},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM (
		SELECT l.person, l.sort_key, l.status
		FROM assignment l
		WHERE l.institution = $1 AND l.product = p.product AND l.role = $5 AND l.category IN ('administrator', 'operator')
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 500) l
	WHERE l.status = 'active'
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
	boundary: `
SELECT p.product, l.person, '', '', '', '', '{}', '{}'
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM assignment l
	WHERE l.institution = $1 AND l.product = p.product AND l.role = $5 AND l.category IN ('administrator', 'operator')
	AND (l.sort_key, l.person) > (coalesce($3, (
		SELECT k.sort_key FROM listing k
		WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
		ORDER BY k.person LIMIT 1)), $4)
	ORDER BY l.sort_key, l.person LIMIT 1 OFFSET 499) l
WHERE p.institution = $1 AND $2 IN ('', p.product)`,
}

// $5: the role.
var planActiveOfRoleFile = Plan{
	Name:     "active of a role, for a file",
	Indexes:  []string{"assignment_role_by_name"},
	Settings: []string{ForceCustomPlan},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM assignment l
	WHERE l.institution = $1 AND l.product = p.product AND l.role = $5 AND l.category IN ('administrator', 'operator')
	AND l.status = 'active'
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
}

// Scans the suspended roles of each category, and returns a user with several of them once.
var planSuspended = Plan{
	Name:     "suspended",
	Indexes:  []string{"suspension_by_name"},
	Settings: []string{ForceCustomPlan},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM (VALUES ('administrator'), ('operator')) c (category)
	CROSS JOIN LATERAL (
		SELECT DISTINCT ON (l.sort_key, l.person) l.person, l.sort_key
		FROM suspension l
		WHERE l.institution = $1 AND l.product = p.product AND l.category = c.category
		AND (l.sort_key, l.person) > (coalesce($3, (
			SELECT k.sort_key FROM listing k
			WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN $4 AND $4 AND k.roles <> '{}'
			ORDER BY k.person LIMIT 1)), $4)
		ORDER BY l.sort_key, l.person LIMIT 26) l
	ORDER BY l.sort_key, l.person LIMIT 26) found
CROSS JOIN LATERAL (
	SELECT k.* FROM listing k
	WHERE k.institution = $1 AND k.product = p.product AND k.person BETWEEN found.person AND found.person
	ORDER BY k.person LIMIT 1) l
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position, l.sort_key, l.person`,
}

// $5: the role.
var planSuspendedOfRole = Plan{
	Name:     "suspended of a role",
	Indexes:  []string{"suspension_role_by_name"},
	Settings: []string{ForceCustomPlan},
	rows: `
SELECT p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
FROM active_product p
CROSS JOIN LATERAL (
	SELECT l.person
	FROM suspension l
	WHERE l.institution = $1 AND l.product = p.product AND l.role = $5 AND l.category IN ('administrator', 'operator')
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
}

// UserCounts reads the numbers of each product's list, which triggers keep.
const UserCounts = `
SELECT p.product, coalesce(c.users::text, '{}')
FROM active_product p
LEFT JOIN user_count c ON c.institution = $1 AND c.product = p.product
WHERE p.institution = $1 AND $2 IN ('', p.product)
ORDER BY p.position`

// ListCounts reads the numbers that the page of a list shows: all of the list's product ($2), or of every product if it is
// empty, and of the other products the one under a key of user_count ($3); and whether the product has an active group.
const ListCounts = `
SELECT c.product, CASE WHEN $2 IN ('', c.product) THEN c.users::text ELSE '' END, coalesce((c.users ->> $3)::int, 0),
       c.product = $2 AND EXISTS (
           SELECT 1 FROM user_group g WHERE g.institution = $1 AND g.product = $2 AND g.status = 'active')
FROM user_count c WHERE c.institution = $1`
