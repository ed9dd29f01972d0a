package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
)

// AddUser makes the person with a fiscal code a user of the institution, and returns the user's id: the one of before, if
// they were a user and their history is kept, or else a new one. Whether the person is a user of other institutions makes
// no difference (rule P10). The same change must assign a role.
func (tx *Tx) AddUser(ctx context.Context, code access.FiscalCode, firstName, lastName, email string) (access.UserID, error) {
	person, err := tx.person(ctx, code)
	if err != nil {
		return "", fmt.Errorf("add user: %w", err)
	}
	var id access.UserID
	err = tx.tx.QueryRow(ctx, `
		INSERT INTO user_history (institution, fiscal_code_hash) VALUES ($1, $2)
		ON CONFLICT (institution, fiscal_code_hash) DO UPDATE SET removed_at = NULL, name_sealed = NULL
		RETURNING person`, tx.institution, tx.keys.Hash(code)).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("add user: %w", err)
	}
	_, err = tx.tx.Exec(ctx, `
		INSERT INTO app_user (institution, person, identity, fiscal_code_sealed, first_name, last_name, email)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tx.institution, id, person, tx.keys.Seal(code, id), firstName, lastName, email)
	if err != nil {
		return "", fmt.Errorf("add user: %w", err)
	}
	return id, nil
}

// person returns the person with a fiscal code, and adds them if there is none. The person's row is locked, so that no
// other institution removes it meanwhile.
func (tx *Tx) person(ctx context.Context, code access.FiscalCode) (access.PersonID, error) {
	hash := tx.keys.Hash(code)
	var id access.PersonID
	// Another institution can remove the person between two statements.
	for range 3 {
		err := tx.tx.QueryRow(ctx, `SELECT id FROM person WHERE fiscal_code_hash = $1 FOR SHARE`, hash).Scan(&id)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return id, err
		}
		if _, err := tx.tx.Exec(ctx, `
			INSERT INTO person (fiscal_code_hash) VALUES ($1) ON CONFLICT (fiscal_code_hash) DO NOTHING`, hash); err != nil {
			return "", err
		}
	}
	return "", errors.New("the person was removed and added by others at the same time")
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
// row and the memberships in its groups; with the last role of all, the user, whose name stays readable in the log; with
// the last institution, the person.
func (tx *Tx) Unassign(ctx context.Context, u access.User, t access.Target) error {
	batch := &pgx.Batch{}
	batch.Queue(`DELETE FROM assignment WHERE institution = $1 AND person = $2 AND product = $3 AND role = $4`,
		tx.institution, u.ID, t.Product, t.Role)
	batch.Queue(`
		DELETE FROM enrolment e WHERE institution = $1 AND person = $2 AND product = $3
		AND NOT EXISTS (SELECT 1 FROM assignment a WHERE a.institution = $1 AND a.person = $2 AND a.product = $3)`,
		tx.institution, u.ID, t.Product)
	var isRemoved bool
	batch.Queue(`
		DELETE FROM app_user WHERE institution = $1 AND person = $2
		AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.institution = $1 AND e.person = $2)`, tx.institution, u.ID).
		Exec(func(tag pgconn.CommandTag) error {
			isRemoved = tag.RowsAffected() > 0
			return nil
		})
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	if !isRemoved {
		return tx.List(ctx, u.ID)
	}
	sealed, err := tx.SealHistory(ctx, u.ID, u.Name())
	if err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	batch = &pgx.Batch{}
	batch.Queue(`UPDATE user_history SET name_sealed = $3, removed_at = now() WHERE institution = $1 AND person = $2`,
		tx.institution, u.ID, sealed[0])
	// The row is locked before checking for other institutions, because one that adds the person locks it too.
	batch.Queue(`SELECT 1 FROM person WHERE id = $1 FOR UPDATE`, u.Person)
	batch.Queue(`DELETE FROM person WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.identity = $1)`, u.Person)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("remove: %w", err)
	}
	return nil
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

// Names are a person's first name and surname.
type Names struct{ First, Last string }

// VerifyNames saves the names that SPID or CIE gives to a person, unless it gave names before, and returns those that hold
// (rule D4).
func (tx *Tx) VerifyNames(ctx context.Context, person access.PersonID, given Names) (verified Names, err error) {
	err = tx.tx.QueryRow(ctx, `
		UPDATE person SET verified_first_name = coalesce(verified_first_name, $2), verified_last_name = coalesce(verified_last_name, $3),
		                  verified_at = coalesce(verified_at, now())
		WHERE id = $1 RETURNING verified_first_name, verified_last_name`, person, given.First, given.Last).Scan(&verified.First, &verified.Last)
	if err != nil {
		return Names{}, fmt.Errorf("verify names: %w", err)
	}
	return verified, nil
}

// VerifyUser replaces a user's names by the verified ones. Open forms show the earlier names: with another version, they
// are refused.
func (tx *Tx) VerifyUser(ctx context.Context, id access.UserID, n Names) error {
	_, err := tx.tx.Exec(ctx, `
		UPDATE app_user SET first_name = $3, last_name = $4, verified_at = now(), version = version + 1
		WHERE institution = $1 AND person = $2`, tx.institution, id, n.First, n.Last)
	if err != nil {
		return fmt.Errorf("verify names: %w", err)
	}
	return tx.List(ctx, id)
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
// end with it.
func (tx *Tx) List(ctx context.Context, id access.UserID) error {
	var first, last, email string
	err := tx.tx.QueryRow(ctx, `
		SELECT first_name, last_name, email FROM app_user WHERE institution = $1 AND person = $2`, tx.institution, id).
		Scan(&first, &last, &email)
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
	    email = excluded.email, category = excluded.category, roles = excluded.roles, statuses = excluded.statuses`
