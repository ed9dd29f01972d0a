package leak_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The search finds injected codes: in a log line, in a table, in an error of the database.
func TestALeakedCodeIsFound(t *testing.T) {
	t.Parallel()
	w := newFixture(t)
	c := newMarkedPerson(t, 1)
	w.log.Info("added", "code", c.code.Reveal())
	_, end := w.traces.Request(t.Context(), c.code.Reveal())
	end("GET", "/", 200)
	for _, sql := range []string{
		`INSERT INTO login_attempt (state_hash, browser_hash, nonce, verifier, return_to, expires_at) VALUES ('x', 'x', '', '', $1, now())`,
		`INSERT INTO web_session (token_hash, data, expiry) VALUES ($1, '{}', now())`,
		`UPDATE app_user SET first_name = 'x' || lower($1), last_name = 'Quzaxi' WHERE email LIKE 'oto%'`,
	} {
		if _, err := w.DB.Owner.Exec(t.Context(), sql, c.code.Reveal()); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = w.DB.Owner.Exec(t.Context(), `SELECT '`+c.code.Reveal()+`'::int`) // PostgreSQL logs the statement with the error
	got := w.findLeaks(func() {})
	want := []string{
		"PostgreSQL's log",
		"the application's log",
		"the database's files",
		"the database's write-ahead log",
		"the dump",
		"the sessions",
		"the sign-ins",
		"the traces",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got.codes))); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	if got.names["the dump"] == 0 || got.names["the application's log"] != 0 {
		t.Errorf("names: %v", got.names)
	}
}
