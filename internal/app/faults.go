package app

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
)

// faults are all faults of the configuration: missing, invalid, or unsafe in production.
func (c Config) faults() []error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	base, err := url.Parse(c.BaseURL)
	fault(c.Env != "production" && c.Env != "development", "APP_ENV: %q is neither production nor development", c.Env)
	fault(err == nil && base.User != nil, "BASE_URL: an address without a user and a password")
	fault(err != nil || base.Host == "" || base.Path != "" || (base.Scheme != "http" && base.Scheme != "https"),
		"BASE_URL: %q is not the address of a site, such as https://utenti.example.it", c.BaseURL)
	fault(c.DatabaseURL == "", "DATABASE_URL is missing")
	_, err = pgconn.ParseConfig(c.DatabaseURL) // the error would repeat parts of the value, which is a secret
	fault(c.DatabaseURL != "" && err != nil,
		"DATABASE_URL is not the address of a database, such as postgres://user@host/areariservata?sslmode=verify-full")
	if _, err := c.Keys(); err != nil {
		faults = append(faults, err)
	}
	fault(c.ClientID == "", "OIDC_CLIENT_ID is missing")
	fault(c.ClientSecret == "", "OIDC_CLIENT_SECRET is missing")
	fault(c.Drain < 0 || c.Drain > time.Minute, "DRAIN_TIME: %s is not between 0 and a minute", c.Drain)
	fault(c.SlowQuery < 0 || c.SlowQuery > time.Minute, "SLOW_QUERY: %s is not between 0 and a minute", c.SlowQuery)
	fault(c.LogYears < 1 || c.LogYears > maxLogYears, "LOG_RETENTION_YEARS: %d is not between 1 and %d", c.LogYears, maxLogYears)
	collector, err := url.Parse(c.Collector)
	fault(c.Collector != "" && (err != nil || collector.Host == "" || (collector.Scheme != "http" && collector.Scheme != "https")),
		"OTEL_EXPORTER_OTLP_ENDPOINT: %q is not the address of a collector, such as http://127.0.0.1:4318", c.Collector)
	fault(!(c.TraceShare >= 0 && c.TraceShare <= 1), "TRACE_SHARE: %g is not between 0 and 1", c.TraceShare)
	fault(c.ChangesPerMinute < 0, "CHANGES_PER_MINUTE: %d is less than 0", c.ChangesPerMinute)
	fault(c.MinLevel < 0 || c.MinLevel > 3, "OIDC_MIN_LEVEL: %d is not 0, 1, 2 or 3", c.MinLevel)
	fault(c.ClockSkew < 0 || c.ClockSkew > 5*time.Minute, "OIDC_CLOCK_SKEW: %s is not between 0 and 5 minutes", c.ClockSkew)
	fault(!signin.IsKnownDialect(c.Claims), "OIDC_CLAIMS: %q is none of auto, oneidentity, agid", c.Claims)
	issuer, err := url.Parse(c.Issuer)
	fault(c.Issuer == "" || err != nil || issuer.Host == "", "OIDC_ISSUER: %q is not an address", c.Issuer)
	auth, err := url.Parse(c.AuthURL)
	fault(c.AuthURL != "" && (err != nil || auth.Host == ""), "OIDC_AUTH_URL: %q is not an address", c.AuthURL)
	for name, link := range map[string]string{"MANUAL_URL": c.Manual, "ASSISTANCE_URL": c.Assistance} {
		u, err := url.Parse(link)
		fault(link != "" && (err != nil || (u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "mailto")),
			"%s: %q is not an address", name, link)
	}
	declaration, err := url.Parse(c.Declaration)
	fault(c.Declaration != "" && (err != nil || declaration.Scheme != "https" || declaration.Host == ""),
		"ACCESSIBILITY_DECLARATION_URL: %q is not an https address, such as https://form.agid.gov.it/view/...", c.Declaration)
	for name, address := range map[string]string{"ACCESSIBILITY_EMAIL": c.Feedback, "PRIVACY_EMAIL": c.Privacy} {
		_, err := mail.ParseAddress(address)
		fault(address != "" && err != nil, "%s: %q is not an e-mail address", name, address)
	}
	for _, network := range c.Proxies {
		_, err := netip.ParsePrefix(network)
		fault(err != nil, "TRUSTED_PROXIES: %q is not a network such as 10.0.0.0/8", network)
	}
	c.mailFaults(fault)
	if err := errors.Join(faults...); err != nil {
		return faults // the checks below need valid addresses
	}
	fault(issuer.Scheme != "https" && !IsLoopback(issuer.Hostname()), "OIDC_ISSUER: %s: http only on this machine", c.Issuer)
	fault(c.AuthURL != "" && auth.Scheme != "https" && !IsLoopback(auth.Hostname()),
		"OIDC_AUTH_URL: %s: http only on this machine", c.AuthURL)
	if c.production() {
		c.productionFaults(fault, base, issuer, auth)
	}
	return faults
}

// productionFaults are the settings that only demos may have.
func (c Config) productionFaults(fault func(wrong bool, format string, args ...any), base, issuer, auth *url.URL) {
	fault(!isPrivateConnection(c.DatabaseURL), "DATABASE_URL: another machine's database needs sslmode=verify-full in production")
	fault(base.Scheme != "https", "BASE_URL: %s: production needs https", c.BaseURL)
	fault(issuer.Scheme != "https", "OIDC_ISSUER: %s: production needs https", c.Issuer)
	fault(c.ConnectTo != "", "OIDC_CONNECT_TO is for demos: production connects to the issuer by its own address")
	fault(c.ChangesPerMinute == 0, "CHANGES_PER_MINUTE: production needs a limit")
	fault(c.MinLevel < 2, "OIDC_MIN_LEVEL: %d: production needs at least SPID level 2", c.MinLevel)
	fault(len(c.ClientSecret) < 16 || c.ClientSecret == DemoSecret, "OIDC_CLIENT_SECRET: production needs its own, of at least 16 characters")
	for name, key := range map[string]string{"FISCAL_CODE_FIND_KEY": c.FindKey, "FISCAL_CODE_SEAL_KEY": c.SealKey} {
		fault(!isRandom(key), "%s: production needs a key of its own, a random one (openssl rand -hex %d)", name, store.KeySize)
	}
	fault(c.AuthURL != "" && auth.Scheme != "https", "OIDC_AUTH_URL: %s: production needs https", c.AuthURL)
	for _, network := range c.Proxies {
		prefix, _ := netip.ParsePrefix(network) // valid, or faults would have ended before
		fault(isTooWide(prefix), "TRUSTED_PROXIES: %s: production needs the network of its own proxies, which is smaller", network)
	}
}

// leastBytes is how many different bytes a random key has at least. Of 32 random bytes, fewer differ once in 10^15 times.
const leastBytes = 16

// isRandom reports whether a key, in hexadecimal digits, can be the result of a random generator: zeros, a short pattern
// repeated, and the demo's keys cannot.
func isRandom(key string) bool {
	content, err := hex.DecodeString(key)
	slices.Sort(content)
	return err == nil && len(slices.Compact(content)) >= leastBytes
}

// isTooWide reports whether a network cannot be that of an institution's own proxies. Each address in it could pretend to
// be any client. The largest private networks are 10.0.0.0/8 and those of IPv6 with 48 bits.
func isTooWide(network netip.Prefix) bool {
	if network.Addr().Is4() {
		return network.Bits() < 8
	}
	return network.Bits() < 32
}
