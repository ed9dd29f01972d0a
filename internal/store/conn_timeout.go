package store

import (
	"net"
	"time"
)

// responseTimeout is how long PostgreSQL may say nothing at all after it was asked something. It refuses by itself what takes longer
// than statementTimeout, so who hasn't spoken by then isn't there any more: its machine is gone, or stands still.
const responseTimeout = statementTimeout + time.Second

// responseTimeoutConn is a connection that hangs up on whoever doesn't answer. Without it a change would wait for its own, longer limit,
// and with it everybody whom the next primary could serve by then.
type responseTimeoutConn struct {
	net.Conn
	limit time.Duration
	timer *time.Timer
}

// withResponseTimeout makes a connection impatient; silent is called when it has hung up.
func withResponseTimeout(conn net.Conn, limit time.Duration, onTimeout func()) *responseTimeoutConn {
	timer := time.AfterFunc(limit, func() {
		_ = conn.Close()
		onTimeout()
	})
	timer.Stop()
	return &responseTimeoutConn{Conn: conn, limit: limit, timer: timer}
}

// Write asks something: the time runs.
func (c *responseTimeoutConn) Write(p []byte) (int, error) {
	c.timer.Reset(c.limit)
	return c.Conn.Write(p)
}

// Read hears something: the time stands still until the next question.
func (c *responseTimeoutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 || err != nil {
		c.timer.Stop()
	}
	return n, err
}

// Close ends the connection, and the time.
func (c *responseTimeoutConn) Close() error {
	c.timer.Stop()
	return c.Conn.Close()
}
