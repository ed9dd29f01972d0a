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

// proxy is between the application and PostgreSQL: a TCP port that leads to the running server and can inject faults.
type proxy struct {
	listener net.Listener
	server   func() string // the server's Unix socket
	fault    atomic.Pointer[networkFault]
	ended    chan struct{}

	mu    sync.Mutex
	links map[*proxyConn]bool
}

// networkFault is the current fault of a proxy.
type networkFault struct {
	refusesConnections bool          // new connections are closed
	dropsData          bool          // data disappear without an error
	delay              time.Duration // of every piece
	left               *atomic.Int64 // bytes that the server may still send before the connection is cut; nil: no limit
}

// proxyConn is one connection through the proxy.
type proxyConn struct{ client, server net.Conn }

func (l *proxyConn) reset() {
	for _, c := range []net.Conn{l.client, l.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closing sends a reset
		}
		_ = c.Close()
	}
}

func newProxy(t testing.TB, server func() string) *proxy {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &proxy{listener: listener, server: server, ended: make(chan struct{}), links: map[*proxyConn]bool{}}
	w.fault.Store(&networkFault{})
	go w.accept()
	t.Cleanup(func() {
		close(w.ended)
		_ = listener.Close()
		w.resetAll()
	})
	return w
}

func (w *proxy) address() string { return w.listener.Addr().String() }

func (w *proxy) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		go w.connect(client)
	}
}

func (w *proxy) connect(client net.Conn) {
	l := &proxyConn{client: client}
	if w.fault.Load().refusesConnections {
		l.server = client
		l.reset()
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
	both.Go(func() { w.forward(l, server, client, false) })
	both.Go(func() { w.forward(l, client, server, true) })
	both.Wait()
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
}

// forward copies bytes in one direction, subject to the current fault.
func (w *proxy) forward(l *proxyConn, to io.Writer, from io.Reader, answer bool) {
	defer func() { _ = l.client.Close(); _ = l.server.Close() }()
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		now, part := w.fault.Load(), piece[:n]
		if now.delay > 0 {
			select {
			case <-time.After(now.delay):
			case <-w.ended:
				return
			}
		}
		if now.dropsData {
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
			l.reset()
			return
		}
	}
}

// resetAll resets all connections.
func (w *proxy) resetAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.links {
		l.reset()
	}
}

// inject sets a fault and returns the function that ends it. Connections that lost data are closed then.
func (w *proxy) inject(bad networkFault) (restore func()) {
	w.fault.Store(&bad)
	return func() {
		w.fault.Store(&networkFault{})
		if bad.dropsData {
			w.resetAll()
		}
	}
}
