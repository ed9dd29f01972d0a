package bridge

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	at := func(path string) string { return p.config.Issuer + path }
	answerJSON(w, http.StatusOK, map[string]any{
		"issuer":                                p.config.Issuer,
		"authorization_endpoint":                at("/authorize"),
		"token_endpoint":                        at("/token"),
		"userinfo_endpoint":                     at("/userinfo"),
		"jwks_uri":                              at("/jwks"),
		"end_session_endpoint":                  at("/end-session"),
		"scopes_supported":                      []string{"openid"},
		"response_types_supported":              []string{"code"},
		"response_modes_supported":              []string{"query"},
		"grant_types_supported":                 []string{"authorization_code"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{string(jose.RS256)},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"},
		"acr_values_supported":                  []string{Level2},
		"claims_supported": []string{
			"sub", "acr", "auth_time", claimFiscalNumber, claimName, claimFamilyName,
			claimEIDFiscalNumber, claimGivenName, claimEIDFamilyName,
		},
		"ui_locales_supported":                           []string{"it"},
		"claims_parameter_supported":                     false,
		"request_parameter_supported":                    false,
		"request_uri_parameter_supported":                false,
		"authorization_response_iss_parameter_supported": true,
	})
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	answerJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: p.config.Key.Public(), KeyID: p.keyID, Algorithm: string(jose.RS256), Use: "sig"},
	}})
}

func answerJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // fails only if the client left
}
