package attack_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"areariservata.example/utenti/internal/test/site"
)

// attackStep is one fault, and signs the victim in while it holds.

type attackStep = func(*attackSite) site.Page

// withClaim sets a claim of the ID Token; nil removes it.
func withClaim(name string, value any) attackStep {
	return claims(func(c map[string]any) {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	})
}

// withTimeClaim sets a time that long before the token is issued.
func withTimeClaim(name string, d time.Duration) attackStep {
	return claims(func(c map[string]any) { c[name] = ago(d) })
}

func ago(d time.Duration) int64 { return time.Now().Add(-d).Unix() }

func claims(tamper func(map[string]any)) attackStep {
	return func(f *attackSite) site.Page {
		f.mu.Lock()
		f.tamperClaims = tamper
		f.mu.Unlock()
		return f.signIn()
	}
}

// back changes the reply that the browser brings back.
func back(change func(url.Values)) attackStep {
	return func(f *attackSite) site.Page {
		reply := f.reply(f.victim, "/", "Anna Bianchi")
		values := reply.Query()
		change(values)
		return f.victim.Get(reply.Path + "?" + values.Encode())
	}
}

// withAnswer changes one of the provider's JSON responses.
func withAnswer(path string, change func(map[string]any)) attackStep {
	return func(f *attackSite) site.Page { f.rewrite(path, change); return f.signIn() }
}

func (f *attackSite) rewrite(path string, change func(map[string]any)) {
	f.override(path, func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
		body := map[string]any{}
		if err := json.Unmarshal(good.Body.Bytes(), &body); err != nil {
			panic(err)
		}
		change(body)
		text, err := json.Marshal(body)
		if err != nil {
			panic(err)
		}
		good.Body = bytes.NewBuffer(text)
		send(w, good)
	})
}

// withRequest changes the requests to one of the provider's addresses.
func withRequest(path string, change func(url.Values)) attackStep {
	return func(f *attackSite) site.Page { f.meddle(path, change); return f.signIn() }
}

func (f *attackSite) meddle(path string, change func(url.Values)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requestChanges[path] = func(r *http.Request) {
		if r.Method == http.MethodGet {
			values := r.URL.Query()
			change(values)
			r.URL.RawQuery = values.Encode()
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		values, err := url.ParseQuery(string(body))
		if err != nil {
			panic(err)
		}
		change(values)
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(values.Encode())), -1
	}
}

// signed signs the ID Token's claims with another algorithm, key or key id.
func signed(algorithm jose.SignatureAlgorithm, key any, keyID string) attackStep {
	return withAnswer(exchange, func(answer map[string]any) {
		answer["id_token"] = sign(answer["id_token"].(string), algorithm, key, keyID)
	})
}

// withoutTokenHash removes at_hash, which has no definition for the forbidden algorithms.
func withoutTokenHash(forged attackStep) attackStep {
	return func(f *attackSite) site.Page {
		f.mu.Lock()
		f.tamperClaims = func(c map[string]any) { delete(c, "at_hash") }
		f.mu.Unlock()
		return forged(f)
	}
}

// sign keeps the token's key id if none is given.
func sign(token string, algorithm jose.SignatureAlgorithm, key any, keyID string) string {
	original, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		panic(err)
	}
	if keyID == "" {
		keyID = original.Signatures[0].Header.KeyID
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", keyID))
	if err != nil {
		panic(err)
	}
	forged, err := signer.Sign(original.UnsafePayloadWithoutVerification())
	if err != nil {
		panic(err)
	}
	text, err := forged.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return text
}

// brokenAnswers are the ways in which an address of the provider fails.
func brokenAnswers() map[string]responseOverride {
	return map[string]responseOverride{
		"refuses the connection": func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) { panic(http.ErrAbortHandler) },
		"answers 502": func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
			good.Code = http.StatusBadGateway
			send(w, good)
		},
		"never answers": func(_ http.ResponseWriter, r *http.Request, _ *httptest.ResponseRecorder) { <-r.Context().Done() },
		"never ends its answer": func(w http.ResponseWriter, r *http.Request, good *httptest.ResponseRecorder) {
			send(w, good)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
		"sends half an answer": func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
			good.Body.Truncate(good.Body.Len() / 2)
			send(w, good)
		},
		"is cut off in its answer": func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
			good.Body.Truncate(good.Body.Len() / 2)
			send(w, good)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"sends megabytes": func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
			good.Body = bytes.NewBuffer(append(bytes.Repeat([]byte(" "), 4<<20), good.Body.Bytes()...)) // JSON may start with white space
			send(w, good)
		},
		"sends a page instead": func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) {
			good.Header().Set("Content-Type", "text/html")
			good.Body = bytes.NewBufferString("<html>Manutenzione</html>")
			send(w, good)
		},
	}
}

func removePerson(c map[string]any) {
	for _, name := range []string{
		"https://attributes.eid.gov.it/fiscal_number", "fiscalNumber", "given_name", "family_name", "name", "familyName",
	} {
		delete(c, name)
	}
}

// withUserinfo removes the person from the token, and changes the userinfo response.
func withUserinfo(change func(map[string]any)) attackStep {
	return func(f *attackSite) site.Page {
		f.rewrite(userinfo, change)
		return claims(removePerson)(f)
	}
}

// withLeakyError is a response whose error text has a fiscal code, which must not reach a page or the log.
func withLeakyError(f *attackSite, status int) responseOverride {
	return func(w http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		code := f.secrets[0]
		_, _ = w.Write(
			[]byte(`{"error":"no_` + code + `","error_description":"codice ` + code + `","sub":"` + code + `","fiscalNumber":"` + code + `"}`),
		)
	}
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
