// Command spidbridge runs the OIDC bridge that stands in for SPID and CIE as a process of its own. Its pages let any
// visitor sign in as any test identity: it is for demos and tests, and refuses to start in production.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"areariservata.example/utenti/internal/bridge"
)

const usage = `spidbridge stands in for SPID and CIE, in demos and tests only. It is configured by the environment:

  BRIDGE_ISSUER                     address as the browser sees it; its path is where the pages are
  BRIDGE_CLIENT_ID                  the relying party
  BRIDGE_CLIENT_SECRET              its secret, or BRIDGE_CLIENT_SECRET_FILE
  BRIDGE_REDIRECT_URIS              where sign-in may return to, separated by commas
  BRIDGE_POST_LOGOUT_REDIRECT_URIS  where sign-out may return to (optional)
  BRIDGE_IDENTITIES                 JSON file: [{"fiscalCode", "firstName", "lastName", "note"}]
  BRIDGE_KEY_FILE                   RSA private key in PEM (optional: a new one at each start)
  BRIDGE_LISTEN                     address to listen on (127.0.0.1:8090)
  APP_ENV                           must be "development"
`

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Getenv, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\n\n%s", err, usage)
		os.Exit(1)
	}
}

// run serves until ctx ends. The error contains all faults of the configuration.
func run(ctx context.Context, getenv func(string) string, logs io.Writer) error {
	settings, faults := readSettings(getenv)
	provider, err := bridge.New(settings.bridge)
	if err := errors.Join(faults, err); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", settings.listen)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewJSONHandler(logs, nil))
	log.Info("stand-in identity provider: not for production", "listen", listener.Addr().String(), "issuer", settings.bridge.Issuer)
	return serve(ctx, listener, provider)
}

func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    32 << 10,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Current requests get ten seconds.
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return server.Shutdown(ending)
}
