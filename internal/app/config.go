package app

import (
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
)

// Config is the whole configuration of `serve`. Secrets can be given in files: NAME_FILE instead of NAME.
type Config struct {
	Env     string `env:"APP_ENV" envDefault:"production"`
	Listen  string `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	BaseURL string `env:"BASE_URL"`
	Metrics string `env:"METRICS_LISTEN"`

	Drain time.Duration `env:"DRAIN_TIME" envDefault:"5s"`

	DatabaseURL string `env:"DATABASE_URL"`

	SlowQuery time.Duration `env:"SLOW_QUERY" envDefault:"200ms"` // 0: none is logged as slow

	Collector  string  `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	TraceShare float64 `env:"TRACE_SHARE" envDefault:"0.1"`

	FindKey string `env:"FISCAL_CODE_FIND_KEY"`
	SealKey string `env:"FISCAL_CODE_SEAL_KEY"`

	Issuer       string        `env:"OIDC_ISSUER"`
	AuthURL      string        `env:"OIDC_AUTH_URL"`
	ClientID     string        `env:"OIDC_CLIENT_ID"`
	ClientSecret string        `env:"OIDC_CLIENT_SECRET"`
	Scopes       []string      `env:"OIDC_SCOPES" envDefault:"openid" envSeparator:" "`
	MinLevel     int           `env:"OIDC_MIN_LEVEL" envDefault:"2"`
	ClockSkew    time.Duration `env:"OIDC_CLOCK_SKEW" envDefault:"60s"`
	Claims       string        `env:"OIDC_CLAIMS" envDefault:"auto"`
	ConnectTo    string        `env:"OIDC_CONNECT_TO"`

	MailFrom     string `env:"MAIL_FROM"`
	SMTPAddress  string `env:"SMTP_ADDRESS"`
	SMTPUser     string `env:"SMTP_USER"`
	SMTPPassword string `env:"SMTP_PASSWORD"`
	SMTPTLS      string `env:"SMTP_TLS" envDefault:"starttls"`

	LogYears int `env:"LOG_RETENTION_YEARS" envDefault:"5"` // of the names in the audit log

	Proxies []string `env:"TRUSTED_PROXIES"`

	ChangesPerMinute int `env:"CHANGES_PER_MINUTE" envDefault:"60"` // of a person; 0: no limit

	Manual      string `env:"MANUAL_URL"`
	Assistance  string `env:"ASSISTANCE_URL"`
	Declaration string `env:"ACCESSIBILITY_DECLARATION_URL"`
	Feedback    string `env:"ACCESSIBILITY_EMAIL"`
	Privacy     string `env:"PRIVACY_EMAIL"`
}

// maxLogYears bounds the retention of the names in the audit log.
const maxLogYears = 100

// LogRetention reads for how many years the audit log names removed users (rule P7), for a command that reads nothing
// else of the configuration.
func LogRetention(environment map[string]string) (years int, err error) {
	var c struct {
		Years int `env:"LOG_RETENTION_YEARS" envDefault:"5"`
	}
	if err := env.ParseWithOptions(&c, env.Options{Environment: environment}); err != nil {
		return 0, err
	}
	if c.Years < 1 || c.Years > maxLogYears {
		return 0, fmt.Errorf("LOG_RETENTION_YEARS: %d is not between 1 and %d", c.Years, maxLogYears)
	}
	return c.Years, nil
}

// secrets are the variables that a file can hold.
var secrets = []string{
	"DATABASE_URL", "MIGRATIONS_DATABASE_URL", "FISCAL_CODE_FIND_KEY", "FISCAL_CODE_SEAL_KEY", "OIDC_CLIENT_SECRET",
	"SMTP_PASSWORD",
}

// ReadConfig reads the environment and reports all faults.
func ReadConfig(environment map[string]string) (Config, error) {
	var c Config
	environment, err := WithFiles(environment)
	if err != nil {
		return c, err
	}
	unread := env.ParseWithOptions(&c, env.Options{Environment: environment})
	if c.BaseURL == "" {
		c.BaseURL = "http://" + c.Listen
	}
	return c, errors.Join(append([]error{unread}, c.faults()...)...)
}

// WithFiles adds the secrets that files hold to the environment.
func WithFiles(environment map[string]string) (map[string]string, error) {
	all := map[string]string{}
	maps.Copy(all, environment)
	var faults []error
	for _, name := range secrets {
		file := all[name+"_FILE"]
		if file == "" {
			continue
		}
		if all[name] != "" {
			faults = append(faults, fmt.Errorf("%s and %s_FILE are both set", name, name))
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s_FILE: %w", name, err))
			continue
		}
		all[name] = strings.TrimSpace(string(content))
	}
	return all, errors.Join(faults...)
}

func (c Config) production() bool { return c.Env == "production" }

// Values of compose.yaml and the documentation, for demos. Production refuses them.
const (
	DemoSecret  = "demo-secret-not-for-production"
	DemoFindKey = "0101010101010101010101010101010101010101010101010101010101010101"
	DemoSealKey = "0202020202020202020202020202020202020202020202020202020202020202"
)

// Keys returns the two keys of fiscal codes, which are configured as 64 hexadecimal digits each.
func (c Config) Keys() (store.Keys, error) {
	find, err1 := hex.DecodeString(c.FindKey)
	seal, err2 := hex.DecodeString(c.SealKey)
	keys, err3 := store.NewKeys(find, seal)
	if err := errors.Join(err1, err2, err3); err != nil { // the value is a secret: do not repeat it
		return store.Keys{}, fmt.Errorf(
			"FISCAL_CODE_FIND_KEY, FISCAL_CODE_SEAL_KEY: two different keys of %d hexadecimal digits each (openssl rand -hex %d)",
			2*store.KeySize, store.KeySize)
	}
	return keys, nil
}

// isPrivateConnection reports whether no third party can read the connection to the database or impersonate it: a socket
// or an address of this machine, or TLS that verifies the server's name, without fallbacks.
func isPrivateConnection(database string) bool {
	c, err := pgconn.ParseConfig(database)
	if err != nil {
		return false
	}
	safe := func(host string, tls *tls.Config) bool {
		return strings.HasPrefix(host, "/") || IsLoopback(host) || (tls != nil && !tls.InsecureSkipVerify && tls.ServerName != "")
	}
	for _, f := range c.Fallbacks {
		if !safe(f.Host, f.TLSConfig) {
			return false
		}
	}
	return safe(c.Host, c.TLSConfig)
}

// IsLoopback reports whether a host is this machine, as browsers resolve it.
func IsLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (err == nil && address.IsLoopback())
}

func (c Config) https() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// limits are far above the use of a person, and far below what harvests data. Many users of a public body sign in from one
// address at eight in the morning. Each change asks for a confirmation, so that a person makes at most some twenty a
// minute; lists and files change many users with one form.
func (c Config) limits() server.Limits {
	return server.Limits{SignIns: 600, Searches: 180, Files: 20, Changes: c.ChangesPerMinute, Profiles: 60}
}

func (c Config) site(demo bool) server.Config {
	return server.Config{
		HTTPS: c.https(), BaseURL: c.BaseURL, Manual: c.Manual, Assistance: c.Assistance,
		Declaration: c.Declaration, Feedback: c.Feedback, Privacy: c.Privacy, LogYears: c.LogYears,
		Demo: demo, Limits: c.limits(), Proxies: c.Proxies,
	}
}

// SignIn is the configuration of package signin.
func (c Config) SignIn() signin.Config {
	return signin.Config{
		Issuer: c.Issuer, AuthURL: c.AuthURL, ClientID: c.ClientID, ClientSecret: c.ClientSecret,
		RedirectURL: c.BaseURL + "/login/callback", Scopes: c.Scopes, MinLevel: c.MinLevel, ClockSkew: c.ClockSkew,
		Claims: c.Claims, HTTPS: c.https(), Now: time.Now,
	}
}
