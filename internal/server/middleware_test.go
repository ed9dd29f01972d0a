package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
)

// The number of a request is ours, in the log, on the page of an error and for whoever stands before us; one that comes with
// a request is believed nowhere, as anybody can write it.
func TestARequestsNumberIsOursWhateverComesWithIt(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t)
	const brought = "brought-by-somebody"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/nowhere", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Request-Id", brought)
	p := b.Send(r)
	number := p.Header.Values("X-Request-Id")
	if len(number) != 1 || len(number[0]) != 10 {
		t.Fatalf("X-Request-Id: %q", number)
	}
	if !strings.Contains(p.Body, number[0]) {
		t.Errorf("the page doesn't tell %s", number[0])
	}
	if log := s.Log.String(); !strings.Contains(log, `"request":"`+number[0]+`"`) || strings.Contains(log, brought) {
		t.Errorf("the log: %s", log)
	}
	if strings.Contains(p.Body, brought) {
		t.Error("the page repeats what was brought")
	}
	if other := b.Get("/nowhere").Header.Get("X-Request-Id"); other == number[0] {
		t.Error("two requests have one number")
	}
}
