// Package signin has the sign-in, an OpenID Connect relying party of a bridge to SPID and CIE, and the sessions. It
// identifies people, never decides what they may do, and imports nothing of the application.
package signin

import (
	"net/http"
	"time"
)

// Config has the provider's address and what is requested from it.
type Config struct {
	Issuer       string // compared exactly, never normalised
	AuthURL      string // where sign-in starts; empty: as the provider's discovery says
	ClientID     string
	ClientSecret string
	RedirectURL  string
	Scopes       []string
	MinLevel     int           // minimum SPID level (1 to 3); 0 if the provider sends none
	ClockSkew    time.Duration // accepted difference of the provider's clock
	Claims       string        // the claims' dialect: auto, oneidentity, agid
	HTTPS        bool          // whether the site is on https, for the attempt's cookie
	Timeout      time.Duration // for the provider's response; 0: ten seconds
	Transport    http.RoundTripper
	Now          func() time.Time
}
