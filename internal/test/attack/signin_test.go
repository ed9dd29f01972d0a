package attack_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

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
