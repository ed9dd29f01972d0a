package server

import (
	"log/slog"
	"net/http"
	"time"
)

// How long a client is waited for: until its headers are there, until its request is, until it has taken the answer, and
// until it asks again on the same connection. Who is slower is hung up on.
const (
	HeaderTimeout    = 3 * time.Second
	ReadTimeout      = 10 * time.Second
	WriteTimeout     = 20 * time.Second
	keepAliveTimeout = 2 * time.Minute
)

// maxHeaderBytes is how much a request's line and headers may be, in bytes; net/http adds 4 KB of its own accord.
const maxHeaderBytes = 16 << 10

// NewHTTPServer is a server that serves the handler, with every limit that the site sets its clients.
func NewHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: HeaderTimeout, ReadTimeout: ReadTimeout, WriteTimeout: WriteTimeout,
		IdleTimeout: keepAliveTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
