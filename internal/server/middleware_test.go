package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
)

// The request's number is generated here, and is in the log, on the error page and in the response's header. The
// number that a client sends is ignored, since any client can write it.
func TestTheClientsRequestNumberIsIgnored(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t)
	const sent = "sent-by-the-client"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/nowhere", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", sent)
	p := b.Send(r)
	number := p.Header.Values("X-Request-Id")
	if len(number) != 1 || len(number[0]) != 10 {
		t.Fatalf("X-Request-Id: %q", number)
	}
	if !strings.Contains(p.Body, number[0]) {
		t.Errorf("the page does not show %s", number[0])
	}
	if log := s.Log.String(); !strings.Contains(log, `"request":"`+number[0]+`"`) || strings.Contains(log, sent) {
		t.Errorf("the log: %s", log)
	}
	if strings.Contains(p.Body, sent) {
		t.Error("the page repeats the client's number")
	}
	if other := b.Get("/nowhere").Header.Get("X-Request-Id"); other == number[0] {
		t.Error("two requests have one number")
	}
}
