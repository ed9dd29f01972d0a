package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/observe"
)

// serve runs the site until the context ends.
func serve(ctx context.Context, env map[string]string, log *slog.Logger, stdout io.Writer) error {
	build := observe.ReadBuild()
	log.Info("start", "version", build.Version, "commit", build.Commit, "date", build.Date, "go", build.Go)
	collectGarbage(env)
	c, err := app.ReadConfig(env)
	if err != nil {
		return err
	}
	provider := c.SignIn()
	provider.Transport, err = connectTo(c.Issuer, c.ConnectTo)
	if err != nil {
		return err
	}
	a, err := app.New(c, provider, c.Mailer(), false, log)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Check(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	if c.Metrics != "" {
		if err := a.ServeMetrics(ctx, c.Metrics); err != nil {
			return err
		}
	}
	return a.Serve(ctx, listener, a.Site, stdout, "Area Riservata: "+c.BaseURL)
}

// connectTo returns a transport that sends requests for the issuer's host to another address: in compose, the browser and
// the application reach the provider by different names. Without an address, it is the default transport.
func connectTo(issuer, address string) (http.RoundTripper, error) {
	if address == "" {
		return http.DefaultTransport, nil
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("OIDC_ISSUER: %w", err)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, to string) (net.Conn, error) {
		if to == host {
			to = address
		}
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}
	return transport, nil
}

// healthcheck asks the running application for its health, because the image has no shell.
func healthcheck(ctx context.Context, env map[string]string) error {
	address := env["LISTEN"]
	if address == "" {
		address = "127.0.0.1:8080"
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
