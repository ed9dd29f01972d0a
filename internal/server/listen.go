package server

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
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

// MaxConnections is how many clients' connections are open at once; others wait to be accepted. An idle connection takes
// 27 KB: with this many, a replica takes some 80 MB more, within the 256 MB of its manifest (deploy/kubernetes/site.yaml).
const MaxConnections = 3000

// Listen limits the connections of a listener to [MaxConnections].
func Listen(listener net.Listener) net.Listener {
	return netutil.LimitListener(listener, MaxConnections)
}

// NewHTTPServer returns a server with the site's limits on connections.
func NewHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: HeaderTimeout, ReadTimeout: ReadTimeout, WriteTimeout: WriteTimeout,
		IdleTimeout: keepAliveTimeout, MaxHeaderBytes: maxHeaderBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
