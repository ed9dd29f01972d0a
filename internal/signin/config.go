// Package signin is the way in: an OpenID Connect relying party in front of a bridge to SPID and CIE, and the sessions of
// those who came through. It says who somebody is, never what they may do, and knows nothing of the rest of the application.
package signin

import (
	"net/http"
	"time"
)

// Config is how the provider is reached and what is asked of it.
type Config struct {
	Issuer       string // exact: it is compared, never normalised
	AuthURL      string // where sign-in starts, if not where the provider's discovery says
	ClientID     string
	ClientSecret string
	RedirectURL  string
	Scopes       []string
	MinLevel     int           // the least SPID level (1 to 3); 0 where the provider gives none
	ClockSkew    time.Duration // how far the provider's clock may be off
	Claims       string        // which names of claims to look for: auto, oneidentity, agid
	HTTPS        bool          // our own site's scheme, for the attempt's cookie
	Timeout      time.Duration // how long the provider may take to answer; 0: ten seconds
	Transport    http.RoundTripper
	Now          func() time.Time
}
