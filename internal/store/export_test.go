package store

import (
	"context"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store/listsql"
)

// WithoutLock returns a store that takes no lock. Its events get random numbers, because consecutive ones would
// collide.
func WithoutLock(s *Store) *Store {
	unlocked := *s
	unlocked.lock = func(context.Context, pgx.Tx, access.InstitutionID) (audit.Head, error) {
		return audit.Head{Seq: rand.Int64N(1 << 60)}, nil
	}
	return &unlocked
}

// ListStatements returns the statements of a page of a list: its totals and its rows.
func ListStatements(institution access.InstitutionID, f access.Filter) []listsql.Statement {
	return []listsql.Statement{
		listsql.Count(institution, f, access.MaxTotal), listsql.Page(institution, f, pageLimit(f)),
	}
}

// SealPage and OpenPage are the keys' own.
func SealPage(k Keys, user access.UserID, sortKey string) string { return k.sealPage(user, sortKey) }

// OpenPage decrypts what SealPage returned.
func OpenPage(k Keys, user access.UserID, text string) string {
	sortKey, _ := k.openPage(user, text)
	return sortKey
}

// TranslateRefusal translates an error of the database into a rule's.
var TranslateRefusal = refusal

// ParseUserCounts parses a row of user_count.
func ParseUserCounts(text string) (access.UserCounts, error) { return parseUserCounts(text) }
