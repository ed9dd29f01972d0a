package chaos_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Replicas are restarted one after the other, and no request fails.
func TestRollingRestartsFailNoRequest(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{replicas: 2, isBalanced: true, settings: []string{"DRAIN_TIME=5s"}}) // the default
	restarts, requests := repetitions(t, 2, 20), repetitions(t, 2_000, 100_000)
	c := s.restartReplicas(t, restarts, requests)
	failed := 0
	for _, n := range c.failed {
		failed += n
	}
	t.Logf("%d of %d requests failed over %d restarts", failed, c.countSent(), restarts)
	if failed > 0 {
		t.Errorf("%d requests failed", failed)
	}
	s.requireConsistent(t, c, 1+restarts/2)
}

// restartReplicas restarts the replicas in turn, that often over that many requests.
func (s *deployment) restartReplicas(t *testing.T, restarts, requests int) *load {
	t.Helper()
	s.start()
	b := newBalancer(t, s)
	c := newLoad(t, s, 4, newRand(t))
	c.reads = 4
	c.start()
	for n := range restarts {
		for c.countSent() < requests*n/restarts && c.waitAcknowledged(1) {
		}
		s.replicas[n%2].signal(syscall.SIGTERM)
		s.replicas[n%2].start()
		b.waitFor(t, n%2)
	}
	for c.countSent() < requests && c.waitAcknowledged(1) {
	}
	c.stop()
	b.logFailures(t)
	return c
}

// balancer sends requests in turn to the replicas that are ready. It never retries a request.
type balancer struct {
	replicas   []*replica
	up         []atomic.Bool
	turn       atomic.Int64
	transports sync.Map // by the browser's connection

	mu       sync.Mutex
	failures []string // requests without a response from a replica: cause and address
}

const pollInterval = 100 * time.Millisecond // of the readiness checks

func newBalancer(t testing.TB, s *deployment) *balancer {
	t.Helper()
	b := &balancer{replicas: s.replicas, up: make([]atomic.Bool, len(s.replicas))}
	ended := make(chan struct{})
	for n := range b.replicas {
		go b.watch(n, ended)
		b.waitFor(t, n)
	}
	proxy := &httputil.ReverseProxy{
		Transport: b, ErrorHandler: b.recordFailure,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(b.next())
			r.Out.Host = r.In.Host
		},
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: proxy}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() {
		close(ended)
		_ = server.Close()
		b.transports.Range(func(_, transport any) bool {
			transport.(*http.Transport).CloseIdleConnections()
			return true
		})
	})
	return b
}

// RoundTrip implements [http.RoundTripper]. Each connection of a browser has one to each replica, opened when needed: a
// shared pool opens connections in advance, and a server may close an idle one at the moment of its use.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	transport, _ := b.transports.LoadOrStore(r.RemoteAddr, &http.Transport{MaxConnsPerHost: 1})
	return transport.(*http.Transport).RoundTrip(r)
}

// next returns the next ready replica; if none is ready, the first.
func (b *balancer) next() *url.URL {
	chosen := b.replicas[0]
	for range b.replicas {
		if n := int(b.turn.Add(1)) % len(b.replicas); b.up[n].Load() {
			chosen = b.replicas[n]
			break
		}
	}
	return &url.URL{Scheme: "http", Host: chosen.address}
}

func (b *balancer) recordFailure(w http.ResponseWriter, r *http.Request, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, replica := range b.replicas {
		if replica.address == r.URL.Host {
			b.failures = append(b.failures, fmt.Sprintf("%s, replica %d, called ready: %t: %v", r.Method, n, b.up[n].Load(), err))
		}
	}
	w.WriteHeader(http.StatusBadGateway)
}

// logFailures logs the failed requests with their causes.
func (b *balancer) logFailures(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, line := range b.failures {
		t.Log(line)
	}
}

// watch polls a replica. Like other balancers, it removes a replica after two failed checks: a slow database is slow
// for all replicas.
func (b *balancer) watch(n int, ended <-chan struct{}) {
	again := time.NewTicker(pollInterval)
	defer again.Stop()
	for no := 0; ; {
		if no++; b.replicas[n].status("/readyz") == http.StatusOK {
			no = 0
		}
		switch no {
		case 0:
			b.up[n].Store(true)
		case 2:
			b.up[n].Store(false)
		}
		select {
		case <-ended:
			return
		case <-again.C:
		}
	}
}

func (b *balancer) waitFor(t testing.TB, n int) {
	t.Helper()
	waitUntil(t, "the balancer uses the replica again", b.up[n].Load)
}
