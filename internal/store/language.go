package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Language reads the language that a person has chosen; empty if they have chosen none.
func (q *Query) Language(dst *access.Language, person access.UserID) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(dst) }, `SELECT coalesce(language, '') FROM person WHERE id = $1`, person)
}

// KeepLanguage saves the language of a person's pages and e-mails. Only the person themself changes it, and it is not
// audited.
func (s *Store) KeepLanguage(ctx context.Context, person access.UserID, chosen access.Language) error {
	if _, err := s.pool.Exec(ctx, `UPDATE person SET language = $2 WHERE id = $1 AND language IS DISTINCT FROM $2`,
		person, chosen); err != nil {
		return fmt.Errorf("language: %w", err)
	}
	return nil
}
