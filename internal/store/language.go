package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Language reads the language that a person has chosen; empty if they have chosen none.
func (q *Query) Language(dst *access.Language, person access.PersonID) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(dst) }, `SELECT coalesce(language, '') FROM person WHERE id = $1`, person)
}

// KeepLanguage saves the language that a person chooses for pages and e-mails. Only the person themself changes it, and
// it is not audited. E-mails of an institution that has added them since their last sign-in keep the default (rule D4).
func (s *Store) KeepLanguage(ctx context.Context, person access.PersonID, chosen access.Language) error {
	if _, err := s.pool.Exec(ctx, `UPDATE person SET language = $2 WHERE id = $1 AND language IS DISTINCT FROM $2`,
		person, chosen); err != nil {
		return fmt.Errorf("language: %w", err)
	}
	return s.keepEmailLanguage(ctx, person, chosen, ` AND language IS NOT NULL`)
}

// KeepLanguageOfSignIn saves the language in which a person signs in: that of their e-mails, in every institution of
// which they are a user.
func (s *Store) KeepLanguageOfSignIn(ctx context.Context, person access.PersonID, used access.Language) error {
	return s.keepEmailLanguage(ctx, person, used, ``)
}

// keepEmailLanguage writes the rows in the order of their institutions, as [Locks.InstitutionsOf] locks them, so that it
// does not deadlock with another change of the person's. Each statement is about one institution.
func (s *Store) keepEmailLanguage(ctx context.Context, person access.PersonID, used access.Language, where string) error {
	rows, err := s.pool.Query(ctx, `
		SELECT institution FROM app_user WHERE identity = $1 AND language IS DISTINCT FROM $2`+where+`
		ORDER BY institution`, person, used)
	if err != nil {
		return fmt.Errorf("language: %w", err)
	}
	institutions, err := pgx.CollectRows(rows, pgx.RowTo[access.InstitutionID])
	if err != nil {
		return fmt.Errorf("language: %w", err)
	}
	batch := &pgx.Batch{}
	for _, id := range institutions {
		batch.Queue(`UPDATE app_user SET language = $2 WHERE institution = $3 AND identity = $1`+where, person, used, id)
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("language: %w", err)
	}
	return nil
}
