package bridge_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"areariservata.example/utenti/internal/bridge"
)

func marioAttributes() map[string]any {
	return map[string]any{
		"fiscalNumber": "TINIT-" + mario, "name": "Mario", "familyName": "Rossi",
		"https://attributes.eid.gov.it/fiscal_number": "TINIT-" + mario, "given_name": "Mario", "family_name": "Rossi",
	}
}

func TestASignInCarriesTheAttributesInBothDialects(t *testing.T) {
	t.Parallel()
	s := open(t)
	claims, token := s.exchange(s.consent(mario))

	got := maps.Clone(claims)
	for _, name := range []string{"sub", "at_hash", "iat", "exp", "auth_time", "nonce"} {
		if _, ok := got[name]; !ok {
			t.Errorf("no claim %s", name)
		}
		delete(got, name)
	}
	want := marioAttributes()
	want["iss"], want["aud"], want["acr"] = s.issuer, clientID, "https://www.spid.gov.it/SpidL2"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 60 {
		t.Errorf("the ID Token lasts %v s", life)
	}
	info, err := s.rp.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	attributes := map[string]any{}
	if err := info.Claims(&attributes); err != nil {
		t.Fatal(err)
	}
	want = marioAttributes()
	want["sub"] = claims["sub"]
	if diff := cmp.Diff(want, attributes); diff != "" {
		t.Error(diff)
	}
}

func TestTheAnswerReturnsStateAndIssuerAndKeepsTheAddressQuery(t *testing.T) {
	t.Parallel()
	s := open(t)
	const address = "https://service.example/with?query=1"
	end := s.get("/authorize", s.request("redirect_uri", address)).press("Entra con CIE").press(maria).press("Acconsenti e accedi")
	if !strings.HasPrefix(end.at.String(), address+"&") {
		t.Errorf("sent back to %s", end.at)
	}
	if got := slices.Sorted(maps.Keys(end.back)); !slices.Equal(got, []string{"code", "iss", "query", "state"}) {
		t.Errorf("parameters %q", got)
	}
	if end.back.Get("state") != "the+state/1" || end.back.Get("iss") != s.issuer {
		t.Errorf("answer %v", end.back)
	}
	s.oauth.RedirectURL = address
	if claims, _ := s.exchange(end.back.Get("code")); claims["family_name"] != "D'Arco <&>" {
		t.Errorf("claims %v", claims)
	}
}

func TestASignInWithSecretInTheBodyAndRequestByPost(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.oauth.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	end := s.post("/authorize", s.request()).press("Entra con SPID").press("Mario Rossi").press("Acconsenti e accedi")
	if claims, _ := s.exchange(end.back.Get("code")); claims["given_name"] != "Mario" {
		t.Errorf("claims %v", claims)
	}
}

func TestTheSubjectIsStableForAPersonOrNewAtEachLoginAsConfigured(t *testing.T) {
	t.Parallel()
	for _, perLogin := range []bool{false, true} {
		s := open(t, func(c *bridge.Config) { c.SubPerLogin = perLogin })
		first, token := s.exchange(s.consent(mario))
		second, _ := s.exchange(s.consent(mario))
		third, _ := s.exchange(s.consent(maria))
		if (first["sub"] != second["sub"]) != perLogin {
			t.Errorf("per login %v: subjects %v, %v", perLogin, first["sub"], second["sub"])
		}
		if first["sub"] == third["sub"] {
			t.Errorf("per login %v: two people are %v", perLogin, first["sub"])
		}
		if strings.Contains(first["sub"].(string), mario) {
			t.Error("the subject has the fiscal code")
		}
		info, err := s.rp.UserInfo(t.Context(), oauth2.StaticTokenSource(token))
		if err != nil || info.Subject != first["sub"] {
			t.Errorf("userinfo is about %v, %v", info, err)
		}
	}
}

func TestAttributesInUserinfoOnly(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *bridge.Config) { c.UserinfoOnly = true })
	claims, token := s.exchange(s.consent(mario))
	for name := range marioAttributes() {
		if _, ok := claims[name]; ok {
			t.Errorf("the ID Token has %s", name)
		}
	}
	p := s.post("/userinfo", url.Values{"access_token": {token.AccessToken}})
	if p.status != http.StatusOK || !strings.Contains(p.body, `"fiscalNumber":"TINIT-`+mario+`"`) ||
		p.header.Get("Content-Type") != "application/json" {
		t.Errorf("userinfo by POST: %d %s", p.status, p.body)
	}
}

func TestTheIDTokenCanBeTamperedWithForTests(t *testing.T) {
	t.Parallel()
	s := open(t, func(c *bridge.Config) {
		c.TweakIDToken = func(claims map[string]any) { claims["acr"] = "https://www.spid.gov.it/SpidL1"; delete(claims, "name") }
	})
	claims, _ := s.exchange(s.consent(mario))
	if _, ok := claims["name"]; ok || claims["acr"] != "https://www.spid.gov.it/SpidL1" {
		t.Errorf("claims %v", claims)
	}
}

func TestEachRefusalReachesTheRelyingPartyByItsNumber(t *testing.T) {
	t.Parallel()
	s := open(t)
	for label, want := range map[string][2]string{
		"Annulla":                     {"access_denied", "ErrorCode nr25"},
		"Nega il consenso":            {"access_denied", "ErrorCode nr22"},
		"Troppi tentativi":            {"access_denied", "ErrorCode nr19"},
		"Credenziali di livello":      {"access_denied", "ErrorCode nr20"},
		"Tempo scaduto":               {"access_denied", "ErrorCode nr21"},
		"Identità sospesa o revocata": {"access_denied", "ErrorCode nr23"},
		"Guasto del fornitore":        {"server_error", "a simulated failure"},
	} {
		end := s.get("/authorize", s.request()).press("Entra con SPID").press(mario).press(label)
		want := url.Values{"error": {want[0]}, "error_description": {want[1]}, "state": {"the+state/1"}, "iss": {s.issuer}}
		if diff := cmp.Diff(want, end.back); diff != "" {
			t.Errorf("%s: %s", label, diff)
		}
	}
}

func TestEveryScreenBeforeConsentCanBeCancelled(t *testing.T) {
	t.Parallel()
	s := open(t)
	first := s.get("/authorize", s.request())
	second := s.get("/authorize", s.request()).press("Entra con CIE")
	for _, p := range []page{first, second} {
		if end := p.press("Annulla e torna al servizio"); end.back.Get("error_description") != "ErrorCode nr25" {
			t.Errorf("answer %v", end.back)
		}
	}
}

func TestALoginHintSkipsToConsent(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, hint := range []string{maria, " " + strings.ToLower(maria) + " ", "TINIT-" + maria} {
		consent := s.get("/authorize", s.request("login_hint", hint))
		if strings.Contains(consent.at.String(), maria) {
			t.Errorf("the address shows the fiscal code: %s", consent.at)
		}
		if claims, _ := s.exchange(consent.press("Acconsenti e accedi").back.Get("code")); claims["given_name"] != "Maria" {
			t.Errorf("hint %q signed in %v", hint, claims["given_name"])
		}
	}
	s.get("/authorize", s.request("login_hint", "VRDLGU80A01H501V")).press("Entra con SPID")
}

func TestAnAttemptIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	consent := s.get("/authorize", s.request("login_hint", mario))
	if end := consent.press("Acconsenti e accedi"); end.back.Get("code") == "" {
		t.Fatal("no code")
	}
	for _, label := range []string{"Acconsenti e accedi", "Annulla"} {
		if again := consent.press(label); again.status != http.StatusBadRequest || again.back != nil {
			t.Errorf("%s, the second time: %d %v", label, again.status, again.back)
		}
	}
}

func TestAnAttemptLapsesAfterAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	s := open(t)
	scheme := s.get("/authorize", s.request())
	consent := s.get("/authorize", s.request("login_hint", mario))
	s.clock.advance(15*time.Minute - time.Second)
	if p := s.get("/login/scheme", scheme.at.Query()); p.status != http.StatusOK {
		t.Errorf("a second before: %d", p.status)
	}
	s.clock.advance(2 * time.Second)
	for name, p := range map[string]page{
		"screen": s.get("/login/consent", consent.at.Query()),
		"choice": scheme.press("Entra con SPID"), "answer": consent.press("Acconsenti e accedi"),
	} {
		if p.status != http.StatusBadRequest || p.back != nil {
			t.Errorf("%s after the end: %d", name, p.status)
		}
	}
}

func TestTheScreensFollowTheListOfIdentities(t *testing.T) {
	t.Parallel()
	clara := bridge.Identity{FiscalCode: "BNCCLR90E45F205Z", FirstName: "Clara", LastName: "Bianchi"}
	identities := goodConfig("").Identities()
	listed := make(chan []bridge.Identity, 1) // the list that the next screen shows
	listed <- identities
	s := open(t, func(c *bridge.Config) {
		c.Identities = func() []bridge.Identity {
			now := <-listed
			listed <- now
			return now
		}
	})
	list := s.get("/authorize", s.request()).press("Entra con SPID")
	consent := list.press(mario)
	<-listed
	listed <- []bridge.Identity{clara}

	if p := list.press(maria); p.status != http.StatusBadRequest {
		t.Errorf("choosing an identity that was removed: %d", p.status)
	}
	again := consent.press("Acconsenti e accedi")
	if again.back != nil {
		t.Fatalf("a removed identity signed in: %v", again.back)
	}
	if end := again.press("Clara Bianchi").press("Acconsenti e accedi"); end.back.Get("code") == "" {
		t.Errorf("answer %v", end.back)
	}
}

func TestAScreenOutOfOrderRedirectsToTheMissingOne(t *testing.T) {
	t.Parallel()
	s := open(t)
	attempt := s.get("/authorize", s.request()).at.Query()
	if p := s.get("/login/consent", attempt); p.at.Path != "/idp/login/scheme" {
		t.Errorf("consent without a choice shows %s", p.at.Path)
	}
	attempt.Set("answer", "consent")
	if p := s.post("/login/answer", attempt); p.back != nil || p.at.Path != "/idp/login/scheme" {
		t.Errorf("consent without a choice: %s", p.at)
	}
}
