package admin_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// D5: every change of the log by a superuser is found.
func TestTamperingWithTheLogIsFound(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"an actor":               `UPDATE audit_event SET actor = gen_random_uuid() WHERE seq = 3`,
		"a time":                 `UPDATE audit_event SET at = at + interval '1 microsecond' WHERE seq = 3`,
		"what was before":        `UPDATE audit_event SET after = '{"status":"suspended"}' WHERE seq = 3`,
		"the first event":        `UPDATE audit_event SET product = 'prod-io' WHERE seq = 1`,
		"one removed":            `DELETE FROM audit_event WHERE seq = 3`,
		"the first removed":      `DELETE FROM audit_event WHERE seq = 1`,
		"the last removed":       `DELETE FROM audit_event WHERE seq = 5`,
		"all removed":            `DELETE FROM audit_event`,
		"two exchanged":          `UPDATE audit_event SET seq = 9 - seq + 100 WHERE seq IN (4, 5)`,
		"the end turned back":    `WITH d AS (DELETE FROM audit_event WHERE seq = 5) UPDATE institution SET audit_seq = 4`,
		"the end's hash changed": `UPDATE institution SET audit_head = 'x'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
			for _, who := range []string{"Anna Bianchi", "Ivo Rossi", "Eva Bruni", "Leo Verdi", "Ada Neri"} {
				i.Admin(who, "prod-pn")
			}
			report, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil)
			if err != nil || report.Institutions != 1 || report.Events != 5 {
				t.Fatalf("untouched: %+v, %v", report, err)
			}
			if _, err := db.Owner.Exec(t.Context(), `ALTER TABLE audit_event DISABLE TRIGGER ALL; `+sql); err != nil {
				t.Fatal(err)
			}
			if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err == nil || !strings.Contains(err.Error(), string(i.ID)) {
				t.Errorf("not found: %v", err)
			}
		})
	}
}

// Without the keys, the whole database is not enough to rebuild the chain after a change. A log that is truncated together
// with the end in its institution's row is found by the ends that were kept elsewhere.
func TestTheLogCannotBeRewrittenOrTruncated(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Anna Bianchi", "prod-pn")
	i.Admin("Ivo Rossi", "prod-pn")
	before, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	i.Admin("Eva Bruni", "prod-pn")
	after, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), before.Heads)
	if err != nil || after.Heads[i.ID].Seq != 3 {
		t.Fatalf("grown since: %v", err)
	}
	others, err := store.NewKeys(make([]byte, store.KeySize), []byte(strings.Repeat("s", store.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, others, nil); err == nil {
		t.Error("the chain verifies with another key")
	}
	_, err = db.Owner.Exec(t.Context(), `ALTER TABLE audit_event DISABLE TRIGGER ALL; DELETE FROM audit_event WHERE seq = 3;
		UPDATE institution SET audit_seq = 2, audit_head = (SELECT hash FROM audit_event WHERE seq = 2)`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Errorf("without the recorded ends it is not found: %v", err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), after.Heads); err == nil ||
		!strings.Contains(err.Error(), string(i.ID)) {
		t.Errorf("truncated: %v", err)
	}
	i.Admin("Leo Verdi", "prod-pn") // the third event again, another one
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), after.Heads); err == nil ||
		!strings.Contains(err.Error(), string(i.ID)) {
		t.Errorf("grown again: %v", err)
	}
}
