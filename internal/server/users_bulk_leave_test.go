package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A bulk action is completed even if the browser disconnects.
func TestABulkActionContinuesWhenTheBrowserDisconnects(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	form := confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Leo, i.Oto)))

	held, err := s.DB.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := held.Exec(t.Context(), `SELECT FROM institution WHERE id = $1 FOR UPDATE`, i.ID); err != nil {
		t.Fatal(err)
	}
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.Absolute(web.BulkConfirmURL(i.ID)), strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	left := make(chan struct{})
	go func() {
		defer close(left)
		if resp, err := b.Client.Do(r); err == nil {
			_ = resp.Body.Close()
			t.Error("the browser waited for the response")
		}
	}()
	awaited := func(what, count string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); s.Count(t, count) == 0; {
			if time.Now().After(end) {
				t.Fatalf("%s: not in time", what)
			}
		}
	}
	awaited(
		"the first change waits for the lock",
		`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
	)
	leave()
	<-left
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	awaited("the results", `SELECT count(*) FROM bulk_result`)
	if s.Status(t, i.ID, i.Leo, security) != access.Suspended || s.Status(t, i.ID, i.Oto, api) != access.Suspended {
		t.Error("some of it is not done")
	}
}
