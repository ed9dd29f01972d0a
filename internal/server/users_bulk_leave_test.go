package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// Whoever closes the browser while several people are being suspended finds all of it done, not some.
func TestABulkActionContinuesWhenTheBrowserLeaves(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := newStaff(s)
	b := s.signInAs(t, "Anna Bianchi")
	form := confirmation(t, i.ID, b.post(web.BulkURL(i.ID), selection("prod-interop", access.Suspend, i.leo, i.oto)))

	held, err := s.db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), `SELECT FROM institution WHERE id = $1 FOR UPDATE`, i.ID); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.absolute(web.BulkConfirmURL(i.ID)), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	left := make(chan struct{})
	go func() {
		defer close(left)
		if resp, err := b.Do(r); err == nil {
			_ = resp.Body.Close()
			t.Error("the browser stayed for the answer")
		}
	}()
	awaited := func(what, count string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); s.number(t, count) == 0; {
			if time.Now().After(end) {
				t.Fatalf("%s: not in time", what)
			}
		}
	}
	awaited("the first change waits for its turn", `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	leave()
	<-left
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	awaited("the results", `SELECT count(*) FROM bulk_result`)
	if s.state(t, i.ID, i.leo, security) != access.Suspended || s.state(t, i.ID, i.oto, api) != access.Suspended {
		t.Error("some of it isn't done")
	}
}
