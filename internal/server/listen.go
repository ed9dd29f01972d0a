package server

import (
	"log/slog"
	"net/http"
	"time"
)

// Timeouts of a client's connection: for the request's headers, for the whole request, for the response, and for the next
// request. A slower client's connection is closed.
const (
	HeaderTimeout    = 3 * time.Second
	ReadTimeout      = 10 * time.Second
	WriteTimeout     = 20 * time.Second
	keepAliveTimeout = 2 * time.Minute
)

// maxHeaderBytes is the size limit of a request's line and headers; net/http adds 4 KB to it.
const maxHeaderBytes = 16 << 10

// NewHTTPServer returns a server with the site's limits on connections.
func NewHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: HeaderTimeout, ReadTimeout: ReadTimeout, WriteTimeout: WriteTimeout,
		IdleTimeout: keepAliveTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
