package notify

import (
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/pgtest"
)

func TestTheBacklogCountsWaitingRetriedAndFailedEmails(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	if b, err := ReadBacklog(t.Context(), db.App); err != nil || b != (Backlog{}) {
		t.Fatalf("of an empty queue: %+v, %v", b, err)
	}
	enqueue(
		t,
		db.App,
		true,
		testEmail("Anna Bianchi"),
		testEmail("Oto Neri"),
		testEmail("Pia Gialli"),
		testEmail("Ivo Rossi"),
		testEmail("Ugo Utente"),
	)
	for place, change := range []string{
		`attempt = 1, state = 'retryable', created_at = now() - interval '2 hours'`,
		`state = 'discarded', finalized_at = now(), created_at = now() - interval '3 days'`,
		`state = 'completed', finalized_at = now(), created_at = now() - interval '4 days'`,
	} {
		_, err := db.Owner.Exec(
			t.Context(),
			`UPDATE river_job SET `+change+` WHERE id = (SELECT id FROM river_job ORDER BY id OFFSET $1 LIMIT 1)`,
			place,
		)
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := ReadBacklog(t.Context(), db.App)
	if err != nil {
		t.Fatal(err)
	}
	if b.Waiting != 2 || b.Retried != 1 || b.Failed != 1 || b.Oldest < 2*time.Hour || b.Oldest > 2*24*time.Hour {
		t.Errorf("%+v", b)
	}
}
