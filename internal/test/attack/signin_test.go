package attack_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// The address at which an attack ends.
const (
	in          = "" // signed in, on a page of the site
	expired     = "/login/error/expired"
	generic     = "/login/error/generic"
	level       = "/login/error/level"
	identity    = "/login/error/identity"
	unavailable = "/login/error/unavailable"
	login       = "/login"
)

var statuses = map[string]int{
	login: http.StatusOK, expired: http.StatusBadRequest, generic: http.StatusBadRequest, level: http.StatusForbidden,
	identity: http.StatusForbidden, unavailable: http.StatusServiceUnavailable, "/login/error/25": http.StatusForbidden,
}

type attack struct {
	name string // a sentence that describes the attack
	ends string
	does attackStep
}

// attacks are all attacks on signing in, each with the page where it ends: an error page, or a page of the site if
// the fault is tolerated. Everything goes over HTTP, through the site's routes, with a provider that misbehaves as
// the row says. Package signin tests its functions in detail, package bridge its own refusals.
func attacks() map[string][]attack {
	return map[string][]attack{
		"the reply": stateAttacks(), "the code": codeAttacks(), "the browser": browserAttacks(), "the token": tokenAttacks(),
		"the keys": keyAttacks(), "the claims": claimAttacks(), "the provider": providerFaults(), "the way back": returnAttacks(),
	}
}

func stateAttacks() []attack {
	const elsewhere = "https://elsewhere.example"
	return []attack{
		{"Nothing is wrong.", in, (*attackSite).signIn},
		{"The reply has no state.", expired, back(func(v url.Values) { v.Del("state") })},
		{"The reply's state is made up.", expired, back(func(v url.Values) { v.Set("state", strings.Repeat("A", 43)) })},
		{"The reply has two states.", generic, back(func(v url.Values) { v.Add("state", "another") })},
		{"The reply is replayed after sign-out.", expired, func(f *attackSite) site.Page {
			reply := f.reply(f.victim, "/", "Anna Bianchi")
			f.victim.Get(reply.String())
			f.victim.Post("/logout", nil)
			return f.victim.Get(reply.String())
		}},
		{"The reply is replayed while signed in: the provider gets no second request.", in, func(f *attackSite) site.Page {
			reply := f.reply(f.victim, "/", "Anna Bianchi")
			f.victim.Get(reply.String())
			p := f.victim.Get(reply.String())
			f.want(exchange, 1)
			return p
		}},
		{"The reply arrives when the attempt is twenty minutes old.", expired, func(f *attackSite) site.Page {
			reply := f.reply(f.victim, "/", "Anna Bianchi")
			f.clockOffset.Store(int64(20*time.Minute + time.Second))
			return f.victim.Get(reply.String())
		}},
		{"The reply has neither code nor error: there is no request to the provider.", generic, func(f *attackSite) site.Page {
			p := back(func(v url.Values) { v.Del("code") })(f)
			f.want(exchange, 0)
			return p
		}},
		{"Mix-up: the reply names another issuer.", generic, back(func(v url.Values) { v.Set("iss", elsewhere) })},
		{"Mix-up: the reply names no issuer, though the provider said that it does.", generic, back(func(v url.Values) { v.Del("iss") })},
		{"Mix-up: another issuer's code is not sent to the provider.", generic, func(f *attackSite) site.Page {
			p := back(func(v url.Values) { v.Set("iss", elsewhere) })(f)
			f.want(exchange, 0)
			return p
		}},
		{"Mix-up: another issuer's error is ignored.", generic, back(func(v url.Values) {
			v.Del("code")
			v.Set("error", "access_denied")
			v.Set("error_description", "25")
			v.Set("iss", elsewhere)
		})},
		{"The reply names no issuer, and the provider never said that it would.", in, func(f *attackSite) site.Page {
			f.rewrite(discovery, func(d map[string]any) { delete(d, "authorization_response_iss_parameter_supported") })
			return back(func(v url.Values) { v.Del("iss") })(f)
		}},
		{"The reply is an error with a text to be shown: only SPID's own numbers have pages.", generic, back(func(v url.Values) {
			v.Del("code")
			v.Set("error", "server_error")
			v.Set("error_description", "Chiama il numero 899 <script>alert(1)</script>")
		})},
		{"The reply is SPID's refusal 25.", "/login/error/25", back(func(v url.Values) {
			v.Del("code")
			v.Set("error", "access_denied")
			v.Set("error_description", "25")
		})},
	}
}

func codeAttacks() []attack {
	drop := func(name string) func(url.Values) { return func(v url.Values) { v.Del(name) } }
	give := func(name, value string) func(url.Values) { return func(v url.Values) { v.Set(name, value) } }
	stolen := func(f *attackSite) *url.URL { // another person's code with the victim's state
		theirs := f.reply(f.NewBrowser(f.T), "/", "Oto Neri").Query()
		mine := f.reply(f.victim, "/", "Anna Bianchi")
		values := mine.Query()
		values.Set("code", theirs.Get("code"))
		mine.RawQuery = values.Encode()
		return mine
	}
	const known = "one-verifier-that-is-known-to-all-0123456789-abc"
	return []attack{
		{"PKCE: the challenge is lost on the way.", generic, withRequest(authorization, drop("code_challenge"))},
		{"PKCE: the challenge is made plain on the way.", generic, withRequest(authorization, give("code_challenge_method", "plain"))},
		{"PKCE: the method is lost on the way, which means plain.", generic, withRequest(authorization, drop("code_challenge_method"))},
		{"PKCE: the code is sent without a verifier.", generic, withRequest(exchange, drop("code_verifier"))},
		{"PKCE: the code is sent with another verifier.", generic, withRequest(exchange, give("code_verifier", known))},
		{"Another person's code with the victim's state: the verifier does not match.", generic, func(f *attackSite) site.Page {
			return f.victim.Get(stolen(f).String())
		}},
		{
			"The same at a provider that knows nothing of PKCE, as OneIdentity: the token's nonce is another.",
			generic,
			func(f *attackSite) site.Page {
				f.meddle(authorization, give("code_challenge", challenge(known)))
				f.meddle(exchange, give("code_verifier", known))
				return f.victim.Get(stolen(f).String())
			},
		},
		{"A used code with a new state.", generic, func(f *attackSite) site.Page {
			used := f.reply(f.victim, "/", "Anna Bianchi")
			f.victim.Get(used.String())
			f.victim.Post("/logout", nil)
			again := f.reply(f.victim, "/", "Anna Bianchi")
			values := again.Query()
			values.Set("code", used.Query().Get("code"))
			return f.victim.Get(again.Path + "?" + values.Encode())
		}},
		{"Two tabs: each ends where it was going, in any order.", in, func(f *attackSite) site.Page {
			one, two := f.reply(f.victim, "/?tab=1", "Anna Bianchi"), f.reply(f.victim, "/accessibility", "Anna Bianchi")
			if p := f.victim.Get(two.String()); p.URL.Path != "/accessibility" {
				f.T.Errorf("the second leads to %s", p.URL)
			}
			return f.victim.Get(one.String())
		}},
		{"Two tabs at once with one reply: one signs in, and the code is brought once.", in, func(f *attackSite) site.Page {
			reply := f.reply(f.victim, "/", "Anna Bianchi").String()
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() {
					r, err := http.NewRequestWithContext(f.T.Context(), http.MethodGet, reply, http.NoBody)
					if err != nil {
						f.T.Error(err)
						return
					}
					answer, err := f.victim.Stay().Client.Do(r)
					if err != nil {
						f.T.Error(err)
						return
					}
					if to := answer.Header.Get("Location"); to != "/" && to != expired {
						f.T.Errorf("one leads to %s", to)
					}
					_ = answer.Body.Close()
				})
			}
			both.Wait()
			f.want(exchange, 1)
			return f.victim.Get("/")
		}},
	}
}

func browserAttacks() []attack {
	attackers := func(f *attackSite) string { return f.reply(f.NewBrowser(f.T), "/", "Oto Neri").String() }
	return []attack{
		{"Login CSRF: the attacker's code and state in a browser without an attempt.", expired, func(f *attackSite) site.Page {
			return f.victim.Get(attackers(f))
		}},
		{"Login CSRF: the attacker's code and state in a browser that is signing in.", expired, func(f *attackSite) site.Page {
			f.leave(f.victim, "/")
			return f.victim.Get(attackers(f))
		}},
		{"Login CSRF: the attacker's code and state in a browser that has signed in: nothing changes.", in, func(f *attackSite) site.Page {
			f.signIn()
			before := session(f.victim)
			p := f.victim.Get(attackers(f))
			if session(f.victim) != before {
				f.T.Error("another session")
			}
			return p
		}},
		{"Login CSRF: another site starts the sign-in.", login, func(f *attackSite) site.Page {
			r, err := http.NewRequestWithContext(f.T.Context(), http.MethodGet, f.URL+"/login/start", http.NoBody)
			if err != nil {
				f.T.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Dest", "document")
			return f.victim.Send(r)
		}},
		{"Session fixation: a planted session id never becomes valid.", login, func(f *attackSite) site.Page {
			planted := strings.Repeat("A", 43)
			plant(f.victim, planted)
			f.signIn()
			if session(f.victim) == planted {
				f.T.Error("the planted id is the session's")
			}
			attacker := f.NewBrowser(f.T)
			plant(attacker, planted)
			return f.opensHome(attacker)
		}},
		{"Session fixation: the attacker's own session, planted, does not become the victim's.", login, func(f *attackSite) site.Page {
			attacker := f.NewBrowser(f.T)
			attacker.Get(f.reply(attacker, "/", "Oto Neri").String())
			plant(f.victim, session(attacker))
			f.victim.Get(f.reply(f.victim, "/", "Anna Bianchi").String())
			return f.opensHome(attacker)
		}},
		{"Signing in again gives a new session id, and the old one is dead.", login, func(f *attackSite) site.Page {
			f.signIn()
			old := f.NewBrowser(f.T)
			plant(old, session(f.victim))
			f.signIn()
			if session(f.victim) == session(old) {
				f.T.Error("the same id")
			}
			return f.opensHome(old)
		}},
		{"Signing out kills the session id.", login, func(f *attackSite) site.Page {
			f.signIn()
			old := f.NewBrowser(f.T)
			plant(old, session(f.victim))
			f.victim.Post("/logout", nil)
			return f.opensHome(old)
		}},
	}
}

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

func returnAttacks() []attack {
	var rows []attack
	for _, address := range []string{
		"//elsewhere.example", "///elsewhere.example", "https://elsewhere.example/", "https:elsewhere.example", "http:/elsewhere.example",
		`\\elsewhere.example`, `/\elsewhere.example`, `\/elsewhere.example`, "/%2felsewhere.example",
		"/%5celsewhere.example", "%2f%2felsewhere.example",
		"/\t/elsewhere.example", "/%09/elsewhere.example", "\t//elsewhere.example", " //elsewhere.example",
		"/x\r\nLocation: https://elsewhere.example/",
		"/x%0d%0aSet-Cookie:%20a=b", "javascript:alert(1)", "@elsewhere.example", ".elsewhere.example", "/login/start", "/logout",
	} {
		rows = append(
			rows,
			attack{"Open redirect: sign-in is to lead to " + strings.ReplaceAll(address, "/", "|") + ".", in, func(f *attackSite) site.Page {
				return f.victim.Get(f.reply(f.victim, address, "Anna Bianchi").String())
			}},
			attack{
				"Open redirect: who has signed in is to be led to " + strings.ReplaceAll(address, "/", "|") + ".",
				in,
				func(f *attackSite) site.Page {
					f.signIn()
					return f.victim.Get("/login?" + url.Values{"return": {address}}.Encode())
				},
			},
		)
	}
	return append(rows, attack{"Sign-in leads to the requested page.", in, func(f *attackSite) site.Page {
		p := f.victim.Get(f.reply(f.victim, "/accessibility", "Anna Bianchi").String())
		if p.URL.Path != "/accessibility" {
			f.T.Errorf("it leads to %s", p.URL)
		}
		return p
	}})
}

// Every attack ends where its row says: signed in on a page of the site, or not signed in on a page that explains it.
// No fiscal code, code, state, token or text of the provider reaches the log or stays in the address.
func TestSignInUnderAttack(t *testing.T) {
	t.Parallel()
	for kind, rows := range attacks() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			base := site.Start(t, site.Options{})
			i := base.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
			i.Admin("Anna Bianchi", "prod-interop")
			i.Operator("Oto Neri", "prod-interop", "api")
			for _, a := range rows {
				t.Run(a.name, func(t *testing.T) { // sequential: all attacks sign in the same person, whose number of sessions is limited
					f := openAttackSite(t, base, func(here *signin.Config) {
						if strings.Contains(a.name, " never ") && a.ends == unavailable {
							here.Timeout = time.Second / 2
						}
					})
					f.check(t, a.does(f), a.ends)
					if home := f.victim.Get("/"); a.ends == in && home.URL.Path != web.HomeURL(i.ID) || a.ends != in && home.URL.Path != login {
						t.Errorf("afterwards, the browser is at %s", home.URL)
					}
					f.endSessions()
				})
			}
		})
	}
}
