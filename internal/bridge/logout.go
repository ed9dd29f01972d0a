package bridge

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// endSession redirects to the relying party's address if it is registered, and otherwise shows a page that the person
// is signed out. There is no session to end.
func (p *Provider) endSession(w http.ResponseWriter, r *http.Request) {
	v, err := readParams(r)
	if err != nil || v.repeated() != "" {
		p.refuse(w, http.StatusBadRequest, "La richiesta di uscita è malformata.")
		return
	}
	clientID := v.one("client_id")
	if hint := v.one("id_token_hint"); hint != "" {
		audience, ok := p.hintedClient(hint)
		if !ok || clientID != "" && clientID != audience {
			p.refuse(w, http.StatusBadRequest, "La richiesta di uscita non viene da un accesso fatto qui.")
			return
		}
		clientID = audience
	}
	address := v.one("post_logout_redirect_uri")
	if address == "" {
		p.show(w, http.StatusOK, "message", screen{Title: "Sei uscito", Message: "Puoi chiudere questa pagina."})
		return
	}
	if !slices.Contains(p.clients[clientID].PostLogoutRedirectURIs, address) {
		p.refuse(w, http.StatusBadRequest, "L'indirizzo a cui tornare dopo l'uscita non è tra quelli registrati.")
		return
	}
	more := url.Values{}
	if state := v.one("state"); state != "" {
		more.Set("state", state)
	}
	http.Redirect(w, r, withQuery(address, more), http.StatusSeeOther)
}

// hintedClient reads the audience of an ID Token of this issuer, also of an expired one.
func (p *Provider) hintedClient(idToken string) (string, bool) {
	signed, err := jose.ParseSignedCompact(idToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return "", false
	}
	payload, err := signed.Verify(p.config.Key.Public())
	if err != nil {
		return "", false
	}
	var claims struct {
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Issuer != p.config.Issuer {
		return "", false
	}
	_, known := p.clients[claims.Audience]
	return claims.Audience, known
}
