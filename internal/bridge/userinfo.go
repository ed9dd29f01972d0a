package bridge

import (
	"net/http"
	"strings"
)

// userinfo returns the attributes as JSON. The token is in the Authorization header or a POST's form (RFC 6750), never
// in the address.
func (p *Provider) userinfo(w http.ResponseWriter, r *http.Request) {
	var tokens []string
	if header := r.Header.Get("Authorization"); header != "" {
		kind, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(kind, "Bearer") {
			token = ""
		}
		tokens = append(tokens, strings.TrimSpace(token))
	}
	if r.Method == http.MethodPost {
		v, err := readParams(r)
		if err != nil {
			refuseBearer(w, http.StatusBadRequest, "invalid_request")
			return
		}
		tokens = append(tokens, v["access_token"]...)
	}
	switch len(tokens) {
	case 0:
		refuseBearer(w, http.StatusUnauthorized, "")
		return
	case 1:
	default:
		refuseBearer(w, http.StatusBadRequest, "invalid_request")
		return
	}
	g, ok := p.memory.findGrant(tokens[0], p.config.Now())
	if !ok {
		refuseBearer(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	answer := attributes(g.person)
	answer["sub"] = g.subject
	answerJSON(w, http.StatusOK, answer)
}

func refuseBearer(w http.ResponseWriter, status int, code string) {
	challenge := `Bearer realm="userinfo"`
	if code != "" {
		challenge += `, error="` + code + `"`
	}
	w.Header().Set("WWW-Authenticate", challenge)
	w.WriteHeader(status)
}
