package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Person finds who has a fiscal code, or makes them: nobody learns which (rule P10). The person's row is held, so that
// nothing that is said of them elsewhere meanwhile is missed, and they don't go away.
func (tx *Tx) Person(ctx context.Context, code access.FiscalCode) (access.UserID, error) {
	hash := tx.keys.Hash(code)
	var id access.UserID
	// A person whom another institution removes at this very moment is there one time and gone the next.
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
	return "", errors.New("person: comes and goes")
}

// AddUser makes a person a user of the institution. A role must follow in the same change.
func (tx *Tx) AddUser(ctx context.Context, id access.UserID, firstName, lastName, email string) error {
	_, err := tx.tx.Exec(ctx, `
		INSERT INTO app_user (institution, person, first_name, last_name, email) VALUES ($1, $2, $3, $4, $5)`,
		tx.institution, id, firstName, lastName, email)
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

// Assign gives a user an active role.
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

// Unassign takes a role away, and what hangs on it (rule P7): with the last one on the product the enrolment, its listing
// row and the memberships in its groups; with the last one at all the user; with the last institution the person.
func (tx *Tx) Unassign(ctx context.Context, id access.UserID, t access.Target) error {
	batch := &pgx.Batch{}
	batch.Queue(`DELETE FROM assignment WHERE institution = $1 AND person = $2 AND product = $3 AND role = $4`, tx.institution, id, t.Product, t.Role)
	batch.Queue(`
		DELETE FROM enrolment e WHERE institution = $1 AND person = $2 AND product = $3
		AND NOT EXISTS (SELECT FROM assignment a WHERE a.institution = $1 AND a.person = $2 AND a.product = $3)`, tx.institution, id, t.Product)
	batch.Queue(`
		DELETE FROM app_user WHERE institution = $1 AND person = $2
		AND NOT EXISTS (SELECT FROM enrolment e WHERE e.institution = $1 AND e.person = $2)`, tx.institution, id)
	// The row is held before it is looked whether another institution has them: one that adds them just now holds it too.
	batch.Queue(`SELECT FROM person WHERE id = $1 FOR UPDATE`, id)
	batch.Queue(`DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT FROM app_user u WHERE u.person = $1)`, id)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return tx.List(ctx, id)
}

// Rename changes what the institution knows of a user, if nobody has since the version that the change starts from.
// Otherwise it is refused: [access.Edited].
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

// VerifyNames keeps the names that SPID or CIE gives to a person (rule D4), once. It reports whether it was the first time.
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
	// Whoever is editing the names just now has the form of before.
	if _, err := tx.tx.Exec(ctx, `UPDATE app_user SET version = version + 1 WHERE person = $1`, person); err != nil {
		return false, fmt.Errorf("verify names: %w", err)
	}
	return true, nil
}

// Join puts a user into a group.
func (tx *Tx) Join(ctx context.Context, id access.UserID, g access.Group) error {
	_, err := tx.tx.Exec(ctx, `INSERT INTO group_member (institution, "group", product, person) VALUES ($1, $2, $3, $4)`,
		tx.institution, g.ID, g.Product, id)
	if err != nil {
		return fmt.Errorf("join: %w", err)
	}
	return nil
}

// List writes the user's listing rows anew from the truth: as many as there are products on which they hold a role. What
// changes a user's data or roles here ends with it; by itself it follows a change of names beyond the institution.
func (tx *Tx) List(ctx context.Context, id access.UserID) error {
	var first, last, email string
	err := tx.tx.QueryRow(ctx, `
		SELECT coalesce(p.verified_first_name, u.first_name), coalesce(p.verified_last_name, u.last_name), u.email
		FROM app_user u JOIN person p ON p.id = u.person WHERE u.institution = $1 AND u.person = $2`, tx.institution, id).
		Scan(&first, &last, &email)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // removed: the rows went with the enrolments
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

// listUser makes a user's listing rows; roles stand in the order of their codes.
const listUser = `
	INSERT INTO listing (institution, product, person, sort_key, search_key, first_name, last_name, email, category, roles, statuses)
	SELECT a.institution, a.product, a.person, $3, $4, $5, $6, $7, min(a.category),
	       array_agg(a.role ORDER BY a.role COLLATE "C"), array_agg(a.status ORDER BY a.role COLLATE "C")
	FROM assignment a WHERE a.institution = $1 AND a.person = $2 GROUP BY a.institution, a.product, a.person
	ON CONFLICT (institution, product, person) DO UPDATE
	SET sort_key = excluded.sort_key, search_key = excluded.search_key, first_name = excluded.first_name, last_name = excluded.last_name,
	    email = excluded.email, roles = excluded.roles, statuses = excluded.statuses`
