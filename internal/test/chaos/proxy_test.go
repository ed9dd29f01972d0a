package chaos_test

import (
	"context"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wire is what lies between the application and PostgreSQL: a TCP port that leads to wherever the server is now, and can
// be made to fail.
type wire struct {
	listener net.Listener
	server   func() string // the server's Unix socket
	weather  atomic.Pointer[weather]
	ended    chan struct{}

	mu    sync.Mutex
	links map[*link]bool
}

// weather is how the wire is just now.
type weather struct {
	refused bool          // nobody new gets through
	lost    bool          // whatever is sent disappears, and nobody is told
	delay   time.Duration // of every piece
	left    *atomic.Int64 // bytes that the server may still answer before its answer is torn off; nil: no limit
}

// link is one connection through the wire.
type link struct{ client, server net.Conn }

func (l *link) cut() {
	for _, c := range []net.Conn{l.client, l.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a farewell
		}
		_ = c.Close()
	}
}

func newWire(t testing.TB, server func() string) *wire {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: listener, server: server, ended: make(chan struct{}), links: map[*link]bool{}}
	w.weather.Store(&weather{})
	go w.accept()
	t.Cleanup(func() {
		close(w.ended)
		_ = listener.Close()
		w.cut()
	})
	return w
}

func (w *wire) address() string { return w.listener.Addr().String() }

func (w *wire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.connect(client)
	}
}

func (w *wire) connect(client net.Conn) {
	l := &link{client: client}
	if w.weather.Load().refused {
		l.server = client
		l.cut()
		return
	}
	server, err := (&net.Dialer{}).DialContext(context.Background(), "unix", w.server())
	if err != nil {
		_ = client.Close()
		return
	}
	l.server = server
	w.mu.Lock()
	w.links[l] = true
	w.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { w.carry(l, server, client, false) })
	both.Go(func() { w.carry(l, client, server, true) })
	both.Wait()
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
}

// carry moves bytes one way, in the weather of the moment.
func (w *wire) carry(l *link, to io.Writer, from io.Reader, answer bool) {
	defer func() { _ = l.client.Close(); _ = l.server.Close() }()
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		now, part := w.weather.Load(), piece[:n]
		if now.delay > 0 {
			select {
			case <-time.After(now.delay):
			case <-w.ended:
				return
			}
		}
		if now.lost {
			continue
		}
		torn := false
		if answer && now.left != nil {
			if left := now.left.Add(-int64(n)); left < 0 {
				torn, part = true, part[:max(0, int64(n)+left)]
			}
		}
		if _, err := to.Write(part); err != nil {
			return
		}
		if torn {
			l.cut()
			return
		}
	}
}

// cut resets all connections there are.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.links {
		l.cut()
	}
}

// become changes the weather, and returns what makes it fine again. What was lost meanwhile is missing from its connections,
// so those end then.
func (w *wire) become(bad weather) (fine func()) {
	w.weather.Store(&bad)
	return func() {
		w.weather.Store(&weather{})
		if bad.lost {
			w.cut()
		}
	}
}
