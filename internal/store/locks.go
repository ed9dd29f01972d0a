package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Locks takes institutions' locks in one transaction. Each lock gives the [Tx] of a change of that institution; all of
// them take effect together.
type Locks struct {
	store *Store
	tx    pgx.Tx
}

// errInstitutionAdded: an institution added the person while the locks of the others were being taken.
var errInstitutionAdded = errors.New("another institution has added the person meanwhile")

// Locked runs do in one transaction, which takes effect whole or not at all. do may be run again from its start, in
// another transaction: see [Locks.InstitutionsOf]. It sets no time limits: those of the site are [Store.Change]'s, and
// the operator's commands set their own.
func (s *Store) Locked(ctx context.Context, do func(context.Context, *Locks) error) error {
	for {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return do(ctx, &Locks{store: s, tx: tx}) })
		if !errors.Is(err, errInstitutionAdded) {
			return err
		}
	}
}

// Pgx is the transaction itself.
func (l *Locks) Pgx() pgx.Tx { return l.tx }

// Institution locks one institution. Transactions that lock several lock them in the order of their ids. The error is
// [access.ErrNotFound] if there is no such institution.
func (l *Locks) Institution(ctx context.Context, id access.InstitutionID) (*Tx, error) {
	head, err := l.store.lock(ctx, l.tx, id)
	if err != nil {
		return nil, err
	}
	return &Tx{tx: l.tx, keys: l.store.keys, institution: id, head: head, catalogue: l.store.catalogue}, nil
}

// UserChange is the change of one institution, and the user that a person is there.
type UserChange struct {
	*Tx
	User access.UserID
}

// InstitutionsOf locks all institutions of which a person is a user, in the order of their ids, and then the person, so
// that no institution adds them meanwhile. If one did before, the transaction starts again.
func (l *Locks) InstitutionsOf(ctx context.Context, person access.PersonID) ([]UserChange, error) {
	before, err := usersOf(ctx, l.tx, person)
	if err != nil {
		return nil, err
	}
	var changes []UserChange
	for _, u := range before {
		tx, err := l.Institution(ctx, u.Institution)
		if err != nil {
			return nil, err
		}
		changes = append(changes, UserChange{tx, u.User})
	}
	if _, err := l.tx.Exec(ctx, `SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE`, person); err != nil {
		return nil, fmt.Errorf("lock person: %w", err)
	}
	after, err := usersOf(ctx, l.tx, person)
	if err == nil && !slices.Equal(before, after) {
		err = errInstitutionAdded
	}
	return changes, err
}

type institutionUser struct {
	Institution access.InstitutionID
	User        access.UserID
}

func usersOf(ctx context.Context, tx pgx.Tx, person access.PersonID) ([]institutionUser, error) {
	rows, err := tx.Query(ctx, `SELECT institution, person FROM app_user WHERE identity = $1 ORDER BY institution`, person)
	if err != nil {
		return nil, fmt.Errorf("institutions of a person: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[institutionUser])
}

// ChangeInAllInstitutions is [Store.Change] for all institutions of a person at once. do gets a change of each one.
func (s *Store) ChangeInAllInstitutions(
	ctx context.Context, person access.PersonID, do func(context.Context, []UserChange) error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTimeout)
	defer cancel()
	return s.Locked(ctx, func(ctx context.Context, l *Locks) error {
		changes, err := l.InstitutionsOf(ctx, person)
		if err != nil {
			return err
		}
		return do(ctx, changes)
	})
}
