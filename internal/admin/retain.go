package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Retention is the moment, for each kind of record, before which records are deleted.
type Retention struct {
	Sessions     time.Time // the end of sessions and of sign-in attempts
	SavedForms   time.Time // the end of the time to take them up again
	Prepared     time.Time // the time when check pages expire
	FormResults  time.Time // until then, the same form again gets its first result
	ProfileViews time.Time
	Histories    time.Time // the audit log's keys and names of removed users
	SentEmails   time.Time
	FailedEmails time.Time
}

// Retained counts the deleted records.
type Retained struct {
	Sessions        int `json:"sessions"`
	SignIns         int `json:"sign_ins"`
	SavedForms      int `json:"saved_forms"`
	PreparedForms   int `json:"prepared_forms"`
	IdempotencyKeys int `json:"idempotency_keys"`
	BulkResults     int `json:"bulk_results"`
	ProfileViews    int `json:"profile_views"`
	Histories       int `json:"histories"`
	Emails          int `json:"emails"`
}

// Retain deletes expired records as the owner of the tables, in batches of an hour's records. A dry run only
// counts. The running application deletes expired sessions, and River finished e-mails; Retain deletes what they left.
// The audit log is not touched, but without the key the names and e-mails of a removed user become unreadable (rule P7).
func Retain(ctx context.Context, owner *pgxpool.Pool, r Retention, dry bool) (Retained, error) {
	var gone Retained
	for _, t := range []struct {
		old   oldRecords
		until time.Time
		n     *int
	}{
		{oldRecords{"web_session", "expiry", ""}, r.Sessions, &gone.Sessions},
		{oldRecords{"login_attempt", "expires_at", ""}, r.Sessions, &gone.SignIns},
		{oldRecords{"saved_form", "expires_at", ""}, r.SavedForms, &gone.SavedForms},
		{oldRecords{"prepared_form", "at", ""}, r.Prepared, &gone.PreparedForms},
		{oldRecords{"idempotency_key", "at", ""}, r.FormResults, &gone.IdempotencyKeys},
		{oldRecords{"bulk_result", "at", ""}, r.FormResults, &gone.BulkResults},
		{oldRecords{"profile_view", "at", ""}, r.ProfileViews, &gone.ProfileViews},
		{oldRecords{"user_history", "removed_at", ""}, r.Histories, &gone.Histories},
		{oldRecords{"river_job", "finalized_at", " AND state = 'completed'"}, r.SentEmails, &gone.Emails},
		{oldRecords{"river_job", "finalized_at", " AND state IN ('cancelled', 'discarded')"}, r.FailedEmails, &gone.Emails},
	} {
		retain := t.old.delete
		if dry {
			retain = t.old.count
		}
		n, err := retain(ctx, owner, t.until)
		*t.n += n
		if err != nil {
			return gone, fmt.Errorf("retain: %w", err)
		}
	}
	return gone, nil
}

// oldRecords are the records of a table that are deleted by a time.
type oldRecords struct {
	table  string
	column string // the time
	and    string // a further condition
}

// deletePeriod is the time whose records one statement deletes.
const deletePeriod = time.Hour

func (o oldRecords) count(ctx context.Context, owner *pgxpool.Pool, until time.Time) (n int, err error) {
	err = owner.QueryRow(ctx, `SELECT count(*) FROM `+o.table+` WHERE `+o.column+` < $1`+o.and, until).Scan(&n)
	return n, err
}

// delete deletes the oldest records first, one period after the other: by time, because a row's place (ctid) is of one
// table only, and a table may be divided into partitions or over several machines. Times without records are skipped.
func (o oldRecords) delete(ctx context.Context, owner *pgxpool.Pool, until time.Time) (n int, err error) {
	for {
		var end *time.Time
		err := owner.QueryRow(ctx, `SELECT min(`+o.column+`) FROM `+o.table+` WHERE `+o.column+` < $1`+o.and, until).Scan(&end)
		if err != nil || end == nil {
			return n, err
		}
		for deleted := int64(1); deleted > 0; {
			*end = end.Add(deletePeriod)
			if end.After(until) {
				*end = until
			}
			tag, err := owner.Exec(ctx, `DELETE FROM `+o.table+` WHERE `+o.column+` < $1`+o.and, *end)
			if err != nil {
				return n, err
			}
			deleted = tag.RowsAffected()
			n += int(deleted)
		}
	}
}
