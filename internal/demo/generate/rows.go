package generate

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
)

// rows are the rows of one transaction. The columns of each table are in the order of [rows.tables].
type rows struct {
	institutions, subscriptions, groups, people, histories, users, enrolments, assignments, listings, members, events [][]any

	suspended []suspendedGroup // to be suspended once all members are added
	heads     [][]any          // the end of each log
	err       error            // the first error
}

type suspendedGroup struct {
	institution access.InstitutionID
	group       access.GroupID
}

type table struct {
	name, columns string
	rows          [][]any
}

// tables lists the tables in an order in which foreign keys hold.
func (r *rows) tables() []table {
	return []table{
		{"institution", "id code name type", r.institutions},
		{"institution_product", "institution product active", r.subscriptions},
		{"user_group", "institution id product name status", r.groups},
		{"person", "id fiscal_code_hash verified_first_name verified_last_name verified_at", r.people},
		{"user_history", "institution person fiscal_code_hash", r.histories},
		{"app_user", "institution person identity fiscal_code_sealed first_name last_name verified_at email", r.users},
		{"enrolment", "institution person product category", r.enrolments},
		{"assignment", "institution person product role category status sort_key email", r.assignments},
		{"listing", "institution product person sort_key search_key first_name last_name email category roles statuses", r.listings},
		{"group_member", "institution group product person", r.members},
		{"audit_event", "institution seq at actor action subject product role before after previous hash", r.events},
	}
}

// write writes all rows in one transaction, with one COPY for each table. Triggers keep the user counts.
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
