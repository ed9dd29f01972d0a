package store

import (
	"net"
	"time"
)

// responseTimeout is how long PostgreSQL can take to send anything after a request. It cancels statements after
// statementTimeout, so a server that has sent nothing for longer is treated as unreachable.
const responseTimeout = statementTimeout + time.Second

// responseTimeoutConn is a connection that closes if a request gets no response. Without it, changes would wait for their
// own, longer timeout, although the next primary could serve them earlier.
type responseTimeoutConn struct {
	net.Conn
	limit time.Duration
	timer *time.Timer
}

// withResponseTimeout adds the timeout to a connection. onTimeout is called after it has closed the connection.
func withResponseTimeout(conn net.Conn, limit time.Duration, onTimeout func()) *responseTimeoutConn {
	timer := time.AfterFunc(limit, func() {
		_ = conn.Close()
		onTimeout()
	})
	timer.Stop()
	return &responseTimeoutConn{Conn: conn, limit: limit, timer: timer}
}

// Write sends a request, and starts the timer.
func (c *responseTimeoutConn) Write(p []byte) (int, error) {
	c.timer.Reset(c.limit)
	return c.Conn.Write(p)
}

// Read receives a response, and stops the timer until the next request.
func (c *responseTimeoutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 || err != nil {
		c.timer.Stop()
	}
	return n, err
}

// Close closes the connection, and stops the timer.
func (c *responseTimeoutConn) Close() error {
	c.timer.Stop()
	return c.Conn.Close()
}
