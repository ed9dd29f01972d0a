package store

import (
	"io"
	"net"
	"testing"
	"time"
)

func TestWhoSaysNothingIsHungUpOn(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(io.Discard, far) }() // takes everything, and answers nothing
	silent := make(chan struct{})
	c := hangUp(near, 20*time.Millisecond, func() { close(silent) })
	if _, err := c.Write([]byte("anybody there?")); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); err == nil {
		t.Errorf("%d bytes of nothing", n)
	}
	<-silent
}

func TestWhoAnswersIsKeptHoweverLongNothingIsAsked(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	go func() { _, _ = io.Copy(far, far) }()
	silent := make(chan struct{})
	c := hangUp(near, 50*time.Millisecond, func() { close(silent) })
	defer func() { _ = c.Close() }()
	for range 3 {
		said := []byte("echo")
		if _, err := c.Write(said); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, said); err != nil {
			t.Fatal(err)
		}
		select {
		case <-silent:
			t.Fatal("hung up on one who had answered")
		case <-time.After(100 * time.Millisecond): // twice what it would wait for an answer
		}
	}
}
