package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/notify"
)

func TestTheDemoShowsTheEmailsThatItSent(t *testing.T) {
	t.Parallel()
	box := &notify.Mailbox{}
	draw := func() string {
		var page strings.Builder
		if err := mailboxPage(box).Render(t.Context(), &page); err != nil {
			t.Fatal(err)
		}
		return page.String()
	}
	if strings.Contains(draw(), "<article") {
		t.Error("e-mails in an empty mailbox")
	}
	err := box.Send(t.Context(), notify.Message{
		ID: "A&B", To: "anna@example.it", Name: "Anna <b>", Language: "en", Subject: "A role",
		Text: "Hello,\n\nYou can.\n", HTML: "<p>You can.</p>",
	}, time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	page := draw() // the same component, as in the demo
	for _, part := range []string{
		"Anna &lt;b&gt;", "A role", "You can.", "anna@<wbr>example.it", "01/07/2026 12:00:00", `lang="en"`,
		`href="/demo/posta/lettera?id=A%26B"`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("%s isn't on the page", part)
		}
	}

	for id, status := range map[string]int{"A%26B": http.StatusOK, "other": http.StatusNotFound, "": http.StatusNotFound} {
		w := httptest.NewRecorder()
		showEmail(box)(w, httptest.NewRequest(http.MethodGet, emailPath+"?id="+id, http.NoBody))
		if w.Code != status {
			t.Errorf("%q: %d", id, w.Code)
		}
		if status == http.StatusOK &&
			(w.Body.String() != "<p>You can.</p>" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "default-src 'none'")) {
			t.Errorf("%s under %s", w.Body.String(), w.Header().Get("Content-Security-Policy"))
		}
	}
}
