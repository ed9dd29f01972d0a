package store

import (
	"net"
	"time"
)

// silenceLimit is how long PostgreSQL may say nothing at all after it was asked something. It refuses by itself what takes longer
// than statementTimeout, so who hasn't spoken by then isn't there any more: its machine is gone, or stands still.
const silenceLimit = statementTimeout + time.Second

// impatient is a connection that hangs up on whoever doesn't answer. Without it a change would wait for its own, longer limit,
// and with it everybody whom the next primary could serve by then.
type impatient struct {
	net.Conn
	limit   time.Duration
	running *time.Timer
}

// hangUp makes a connection impatient; silent is called when it has hung up.
func hangUp(conn net.Conn, limit time.Duration, silent func()) *impatient {
	timer := time.AfterFunc(limit, func() {
		_ = conn.Close()
		silent()
	})
	timer.Stop()
	return &impatient{Conn: conn, limit: limit, running: timer}
}

// Write asks something: the time runs.
func (c *impatient) Write(p []byte) (int, error) {
	c.running.Reset(c.limit)
	return c.Conn.Write(p)
}

// Read hears something: the time stands still until the next question.
func (c *impatient) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 || err != nil {
		c.running.Stop()
	}
	return n, err
}

// Close ends the connection, and the time.
func (c *impatient) Close() error {
	c.running.Stop()
	return c.Conn.Close()
}
