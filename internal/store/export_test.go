package store

import (
	"context"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// WithoutLock returns a store that takes no lock. Its events get random numbers, because consecutive ones would
// collide.
func WithoutLock(s *Store) *Store {
	return &Store{pool: s.pool, keys: s.keys, lock: func(context.Context, pgx.Tx, access.InstitutionID) (audit.Head, error) {
		return audit.Head{Seq: rand.Int64N(1 << 60)}, nil
	}}
}

// Statement is a statement as a page executes it.
type Statement struct {
	SQL      string
	Args     []any
	Settings []string
}

func export(p *listPlan, s statement) Statement { return Statement{s.sql, s.args, p.settings} }

// ListStatements returns the statements of a page of a list: its totals and its rows.
func ListStatements(institution access.InstitutionID, f access.Filter) []Statement {
	plan, _ := planFor(f)
	count := statement{userCounts, []any{string(institution), productOf(f)}}
	if plan.count != "" {
		count = countStatement(institution, f, access.MaxTotal)
	}
	return []Statement{export(plan, count), export(plan, pageStatement(institution, f))}
}

// ListPlan returns the name of a filter's plan and its indexes.
func ListPlan(f access.Filter) (name string, indexes []string) {
	plan, _ := planFor(f)
	return plan.name, plan.indexes
}

// FilePlan returns the statement that reads a list for a file, with its plan's name and indexes.
func FilePlan(
	institution access.InstitutionID, f access.Filter, after access.Row, limit int,
) (name string, indexes []string, s Statement) {
	plan, _ := filePlanFor(f)
	return plan.name, plan.indexes, export(plan, fileStatement(institution, f, after, limit))
}

// MembersPlan and CandidatesPlan return the statement of a page of a group, with its plan's name and indexes.
func MembersPlan(
	institution access.InstitutionID, group access.GroupID, page access.Page,
) (name string, indexes []string, s Statement) {
	p := &planMembers
	return p.name, p.indexes, export(p, membersStatement(institution, group, page))
}

func CandidatesPlan(
	institution access.InstitutionID, group access.GroupID, f access.Filter, only access.UserID,
) (name string, indexes []string, s Statement) {
	p, page := candidatesStatement(institution, group, f, only)
	return p.name, p.indexes, export(p, page)
}
