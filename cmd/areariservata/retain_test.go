package main

import (
	"encoding/json"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// For each kind of record and period, there is one expired row and one that is not. Queued e-mails and the audit log do
// not expire.
func TestOnlyExpiredRecordsAreDeleted(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Anna Bianchi", "prod-pn")
	for _, sql := range []string{
		`INSERT INTO web_session (token_hash, data, expiry) SELECT a, '{}', now() - a::interval FROM unnest(ARRAY['61 minutes', '59 minutes']) a`,
		`INSERT INTO login_attempt SELECT a::bytea, '', '', '', '', now() - a::interval FROM unnest(ARRAY['61 minutes', '59 minutes']) a`,
		`INSERT INTO saved_form SELECT a::bytea, gen_random_uuid(), '', '', now() - a::interval FROM unnest(ARRAY['1 minute', '-1 minute']) a`,
		`INSERT INTO prepared_form SELECT id, gen_random_uuid(), id, '', now() - a::interval
		 FROM institution, unnest(ARRAY['121 minutes', '119 minutes']) a`,
		`INSERT INTO idempotency_key (institution, key, actor, action, product, role, at)
		 SELECT i.id, gen_random_uuid(), i.id, '', '', '', now() - a::interval
		 FROM institution i, unnest(ARRAY['31 days', '29 days']) a`,
		`INSERT INTO bulk_result (institution, key, actor, action, results, at)
		 SELECT i.id, gen_random_uuid(), i.id, '', '[]', now() - a::interval
		 FROM institution i, unnest(ARRAY['31 days', '29 days']) a`,
		`INSERT INTO profile_view (institution, viewer, actor, subject, at)
		 SELECT id, id, id, id, now() - a::interval FROM institution, unnest(ARRAY['25 months', '23 months']) a`,
		`INSERT INTO user_history (institution, fiscal_code_hash, name_sealed, removed_at)
		 SELECT id, a::bytea, 'x', now() - a::interval FROM institution, unnest(ARRAY['61 months', '59 months']) a`,
		`INSERT INTO river_job (kind, args, max_attempts, state, finalized_at, created_at)
		 SELECT 'email', '{}', 1, s::river_job_state,
		        CASE WHEN s IN ('available', 'retryable') THEN null ELSE now() - a::interval END, now() - interval '1 year'
		 FROM (VALUES ('completed', '61 minutes'), ('completed', '59 minutes'), ('discarded', '31 days'), ('discarded', '29 days'),
		              ('cancelled', '31 days'), ('cancelled', '29 days'), ('available', ''), ('retryable', '')) v (s, a)`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	left := func() (n int) {
		t.Helper()
		err := db.Owner.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM web_session) + (SELECT count(*) FROM login_attempt) + (SELECT count(*) FROM saved_form)
			+ (SELECT count(*) FROM prepared_form) + (SELECT count(*) FROM idempotency_key) + (SELECT count(*) FROM bulk_result)
			+ (SELECT count(*) FROM profile_view) + (SELECT count(*) FROM river_job)
			+ (SELECT count(*) FROM user_history)
			+ (SELECT count(*) FROM audit_event)`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, step := range []struct {
		line string
		want admin.Retained
		left int
	}{
		{
			"retain -dry-run",
			admin.Retained{
				Sessions: 1, SignIns: 1, SavedForms: 1, PreparedForms: 1, IdempotencyKeys: 1, BulkResults: 1, ProfileViews: 1,
				Histories: 1, Emails: 3,
			},
			26,
		},
		{
			"retain",
			admin.Retained{
				Sessions: 1, SignIns: 1, SavedForms: 1, PreparedForms: 1, IdempotencyKeys: 1, BulkResults: 1, ProfileViews: 1,
				Histories: 1, Emails: 3,
			},
			15,
		},
		{"retain", admin.Retained{}, 15},
		{"retain -forms 28 -views 22", admin.Retained{IdempotencyKeys: 1, BulkResults: 1, ProfileViews: 1}, 12},
	} {
		out, err := command(t, step.line, settings(db)...)
		if err != nil {
			t.Fatalf("%s: %v", step.line, err)
		}
		var got admin.Retained
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err)
		}
		if n := left(); got != step.want || n != step.left {
			t.Errorf("%s: %+v, %d rows left; want %+v, %d", step.line, got, n, step.want, step.left)
		}
	}
	out, err := command(t, "retain", append(settings(db), "LOG_RETENTION_YEARS", "4")...)
	if err != nil || !strings.Contains(out, `"histories": 1`) && !strings.Contains(out, `"histories":1`) || left() != 11 {
		t.Errorf("names kept for four years: %s, %v; %d rows left", out, err, left())
	}
	for _, years := range []string{"0", "-1", "many"} {
		if _, err := command(t, "retain", append(settings(db), "LOG_RETENTION_YEARS", years)...); err == nil {
			t.Errorf("a retention of %s years is accepted", years)
		}
	}
	if _, err := command(t, "retain -views 0", settings(db)...); err == nil {
		t.Error("a retention of no month is accepted")
	}
}
