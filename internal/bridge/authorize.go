package bridge

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// authorize opens an attempt and redirects to its screens. Errors are shown on a page until client and redirect
// address are validated; from then on they are sent to the relying party.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	v, err := readParams(r)
	if err != nil {
		p.refuse(w, http.StatusBadRequest, "La richiesta di accesso è malformata.")
		return
	}
	client, known := p.clients[v.one("client_id")]
	if !known {
		p.refuse(w, http.StatusBadRequest, "Il servizio che chiede l'accesso non è tra quelli registrati.")
		return
	}
	redirectURI := v.one("redirect_uri")
	if !slices.Contains(client.RedirectURIs, redirectURI) {
		p.refuse(w, http.StatusBadRequest, "L'indirizzo a cui tornare dopo l'accesso non è tra quelli registrati.")
		return
	}
	a := attempt{
		clientID: client.ID, redirectURI: redirectURI,
		state: v.one("state"), nonce: v.one("nonce"), challenge: v.one("code_challenge"),
	}
	if f := checkAuthorization(v); f != nil {
		p.sendFault(w, r, a, *f)
		return
	}

	screen := "/login/scheme"
	if person, ok := p.identity(hintedFiscalCode(v.one("login_hint"))); ok {
		a.scheme, a.fiscalCode = schemeSPID, person.FiscalCode
		screen = "/login/consent"
	}
	id, err := p.random()
	if err != nil {
		p.sendFault(w, r, a, protocolError{"server_error", "no randomness"})
		return
	}
	if !p.memory.openAttempt(id, a, p.config.Now()) {
		p.sendFault(w, r, a, protocolError{"temporarily_unavailable", "too many sign-ins under way"})
		return
	}
	p.redirectToScreen(w, r, screen, id)
}

// challengeShape is a SHA-256 digest in base64url (RFC 7636, 4.2).
var challengeShape = regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`)

func checkAuthorization(v params) *protocolError {
	if name := v.repeated(); name != "" {
		return &protocolError{"invalid_request", "a parameter is repeated: " + printable(name)}
	}
	switch prompt := strings.Fields(v.one("prompt")); {
	case v.one("request") != "":
		return &protocolError{"request_not_supported", "request objects are not supported"}
	case v.one("request_uri") != "":
		return &protocolError{"request_uri_not_supported", "request objects are not supported"}
	case v.one("registration") != "":
		return &protocolError{"registration_not_supported", "clients are registered beforehand"}
	case v.one("response_type") == "":
		return &protocolError{"invalid_request", "response_type is missing"}
	case v.one("response_type") != "code":
		return &protocolError{"unsupported_response_type", "only response_type=code"}
	case v.one("response_mode") != "" && v.one("response_mode") != "query":
		return &protocolError{"invalid_request", "only response_mode=query"}
	case !slices.Contains(strings.Fields(v.one("scope")), "openid"):
		return &protocolError{"invalid_scope", "scope lacks openid"}
	case v.one("code_challenge_method") != "S256": // absent means plain
		return &protocolError{"invalid_request", "code_challenge_method must be S256"}
	case !challengeShape.MatchString(v.one("code_challenge")):
		return &protocolError{"invalid_request", "code_challenge must be 43 characters of base64url"}
	case slices.Contains(prompt, "none") && len(prompt) > 1:
		return &protocolError{"invalid_request", "prompt=none excludes other values"}
	case slices.Contains(prompt, "none"):
		return &protocolError{"login_required", "there is no session: the person must choose"}
	}
	return nil
}

// hintedFiscalCode normalises a fiscal code, which may have the claims' prefix.
func hintedFiscalCode(hint string) string {
	return strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(hint)), fiscalCodePrefix)
}

// printable replaces the characters that an error_description may not contain (RFC 6749, 4.1.2.1).
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, s)
}

func (p *Provider) sendFault(w http.ResponseWriter, r *http.Request, a attempt, f protocolError) {
	p.sendBack(w, r, a, url.Values{"error": {f.code}, "error_description": {f.description}})
}

// sendBack redirects the browser to the relying party with the answer, the state and the issuer (RFC 9207).
func (p *Provider) sendBack(w http.ResponseWriter, r *http.Request, a attempt, answer url.Values) {
	answer.Set("iss", p.config.Issuer)
	if a.state != "" {
		answer.Set("state", a.state)
	}
	http.Redirect(w, r, withQuery(a.redirectURI, answer), http.StatusSeeOther)
}

// withQuery adds parameters to an address. An existing query stays as it is.
func withQuery(address string, more url.Values) string {
	switch {
	case len(more) == 0:
		return address
	case strings.Contains(address, "?"):
		return address + "&" + more.Encode()
	default:
		return address + "?" + more.Encode()
	}
}
