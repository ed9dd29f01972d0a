package signin_test

import (
	"testing"

	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestSessionsThatAreOverAreNotCountedAsOpen(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	_, err := db.Owner.Exec(t.Context(), `
		INSERT INTO web_session (token_hash, data, expiry, revoked_at, revoked_reason) VALUES
			('open', '{}', now() + interval '1 hour', NULL, NULL), ('open too', '{}', now() + interval '1 minute', NULL, NULL),
			('expired', '{}', now() - interval '1 second', NULL, NULL), ('ended', '{}', now() + interval '1 hour', now(), 'signed-out')`)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := signin.NewSessions(db.App, false).CountOpen(t.Context()); err != nil || n != 2 {
		t.Errorf("%d are open, %v; want 2", n, err)
	}
}
