package bridge

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"regexp"
)

// verifierShape is a code verifier (RFC 7636, 4.1).
var verifierShape = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// token exchanges a code. The code is used up even if redirect address or verifier are wrong.
func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	v, err := readParams(r)
	if err != nil {
		refuseToken(w, protocolError{"invalid_request", "malformed form"})
		return
	}
	if name := v.repeated(); name != "" {
		refuseToken(w, protocolError{"invalid_request", "a parameter is repeated: " + printable(name)})
		return
	}
	client, f := p.authenticate(r, v)
	if f != nil {
		refuseToken(w, *f)
		return
	}
	switch {
	case v.one("grant_type") == "":
		refuseToken(w, protocolError{"invalid_request", "grant_type is missing"})
		return
	case v.one("grant_type") != "authorization_code":
		refuseToken(w, protocolError{"unsupported_grant_type", "only authorization_code"})
		return
	case v.one("code") == "":
		refuseToken(w, protocolError{"invalid_request", "code is missing"})
		return
	}

	g, ok := p.memory.redeemCode(v.one("code"), client.ID, p.config.Now())
	if !ok {
		refuseToken(w, protocolError{"invalid_grant", "the code is unknown, expired or already used"})
		return
	}
	if v.one("redirect_uri") != g.redirectURI {
		refuseToken(w, protocolError{"invalid_grant", "redirect_uri differs from the authorization request's"})
		return
	}
	if verifier := v.one("code_verifier"); !verifierShape.MatchString(verifier) || !isEqual(digest(verifier), g.challenge) {
		refuseToken(w, protocolError{"invalid_grant", "code_verifier does not match the challenge"})
		return
	}
	p.issue(w, g)
}

func (p *Provider) issue(w http.ResponseWriter, g *grant) {
	now := p.config.Now()
	accessToken, err := p.random()
	if err != nil {
		answerJSON(w, http.StatusInternalServerError, map[string]any{"error": "server_error"})
		return
	}
	idToken, err := p.idToken(g, accessToken, now)
	if err != nil || !p.memory.addBearer(accessToken, g, now) {
		answerJSON(w, http.StatusInternalServerError, map[string]any{"error": "server_error"})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{
		"access_token": accessToken,
		"token_type":   "Bearer",
		"expires_in":   int(tokenLife.Seconds()),
		"scope":        "openid",
		"id_token":     idToken,
	})
}

// authenticate reads the client's secret from the Authorization header, where both parts are form-encoded (RFC 6749,
// 2.3.1), or from the body. Both together are an error.
func (p *Provider) authenticate(r *http.Request, v params) (Client, *protocolError) {
	id, secret := v.one("client_id"), v.one("client_secret")
	if r.Header.Get("Authorization") != "" {
		user, password, ok := r.BasicAuth()
		decodedID, errID := url.QueryUnescape(user)
		decodedSecret, errSecret := url.QueryUnescape(password)
		if !ok || errID != nil || errSecret != nil {
			return Client{}, &protocolError{"invalid_client", "the Authorization header is not a well-formed Basic one"}
		}
		if secret != "" || id != "" && id != decodedID {
			return Client{}, &protocolError{"invalid_request", "the client is identified twice"}
		}
		id, secret = decodedID, decodedSecret
	}
	client, known := p.clients[id]
	if !isEqual(secret, client.Secret) || !known {
		return Client{}, &protocolError{"invalid_client", "unknown client or wrong secret"}
	}
	return client, nil
}

// isEqual compares secrets in a time that depends neither on the first difference nor on their lengths.
func isEqual(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(digest(a)), []byte(digest(b))) == 1
}

func refuseToken(w http.ResponseWriter, f protocolError) {
	status := http.StatusBadRequest
	if f.code == "invalid_client" {
		status = http.StatusUnauthorized
		w.Header().Set("WWW-Authenticate", `Basic realm="token", charset="UTF-8"`)
	}
	answerJSON(w, status, map[string]any{"error": f.code, "error_description": f.description})
}
