package store

import (
	"context"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// WithoutLock is a store that has forgotten the lock. Its events number themselves at random, or the log's own numbering would give it away.
func WithoutLock(s *Store) *Store {
	return &Store{pool: s.pool, keys: s.keys, lock: func(context.Context, pgx.Tx, access.InstitutionID) (audit.Head, error) {
		return audit.Head{Seq: rand.Int64N(1 << 60)}, nil
	}}
}

// Statement is a statement as a page asks it.
type Statement struct {
	SQL  string
	Args []any
}

// ListStatements are those of a list: its totals and its rows.
func ListStatements(institution access.InstitutionID, f access.Filter) []Statement {
	total, page := listQuery{filter: f}, listQuery{filter: f}
	sql := ""
	if len(total.searchWords()) == 0 {
		sql = total.userCounts(institution)
	} else {
		sql = total.matchCounts(institution, access.MaxTotal)
	}
	rows := page.rows(institution)
	return []Statement{{sql, total.args}, {rows, page.args}}
}
