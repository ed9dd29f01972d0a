package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// SetStatus suspends or re-enables an assignment, on its own row and on the listing's. Whoever calls has decided that it is held.
func (tx *Tx) SetStatus(ctx context.Context, user access.UserID, t access.Target, s access.Status) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE assignment SET status = $5
		WHERE institution = $1 AND person = $2 AND product = $3 AND role = $4`, tx.institution, user, t.Product, t.Role, s)
	batch.Queue(`
		UPDATE listing SET statuses[array_position(roles, $4)] = $5
		WHERE institution = $1 AND person = $2 AND product = $3`, tx.institution, user, t.Product, t.Role, s)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return nil
}

// Record writes the event of this change into the audit log. A second one in the same change follows the first.
func (tx *Tx) Record(ctx context.Context, e audit.Event) error {
	e.Institution = tx.institution
	head, err := insertEvents(ctx, tx.tx, tx.head, e)
	tx.head = head
	return err
}

// EndSessions signs a person out of everything they have open, if they have no power left in any institution (rule P11).
func (tx *Tx) EndSessions(ctx context.Context, person access.UserID) error {
	_, err := tx.tx.Exec(ctx, `
		UPDATE web_session SET revoked_at = now(), revoked_why = 'lost-powers'
		WHERE person = $1 AND revoked_at IS NULL AND NOT EXISTS (
			SELECT FROM assignment a
			JOIN institution_product ip ON ip.institution = a.institution AND ip.product = a.product AND ip.active
			JOIN product p ON p.id = a.product AND p.status <> 'inactive'
			WHERE a.person = $1 AND a.status = 'active')`, person)
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Mark is a form's one-time mark: a UUID made when the form is shown.
type Mark string

// Done is the change that a form made.
type Done struct {
	Actor   access.UserID
	Action  access.Action
	Subject access.UserID
	Target  access.Target
}

// Spend uses up a form's mark for a change. If the form has made this very change before, it says so: then nothing is to
// be done again (rule P6). A mark that served for anything else is refused.
func (tx *Tx) Spend(ctx context.Context, m Mark, d Done, at time.Time) (before bool, err error) {
	var first Done
	err = tx.tx.QueryRow(ctx, `
		SELECT actor, action, subject, product, role FROM form_once WHERE institution = $1 AND mark = $2`, tx.institution, m).
		Scan(&first.Actor, &first.Action, &first.Subject, &first.Target.Product, &first.Target.Role)
	if err == nil {
		if first != d {
			return false, &access.Refusal{Action: d.Action, Reason: access.FormUsed}
		}
		return true, nil
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return false, fmt.Errorf("form: %w", err)
	}
	_, err = tx.tx.Exec(ctx, `
		INSERT INTO form_once (institution, mark, actor, action, subject, product, role, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		tx.institution, m, d.Actor, d.Action, d.Subject, d.Target.Product, d.Target.Role, at)
	if err != nil {
		return false, fmt.Errorf("form: %w", err)
	}
	return false, nil
}

// Outcome reads what a form of the actor's has done; it stays zero if there is no such form. It is told for a while only:
// a page kept as a bookmark doesn't speak of last month.
func (v *View) Outcome(institution access.InstitutionID, actor access.UserID, m Mark, since time.Time) *Done {
	d := &Done{}
	v.one(func(row pgx.Row) error {
		return row.Scan(&d.Actor, &d.Action, &d.Subject, &d.Target.Product, &d.Target.Role)
	}, `
		SELECT actor, action, subject, product, role FROM form_once
		WHERE institution = $1 AND mark = $2 AND actor = $3 AND at > $4`, institution, m, actor, since)
	return d
}
