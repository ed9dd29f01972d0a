package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Person returns the person with a fiscal code, and adds them if there is none; the caller does not learn which (rule
// P10). The person's row is locked, so that no other institution changes or removes it meanwhile.
func (tx *Tx) Person(ctx context.Context, code access.FiscalCode) (access.UserID, error) {
	hash := tx.keys.Hash(code)
	var id access.UserID
	// Another institution can remove the person between two statements.
	for range 3 {
		err := tx.tx.QueryRow(ctx, `SELECT id FROM person WHERE fiscal_code_hash = $1 FOR SHARE`, hash).Scan(&id)
		if err == nil {
			return id, nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return "", fmt.Errorf("person: %w", err)
		}
		if err := tx.tx.QueryRow(ctx, `SELECT gen_random_uuid()`).Scan(&id); err != nil {
			return "", fmt.Errorf("person: %w", err)
		}
		_, err = tx.tx.Exec(ctx, `
			INSERT INTO person (id, fiscal_code_hash, fiscal_code_sealed) VALUES ($1, $2, $3) ON CONFLICT (fiscal_code_hash) DO NOTHING`,
			id, hash, tx.keys.Seal(code, id))
		if err != nil {
			return "", fmt.Errorf("person: %w", err)
		}
	}
	return "", errors.New("person: removed and added by others at the same time")
}

// AddUser makes a person a user of the institution. The same change must assign a role.
func (tx *Tx) AddUser(ctx context.Context, id access.UserID, firstName, lastName, email string) error {
	_, err := tx.tx.Exec(ctx, `
		INSERT INTO app_user (institution, person, first_name, last_name, email) VALUES ($1, $2, $3, $4, $5)`,
		tx.institution, id, firstName, lastName, email)
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

// Assign assigns an active role to a user.
func (tx *Tx) Assign(ctx context.Context, id access.UserID, t access.Target, c access.Category) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		INSERT INTO enrolment (institution, person, product, category) VALUES ($1, $2, $3, $4)
		ON CONFLICT (institution, person, product) DO NOTHING`, tx.institution, id, t.Product, c)
	batch.Queue(`
		INSERT INTO assignment (institution, person, product, role, category, status, sort_key) VALUES ($1, $2, $3, $4, $5, 'active', '')`,
		tx.institution, id, t.Product, t.Role, c)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("assign: %w", err)
	}
	return tx.List(ctx, id)
}

// Unassign removes a role and what depends on it (rule P7): with the last role on the product, the enrolment, its listing
// row and the memberships in its groups; with the last role of all, the user; with the last institution, the person.
func (tx *Tx) Unassign(ctx context.Context, id access.UserID, t access.Target) error {
	batch := &pgx.Batch{}
	batch.Queue(`DELETE FROM assignment WHERE institution = $1 AND person = $2 AND product = $3 AND role = $4`,
		tx.institution, id, t.Product, t.Role)
	batch.Queue(`
		DELETE FROM enrolment e WHERE institution = $1 AND person = $2 AND product = $3
		AND NOT EXISTS (SELECT FROM assignment a WHERE a.institution = $1 AND a.person = $2 AND a.product = $3)`, tx.institution, id, t.Product)
	batch.Queue(`
		DELETE FROM app_user WHERE institution = $1 AND person = $2
		AND NOT EXISTS (SELECT FROM enrolment e WHERE e.institution = $1 AND e.person = $2)`, tx.institution, id)
	// The row is locked before checking for other institutions, because one that adds the person locks it too.
	batch.Queue(`SELECT FROM person WHERE id = $1 FOR UPDATE`, id)
	batch.Queue(`DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT FROM app_user u WHERE u.person = $1)`, id)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return tx.List(ctx, id)
}

// Rename changes a user's names and e-mail in the institution. It is refused with [access.Edited] if they were changed
// since the version.
func (tx *Tx) Rename(ctx context.Context, id access.UserID, firstName, lastName, email string, version int) error {
	tag, err := tx.tx.Exec(ctx, `
		UPDATE app_user SET first_name = $3, last_name = $4, email = $5, version = version + 1
		WHERE institution = $1 AND person = $2 AND version = $6`, tx.institution, id, firstName, lastName, email, version)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return &access.Refusal{Action: access.Edit, Reason: access.Edited}
	}
	return tx.List(ctx, id)
}

// VerifyNames saves the names that SPID or CIE gives to a person (rule D4), once. It reports whether it did.
func (tx *Tx) VerifyNames(ctx context.Context, person access.UserID, firstName, lastName string) (bool, error) {
	tag, err := tx.tx.Exec(ctx, `
		UPDATE person SET verified_first_name = $2, verified_last_name = $3, verified_at = now()
		WHERE id = $1 AND verified_at IS NULL`, person, firstName, lastName)
	if err != nil {
		return false, fmt.Errorf("verify names: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	// Open forms show the earlier names: with another version, they are refused.
	if _, err := tx.tx.Exec(ctx, `UPDATE app_user SET version = version + 1 WHERE person = $1`, person); err != nil {
		return false, fmt.Errorf("verify names: %w", err)
	}
	return true, nil
}

// Join adds a user to a group.
func (tx *Tx) Join(ctx context.Context, id access.UserID, g access.Group) error {
	_, err := tx.tx.Exec(ctx, `INSERT INTO group_member (institution, "group", product, person) VALUES ($1, $2, $3, $4)`,
		tx.institution, g.ID, g.Product, id)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	return nil
}

// List rebuilds the user's listing rows, one for each product on which they hold a role. Changes of a user's data or roles
// end with it. Called alone, it applies a change of names that was made for all institutions.
func (tx *Tx) List(ctx context.Context, id access.UserID) error {
	var first, last, email string
	err := tx.tx.QueryRow(ctx, `
		SELECT coalesce(p.verified_first_name, u.first_name), coalesce(p.verified_last_name, u.last_name), u.email
		FROM app_user u JOIN person p ON p.id = u.person WHERE u.institution = $1 AND u.person = $2`, tx.institution, id).
		Scan(&first, &last, &email)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // removed: the rows were deleted with the enrolments
	}
	if err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE assignment SET sort_key = $3, email = $4
		WHERE institution = $1 AND person = $2 AND (sort_key <> $3 OR email <> $4)`, tx.institution, id, SortKey(first, last), email)
	batch.Queue(listUser, tx.institution, id, SortKey(first, last), SearchKey(first, last, email), first, last, email)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("listing: %w", err)
	}
	return nil
}

// listUser writes a user's listing rows. Roles are in the order of their codes.
const listUser = `
	INSERT INTO listing (institution, product, person, sort_key, search_key, first_name, last_name, email, category, roles, statuses)
	SELECT a.institution, a.product, a.person, $3, $4, $5, $6, $7, min(a.category),
	       array_agg(a.role ORDER BY a.role COLLATE "C"), array_agg(a.status ORDER BY a.role COLLATE "C")
	FROM assignment a WHERE a.institution = $1 AND a.person = $2 GROUP BY a.institution, a.product, a.person
	ON CONFLICT (institution, product, person) DO UPDATE
	SET sort_key = excluded.sort_key, search_key = excluded.search_key, first_name = excluded.first_name, last_name = excluded.last_name,
	    email = excluded.email, roles = excluded.roles, statuses = excluded.statuses`
