package attack_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/test/site"
)

func tokenAttacks() []attack {
	return []attack{
		{"The token has no nonce.", generic, withClaim("nonce", nil)},
		{"The token has another nonce.", generic, withClaim("nonce", strings.Repeat("A", 43))},
		{"The token is of an earlier sign-in.", generic, func(f *attackSite) site.Page {
			var earlier []byte
			f.override(exchange, func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
				if earlier == nil {
					earlier = slices.Clone(good.Body.Bytes())
				}
				good.Body = bytes.NewBuffer(earlier)
				send(w, good)
			})
			f.signIn()
			f.victim.Post("/logout", nil)
			return f.signIn()
		}},
		{"There is no token.", generic, withAnswer(exchange, func(answer map[string]any) { delete(answer, "id_token") })},
		{"The token is for another audience.", generic, withClaim("aud", "another")},
		{"The token is for no audience.", generic, withClaim("aud", nil)},
		{"The token is for several audiences, and doesn't say who asked.", generic, withClaim("aud", []string{site.ClientID, "another"})},
		{
			"The token is for several audiences, and another asked.",
			generic,
			claims(func(c map[string]any) { c["aud"], c["azp"] = []string{site.ClientID, "another"}, "another" }),
		},
		{
			"The token is for several audiences, and we asked.",
			in,
			claims(func(c map[string]any) { c["aud"], c["azp"] = []string{site.ClientID, "another"}, site.ClientID }),
		},
		{"The token is for us, and another asked.", generic, withClaim("azp", "another")},
		{"The token has another issuer.", generic, withClaim("iss", "https://elsewhere.example")},
		{"The token expired longer ago than the clocks may differ.", generic, withTimeClaim("exp", 90*time.Second)},
		{"The token expired no longer ago than the clocks may differ.", in, withTimeClaim("exp", 30*time.Second)},
		{"The token never expires.", generic, withClaim("exp", nil)},
		{"The token was made further in the future than the clocks may differ.", generic, withTimeClaim("iat", -90*time.Second)},
		{"The token was made no further in the future than the clocks may differ.", in, withTimeClaim("iat", -30*time.Second)},
		{"The token doesn't say when it was made.", generic, withClaim("iat", nil)},
		{"The token will be good later than the clocks may differ.", generic, withTimeClaim("nbf", -90*time.Second)},
		{
			"The same, with a text instead of a number.",
			generic,
			claims(func(c map[string]any) { c["nbf"] = strconv.FormatInt(ago(-90*time.Second), 10) }),
		},
		{"The token will be good no later than the clocks may differ.", in, withTimeClaim("nbf", -30*time.Second)},
		{"The token says in words from when it is good.", generic, withClaim("nbf", "tomorrow")},
		{"The token belongs to another access token.", generic, withClaim("at_hash", strings.Repeat("A", 22))},
	}
}

func keyAttacks() []attack {
	mine, attackers := signingKeys()[0], signingKeys()[1]
	public, err := x509.MarshalPKIXPublicKey(mine.Public())
	if err != nil {
		panic(err)
	}
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})
	return []attack{
		{"The token has no signature (alg none).", generic, withoutTokenHash(withAnswer(exchange, func(answer map[string]any) {
			payload := strings.Split(answer["id_token"].(string), ".")[1]
			answer["id_token"] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + payload + "."
		}))},
		{"The token is signed with the public key as a secret (HS256, PEM).", generic, withoutTokenHash(signed(jose.HS256, asPEM, ""))},
		{"The token is signed with the public key as a secret (HS256, DER).", generic, withoutTokenHash(signed(jose.HS256, public, ""))},
		{
			"The token is signed with the client's secret (HS256).",
			generic,
			withoutTokenHash(signed(jose.HS256, []byte(site.ClientSecret+strings.Repeat(" ", 32)), "")),
		},
		{"The token is signed with another key under the provider's name.", generic, signed(jose.RS256, attackers, "")},
		{"The token is signed with an unknown key: the keys are fetched once more, not oftener.", generic, func(f *attackSite) site.Page {
			f.signIn()
			f.victim.Post("/logout", nil)
			p := signed(jose.RS256, attackers, "unknown")(f)
			f.want(keySet, 2)
			return p
		}},
		{"The provider's keys have changed: the new ones are fetched, once.", in, func(f *attackSite) site.Page {
			f.signIn()
			f.victim.Post("/logout", nil)
			renewed := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: attackers.Public(), KeyID: "renewed", Algorithm: "RS256", Use: "sig"}}}
			f.rewrite(keySet, func(set map[string]any) { set["keys"] = renewed.Keys })
			f.rewrite(exchange, func(answer map[string]any) {
				answer["id_token"] = sign(answer["id_token"].(string), jose.RS256, attackers, "renewed")
			})
			for range 2 {
				f.signIn()
				f.victim.Post("/logout", nil)
			}
			p := f.signIn()
			f.want(keySet, 2)
			return p
		}},
		{"The provider's key is padded, with a zero in front, as OneIdentity's.", in, withAnswer(keySet, func(set map[string]any) {
			key := set["keys"].([]any)[0].(map[string]any)
			key["n"] = base64.URLEncoding.EncodeToString(append([]byte{0}, mine.N.Bytes()...))
			key["e"] = base64.URLEncoding.EncodeToString([]byte{0, 1, 0, 1})
		})},
		{"The provider's key set holds no key.", generic, withAnswer(keySet, func(set map[string]any) { set["keys"] = []any{} })},
	}
}

func claimAttacks() []attack {
	const code = "https://attributes.eid.gov.it/fiscal_number"
	rows := []attack{
		{"The token says no level.", level, withClaim("acr", nil)},
		{"The token says an empty level.", level, withClaim("acr", "")},
		{"The token says a level below ours.", level, withClaim("acr", "https://www.spid.gov.it/SpidL1")},
		{"The token has an unknown level.", level, withClaim("acr", "https://www.spid.gov.it/SpidL22")},
		{"The token says its level as a number.", level, withClaim("acr", 2)},
		{"The token says a higher level than ours.", in, withClaim("acr", "https://www.spid.gov.it/SpidL3")},
		{"Userinfo is about another person.", generic, withUserinfo(func(c map[string]any) { c["sub"] = "another person" })},
		{"Userinfo has no subject.", generic, withUserinfo(func(c map[string]any) { delete(c, "sub") })},
		{"Userinfo says the level that the token doesn't.", level, func(f *attackSite) site.Page {
			f.rewrite(userinfo, func(c map[string]any) { c["acr"] = bridge.Level2 })
			return claims(func(c map[string]any) { delete(c, "acr"); removePerson(c) })(f)
		}},
		{"Userinfo says all that the token doesn't.", in, withUserinfo(func(map[string]any) {})},
	}
	for name, row := range map[string]struct {
		change func(code string) any
		ends   string
	}{
		"in small letters":          {func(code string) any { return "tinit-" + strings.ToLower(code) }, in},
		"without TINIT-":            {func(code string) any { return code }, in},
		"with TINIT- twice":         {func(code string) any { return "TINIT-TINIT-" + code }, identity},
		"another country's":         {func(code string) any { return "TINDE-" + code }, identity},
		"a company's eleven digits": {func(string) any { return "TINIT-01234567890" }, identity},
		"missing":                   {func(string) any { return nil }, identity},
		"empty":                     {func(string) any { return "" }, identity},
		"a number":                  {func(string) any { return 1234567890123456 }, identity},
		"a list":                    {func(code string) any { return []string{code} }, identity},
		"cut short":                 {func(code string) any { return code[:15] }, identity},
		"followed by something":     {func(code string) any { return code + "\nX" }, identity},
		"in full-width letters":     {func(code string) any { return "\uff21" + code[1:] }, identity},
	} {
		rows = append(rows, attack{"The fiscal code is " + name + ".", row.ends, func(f *attackSite) site.Page {
			f.rewrite(userinfo, func(c map[string]any) { delete(c, code); delete(c, "fiscalNumber") })
			return claims(func(c map[string]any) {
				delete(c, "fiscalNumber")
				if c[code] = row.change(strings.TrimPrefix(c[code].(string), "TINIT-")); c[code] == nil {
					delete(c, code)
				}
			})(f)
		}})
	}
	return rows
}

func providerFaults() []attack {
	rows := []attack{
		{"The provider was down, and is up again: three seconds later all is well.", in, func(f *attackSite) site.Page {
			f.override(discovery, brokenAnswers()["refuses the connection"])
			if p := f.signIn(); p.URL.Path != unavailable {
				f.T.Errorf("down: %s", p.URL)
			}
			f.override(discovery, nil)
			f.clockOffset.Store(int64(3 * time.Second))
			return f.signIn()
		}},
		{"The provider was down when the person came back, and is up again: signing in works at once.", in, func(f *attackSite) site.Page {
			reply := f.reply(f.victim, "/", "Anna Bianchi")
			f.override(exchange, brokenAnswers()["refuses the connection"])
			if p := f.victim.Get(reply.String()); p.URL.Path != unavailable {
				f.T.Errorf("down: %s", p.URL)
			}
			f.override(exchange, nil)
			return f.signIn()
		}},
		{
			"The provider says that it is another.",
			unavailable,
			withAnswer(discovery, func(d map[string]any) { d["issuer"] = "https://elsewhere.example" }),
		},
		{"The provider refuses the code, and says of whom it was.", generic, func(f *attackSite) site.Page {
			f.override(exchange, withLeakyError(f, http.StatusBadRequest))
			return f.signIn()
		}},
		{"The provider answers 200 with an error, and says of whom it was.", generic, func(f *attackSite) site.Page {
			f.override(exchange, withLeakyError(f, http.StatusOK))
			return f.signIn()
		}},
	}
	for _, path := range []string{discovery, keySet, exchange, userinfo} {
		for name, fault := range brokenAnswers() {
			rows = append(rows, attack{"The provider's " + path + " " + name + ".", unavailable, func(f *attackSite) site.Page {
				f.override(path, fault)
				return claims(removePerson)(f) // so that userinfo is requested too
			}})
		}
		rows = append(rows, attack{"The provider's " + path + " fails, and says of whom it was.", unavailable, func(f *attackSite) site.Page {
			f.override(path, withLeakyError(f, http.StatusInternalServerError))
			return claims(removePerson)(f)
		}})
	}
	return rows
}
