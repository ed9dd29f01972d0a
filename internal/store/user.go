package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// User reads one user of an institution, with the assignments on active products and without the fiscal code.
func (q *Query) User(dst *access.User, institution access.InstitutionID, id access.UserID) {
	q.queryRow(func(row pgx.Row) error {
		var held []string
		err := row.Scan(&dst.ID, &dst.Person, &dst.FirstName, &dst.LastName, &dst.Verified, &dst.Email, &held)
		dst.Assignments = assignments(held)
		return err
	}, `
		SELECT u.person, u.identity, u.first_name, u.last_name, u.verified_at IS NOT NULL, u.email,
		       ARRAY(SELECT ARRAY[a.product, a.role, a.category, a.status] FROM assignment a
		             JOIN active_product p ON p.institution = $1 AND p.product = a.product
		             WHERE a.institution = $1 AND a.person = $2 ORDER BY a.product, a.role)
		FROM app_user u WHERE u.institution = $1 AND u.person = $2`, institution, id)
}

// Subject reads a user for a profile: with fiscal code and groups.
func (q *Query) Subject(dst *access.User, institution access.InstitutionID, id access.UserID) {
	q.User(dst, institution, id)
	q.queryRow(func(row pgx.Row) error {
		var sealed []byte
		if err := row.Scan(&sealed, &dst.Version, &dst.Language, &dst.HasInactiveRoles); err != nil {
			return err
		}
		code, err := q.keys.Open(sealed, id)
		dst.FiscalCode = code
		return err
	}, `
		SELECT u.fiscal_code_sealed, u.version, coalesce(u.language, ''), EXISTS (
			SELECT 1 FROM enrolment e LEFT JOIN active_product a ON a.institution = $1 AND a.product = e.product
			WHERE e.institution = $1 AND e.person = $2 AND a.product IS NULL)
		FROM app_user u WHERE u.institution = $1 AND u.person = $2`, institution, id)
	q.queryRows(func(rows pgx.Rows) error {
		var g access.Group
		err := rows.Scan(&g.ID, &g.Product, &g.Name, &g.Status)
		dst.Groups = append(dst.Groups, g)
		return err
	}, `
		SELECT g.id, g.product, g.name, g.status
		FROM (SELECT "group" FROM group_member WHERE institution = $1 AND person = $2 OFFSET 0) m -- OFFSET 0: first
		JOIN user_group g ON g.institution = $1 AND g.id = m."group"
		ORDER BY g.name COLLATE "it-x-icu", g.id`, institution, id)
}

// Groups reads the groups of the institution's active products.
func (q *Query) Groups(dst *[]access.Group, institution access.InstitutionID) {
	q.queryRows(func(rows pgx.Rows) error {
		var g access.Group
		err := rows.Scan(&g.ID, &g.Product, &g.Name, &g.Status)
		*dst = append(*dst, g)
		return err
	}, `
		SELECT g.id, g.product, g.name, g.status FROM user_group g
		JOIN active_product p ON p.institution = $1 AND p.product = g.product
		WHERE g.institution = $1 ORDER BY g.name COLLATE "it-x-icu", g.id`, institution)
}

// UserByFiscalCode reads the institution's user with a fiscal code. A person who is a user of other institutions only is not
// found: where else a person works is not disclosed (rule P10).
func (q *Query) UserByFiscalCode(dst *access.UserID, institution access.InstitutionID, code access.FiscalCode) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(dst) }, `
		SELECT u.person FROM user_history h JOIN app_user u ON u.institution = $1 AND u.person = h.person
		WHERE h.institution = $1 AND h.fiscal_code_hash = $2`, institution, q.keys.Hash(code))
}

// PersonByFiscalCode returns a person at sign-in, and whether their names are verified in every institution of which they
// are a user; [access.ErrNotFound] if they are a user of none.
func (s *Store) PersonByFiscalCode(ctx context.Context, code access.FiscalCode) (id access.PersonID, verified bool, err error) {
	err = s.pool.QueryRow(ctx, `SELECT id FROM person WHERE fiscal_code_hash = $1`, s.keys.Hash(code)).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", false, fmt.Errorf("person by fiscal code: %w", access.ErrNotFound)
	}
	if err == nil { // by itself: the users of all institutions may be on other machines than people
		err = s.pool.QueryRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM app_user WHERE identity = $1 AND verified_at IS NULL)`, id).Scan(&verified)
	}
	if err != nil {
		return "", false, fmt.Errorf("person by fiscal code: %w", err)
	}
	return id, verified, nil
}

// Suspension is a suspended role, as the page for a person without powers shows it (rule V2).
type Suspension struct {
	Institution string
	Product     access.Text
}

// SuspensionsOf reads the institutions and products on which a person's roles are suspended.
func (q *Query) SuspensionsOf(dst *[]Suspension, person access.PersonID) {
	q.queryRows(func(rows pgx.Rows) error {
		var s Suspension
		err := rows.Scan(&s.Institution, &s.Product.It, &s.Product.En)
		*dst = append(*dst, s)
		return err
	}, `
		SELECT i.name, p.title_it, p.title_en FROM app_user u
		JOIN assignment a USING (institution, person)
		JOIN active_product USING (institution, product)
		JOIN product p ON p.id = a.product
		JOIN institution i ON i.id = a.institution
		WHERE u.identity = $1 AND a.status = 'suspended'
		GROUP BY i.id, p.id ORDER BY i.name COLLATE "it-x-icu", i.id, p.position`, person)
}
