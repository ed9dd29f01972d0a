package generate

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
)

// rows are those of one transaction, table by table, each in the order of its columns in [rows.tables].
type rows struct {
	institutions, subscriptions, groups, people, users, enrolments, assignments, listings, members, events [][]any

	suspended []suspendedGroup // once all members are in
	heads     [][]any          // where each log ends
	err       error            // what couldn't be made
}

type suspendedGroup struct {
	institution access.InstitutionID
	group       access.GroupID
}

type table struct {
	name, columns string
	rows          [][]any
}

// tables are in an order in which each row finds what it refers to.
func (r *rows) tables() []table {
	return []table{
		{"institution", "id code name type", r.institutions},
		{"institution_product", "institution product active", r.subscriptions},
		{"user_group", "institution id product name status", r.groups},
		{"person", "id fiscal_code_hash fiscal_code_sealed verified_first_name verified_last_name verified_at", r.people},
		{"app_user", "institution person first_name last_name email", r.users},
		{"enrolment", "institution person product category", r.enrolments},
		{"assignment", "institution person product role category status sort_key email", r.assignments},
		{"listing", "institution product person sort_key search_key first_name last_name email category roles statuses", r.listings},
		{"group_member", "institution group product person", r.members},
		{"audit_event", "institution seq at actor action subject product role before after previous hash", r.events},
	}
}

// write adds everything in one transaction, a COPY a table. The tally follows by itself, a table's rows at once.
func (r *rows) write(ctx context.Context, owner *pgxpool.Pool) error {
	if r.err != nil {
		return r.err
	}
	return pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		for _, t := range r.tables() {
			if len(t.rows) == 0 {
				continue
			}
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, strings.Fields(t.columns), pgx.CopyFromRows(t.rows)); err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
		}
		batch := &pgx.Batch{}
		for _, s := range r.suspended {
			batch.Queue(`UPDATE user_group SET status = 'suspended' WHERE institution = $1 AND id = $2`, s.institution, s.group)
		}
		for _, head := range r.heads {
			batch.Queue(`UPDATE institution SET audit_seq = $2, audit_head = $3 WHERE id = $1`, head...)
		}
		return tx.SendBatch(ctx, batch).Close()
	})
}
