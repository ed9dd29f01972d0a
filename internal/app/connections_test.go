package app

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"testing"
	"time"

	"areariservata.example/utenti/internal/server"
)

// A replica serves a limited number of connections, idle ones included; one more is served when one of them ends.
func TestConnectionsAreLimited(t *testing.T) {
	c, err := ReadConfig(production("DRAIN_TIME", "0s"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(c, c.SignIn(), nil, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Serve(ctx, listener, a.Site, io.Discard, "") }()
	var open []*client
	defer func() {
		stop()
		for _, c := range open {
			_ = c.conn.Close()
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	dial := func() *client {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, &client{conn, bufio.NewReader(conn)})
		return open[len(open)-1]
	}
	for n := range server.MaxConnections {
		if err := dial().ask(10 * time.Second); err != nil {
			t.Fatalf("connection %d: %v", n+1, err)
		}
	}
	last := dial()
	if err := last.ask(300 * time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("one too many: %v", err)
	}
	_ = open[0].conn.Close()
	if err := last.answer(10 * time.Second); err != nil {
		t.Errorf("after another has ended: %v", err)
	}
}

// client is a connection that stays open.
type client struct {
	conn   net.Conn
	reader *bufio.Reader
}

func (c *client) ask(limit time.Duration) error {
	if _, err := io.WriteString(c.conn, "GET /healthz HTTP/1.1\r\nHost: utenti.example.it\r\n\r\n"); err != nil {
		return err
	}
	return c.answer(limit)
}

// answer waits for a response.
func (c *client) answer(limit time.Duration) error {
	if err := c.conn.SetReadDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return errors.Join(err, response.Body.Close())
}
