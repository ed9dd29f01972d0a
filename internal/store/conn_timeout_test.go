package store

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestAConnectionWithoutResponseIsClosed(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }() // reads everything, and sends nothing
	timedOut := make(chan struct{})
	c := withResponseTimeout(near, 20*time.Millisecond, func() { close(timedOut) })
	if _, err := c.Write([]byte("a request")); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes without a response", n)
	}
	<-timedOut
}

func TestAnIdleConnectionStaysOpen(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(far, far) }()
	timedOut := make(chan struct{})
	c := withResponseTimeout(near, 50*time.Millisecond, func() { close(timedOut) })
	defer func() { _ = c.Close() }()
	for range 3 {
		message := []byte("echo")
		if _, err := c.Write(message); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, message); err != nil {
			t.Fatal(err)
		}
		select {
		case <-timedOut:
			t.Fatal("closed although the response had arrived")
		case <-time.After(100 * time.Millisecond): // twice the timeout
		}
	}
}
