package bench_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// The latency of a request includes the time that it waits for a free client: otherwise a site that stalls looks fast.
func TestLatencyCountsFromTheDueTime(t *testing.T) {
	t.Parallel()
	const stands = 200 * time.Millisecond
	var asked atomic.Int64
	r := openLoad(100, 1, 300*time.Millisecond, func(int) (func() error, func()) {
		return func() error {
			if asked.Add(1) == 1 {
				<-time.After(stands)
			}
			return nil
		}, func() {}
	})
	if len(r.times) != 30 || r.failed != 0 {
		t.Fatalf("%d answered, %d failed", len(r.times), r.failed)
	}
	if got := r.quantile(.9); got < stands/2 { // a slow machine makes it longer, never shorter
		t.Errorf("one in ten waited %s, while the site stood still for %s", got, stands)
	}
}

func TestAnswersAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/whole":
			w.Header().Set("Content-Length", "100000")
		case "/moved":
			w.WriteHeader(http.StatusSeeOther)
			return
		}
		_, _ = w.Write([]byte(long))
	}))
	t.Cleanup(server.Close)
	w := &httpConn{address: server.Listener.Addr().String()}
	t.Cleanup(w.close)
	for range 2 { // on the same connection
		for path, want := range map[string][2]int{"/whole": {200, len(long)}, "/chunked": {200, len(long)}, "/moved": {303, 0}} {
			status, size, err := w.send(get(w.address, path, "session=x"))
			if got := [2]int{status, size}; got != want || err != nil {
				t.Errorf("%s: %v, %v; want %v", path, got, err, want)
			}
		}
	}
}

// Failed requests are reported and not measured.
func TestAnAnswerThatWasNotAskedForFails(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	r := closedLoad(2, 50*time.Millisecond, requestJob(address, [][]byte{get(address, "/", "")}, http.StatusOK))
	if len(r.times) != 0 || r.failed == 0 || r.err == nil {
		t.Errorf("%d answered, %d failed, %v", len(r.times), r.failed, r.err)
	}
}
