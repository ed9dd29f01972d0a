package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// AuditReport counts what was verified, and holds the end of each institution's log.
type AuditReport struct {
	Institutions int        `json:"institutions"`
	Events       int        `json:"events"`
	Heads        AuditHeads `json:"-"`
}

// AuditHeads are the ends of logs, by institution. Kept outside the database, they reveal the one manipulation that the
// chain cannot: a log that was truncated together with the end in its institution's row.
type AuditHeads map[access.InstitutionID]audit.Head

// VerifyAudit verifies the chain of each institution's audit log, from its first event to the end in the institution's
// row, and that it contains the known end, if there is one. The error names each institution whose log was tampered with,
// and the first event that differs.
func VerifyAudit(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, known AuditHeads) (AuditReport, error) {
	var report AuditReport
	err := pgx.BeginTxFunc(ctx, owner, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, audit_seq, audit_head FROM institution ORDER BY id`)
		if err != nil {
			return err
		}
		ends := AuditHeads{}
		var id access.InstitutionID
		var end audit.Head
		if _, err := pgx.ForEachRow(rows, []any{&id, &end.Seq, &end.Hash}, func() error {
			ends[id] = audit.Head{Seq: end.Seq, Hash: bytes.Clone(end.Hash)}
			return nil
		}); err != nil {
			return err
		}
		heads, err := verifyChain(ctx, tx, keys.AuditKey(), known, &report)
		for id, end := range ends {
			if head := heads[id]; head.Seq != end.Seq || !bytes.Equal(head.Hash, end.Hash) {
				err = errors.Join(err, fmt.Errorf("institution %s: the log ends with event %d, its institution's row with %d", id, head.Seq, end.Seq))
			}
		}
		for id, was := range known {
			if now := ends[id]; now.Seq < was.Seq {
				err = errors.Join(err, fmt.Errorf("institution %s: the log ends with event %d, and it had %d before", id, now.Seq, was.Seq))
			}
		}
		report.Institutions, report.Heads = len(ends), ends
		return err
	})
	if err != nil {
		return report, fmt.Errorf("audit: %w", err)
	}
	return report, nil
}

// verifyChain verifies each event against the one before, and returns the end of each log as far as it verifies.
func verifyChain(ctx context.Context, tx pgx.Tx, key audit.Key, known AuditHeads, report *AuditReport) (AuditHeads, error) {
	heads := AuditHeads{}
	rows, err := tx.Query(ctx, `
		SELECT institution, seq, at, coalesce(actor::text, ''), action, coalesce(subject::text, ''), product, role,
		       before::text, after::text, previous, hash
		FROM audit_event ORDER BY institution, seq`)
	if err != nil {
		return heads, err
	}
	defer rows.Close()
	broken := map[access.InstitutionID]bool{}
	var faults []error
	for rows.Next() {
		var e audit.Event
		var before, after *string
		if err := rows.Scan(&e.Institution, &e.Seq, &e.At, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &before,
			&after, &e.Previous, &e.Hash); err != nil {
			return heads, err
		}
		e.Before, e.After = text(before), text(after)
		report.Events++
		if broken[e.Institution] {
			continue // a fault invalidates all later events: report the first
		}
		head, err := key.Verify(e, heads[e.Institution])
		if was := known[e.Institution]; err == nil && was.Seq == e.Seq && !bytes.Equal(was.Hash, e.Hash) {
			err = fmt.Errorf("institution %s: event %d is not the one that was there before", e.Institution, e.Seq)
		}
		if err != nil {
			broken[e.Institution] = true
			faults = append(faults, err)
			continue
		}
		heads[e.Institution] = head
	}
	return heads, errors.Join(append(faults, rows.Err())...)
}

func text(s *string) []byte {
	if s == nil {
		return nil
	}
	return []byte(*s)
}
