package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Language reads the language that a person has chosen: "it" or "en"; it stays empty if they haven't, or aren't known.
func (v *Query) Language(person access.UserID) *string {
	chosen := new(string)
	v.queryRow(func(row pgx.Row) error { return row.Scan(chosen) }, `SELECT coalesce(language, '') FROM person WHERE id = $1`, person)
	return chosen
}

// KeepLanguage keeps a person's choice, for their pages and the letters to them. It isn't a change that anybody else
// makes, and leaves no audit record.
func (s *Store) KeepLanguage(ctx context.Context, person access.UserID, chosen string) error {
	if _, err := s.pool.Exec(ctx, `UPDATE person SET language = $2 WHERE id = $1 AND language IS DISTINCT FROM $2`, person, chosen); err != nil {
		return fmt.Errorf("language: %w", err)
	}
	return nil
}
