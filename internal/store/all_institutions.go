package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// ChangeInAllInstitutions is the road for what concerns a person in all their institutions at once: each is locked, in one order,
// and then the person, so that none is missed. do is given a change of each institution; all of them are one transaction.
func (s *Store) ChangeInAllInstitutions(ctx context.Context, person access.UserID, do func(context.Context, []*Tx) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTimeout)
	defer cancel()
	for {
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			changes, err := s.lockAll(ctx, tx, person)
			if err != nil {
				return err
			}
			return do(ctx, changes)
		})
		if !errors.Is(err, errInstitutionAdded) {
			return refusal(err)
		}
	}
}

// errInstitutionAdded says that an institution has added the person while the others were being locked: once more, from the start.
var errInstitutionAdded = errors.New("another institution meanwhile")

func (s *Store) lockAll(ctx context.Context, tx pgx.Tx, person access.UserID) ([]*Tx, error) {
	before, err := institutionsWith(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	var changes []*Tx
	for _, id := range before {
		head, err := s.lock(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		changes = append(changes, &Tx{tx: tx, keys: s.keys, institution: id, head: head})
	}
	if _, err := tx.Exec(ctx, `SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE`, person); err != nil {
		return nil, fmt.Errorf("lock person: %w", err)
	}
	after, err := institutionsWith(ctx, tx, person)
	if err == nil && !slices.Equal(before, after) {
		err = errInstitutionAdded
	}
	return changes, err
}

func institutionsWith(ctx context.Context, tx pgx.Tx, person access.UserID) ([]access.InstitutionID, error) {
	rows, err := tx.Query(ctx, `SELECT institution FROM app_user WHERE person = $1 ORDER BY institution`, person)
	if err != nil {
		return nil, fmt.Errorf("institutions of a person: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[access.InstitutionID])
}

// Institution is the one that this is a change of.
func (tx *Tx) Institution() access.InstitutionID { return tx.institution }

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
