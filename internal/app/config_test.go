package app

import (
	"log/slog"
	"maps"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"areariservata.example/utenti/internal/notify"
)

// testKey is a key like those that openssl rand makes.
const testKey = "8f0c3be1d27a46599b1e60f4c8a5d7322e94b06d71fac3581d8e27b05f6a90c4"

// production is a valid configuration of production, with changes in pairs; "-" removes a variable.
func production(changes ...string) map[string]string {
	env := map[string]string{
		"BASE_URL":             "https://utenti.example.it",
		"DATABASE_URL":         "postgres://areariservata_app@db/areariservata?sslmode=verify-full",
		"FISCAL_CODE_FIND_KEY": testKey,
		"FISCAL_CODE_SEAL_KEY": "ff" + testKey[2:],
		"OIDC_ISSUER":          "https://accesso.example.it",
		"OIDC_CLIENT_ID":       "utenti",
		"OIDC_CLIENT_SECRET":   "sixteen characters or more",
		"MAIL_FROM":            "Area Riservata <nessuna-risposta@example.it>",
		"SMTP_ADDRESS":         "mail.example.it:587",
		"SMTP_USER":            "utenti",
		"SMTP_PASSWORD":        "another one",
	}
	return changed(env, changes...)
}

func changed(env map[string]string, changes ...string) map[string]string {
	env = maps.Clone(env)
	for i := 0; i < len(changes); i += 2 {
		env[changes[i]] = changes[i+1]
		if changes[i+1] == "-" {
			delete(env, changes[i])
		}
	}
	return env
}

func written(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAValidConfigurationIsAccepted(t *testing.T) {
	t.Parallel()
	c, err := ReadConfig(production())
	if err != nil {
		t.Fatal(err)
	}
	if !c.production() || !c.https() || c.Listen != "127.0.0.1:8080" || c.MinLevel != 2 {
		t.Errorf("the defaults are not the safe values: %s", c.Env)
	}
	if c.tracer(nil, slog.New(slog.DiscardHandler)) == nil {
		t.Error("slow statements are not logged")
	}
	if got, want := c.SignIn().RedirectURL, "https://utenti.example.it/login/callback"; got != want {
		t.Errorf("sign-in returns to %s, want %s", got, want)
	}
}

func TestEveryFaultOfTheConfigurationIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := ReadConfig(map[string]string{
		"APP_ENV": "staging", "BASE_URL": "utenti.example.it", "OIDC_MIN_LEVEL": "4", "OIDC_CLOCK_SKEW": "1h",
		"OIDC_CLAIMS": "mine", "DRAIN_TIME": "1h", "SLOW_QUERY": "1h",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "collector", "TRACE_SHARE": "2", "CHANGES_PER_MINUTE": "-1",
		"MANUAL_URL": "javascript:alert(1)", "ASSISTANCE_URL": "here", "ACCESSIBILITY_DECLARATION_URL": "http://form.agid.gov.it/view/0",
		"ACCESSIBILITY_EMAIL": "no address", "PRIVACY_EMAIL": "@",
		"MAIL_FROM": "no address", "SMTP_ADDRESS": "mail.example.it", "SMTP_TLS": "ssl", "SMTP_USER": "utenti",
	})
	if err == nil {
		t.Fatal("taken")
	}
	for _, name := range []string{
		"APP_ENV", "BASE_URL", "DATABASE_URL", "FISCAL_CODE_FIND_KEY", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_MIN_LEVEL",
		"OIDC_CLOCK_SKEW", "OIDC_CLAIMS", "DRAIN_TIME", "SLOW_QUERY", "OTEL_EXPORTER_OTLP_ENDPOINT", "TRACE_SHARE", "CHANGES_PER_MINUTE",
		"MANUAL_URL", "ASSISTANCE_URL", "ACCESSIBILITY_DECLARATION_URL", "ACCESSIBILITY_EMAIL", "PRIVACY_EMAIL",
		"MAIL_FROM", "SMTP_ADDRESS", "SMTP_TLS", "SMTP_USER",
	} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not in:\n%v", name, err)
		}
	}
}

func TestProductionRefusesEachSettingThatIsUnsafe(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string][]string{
		"pages in clear":               {"BASE_URL", "http://utenti.example.it"},
		"pages in clear, this machine": {"BASE_URL", "http://localhost:8080"},
		"a provider in clear":          {"OIDC_ISSUER", "http://localhost:8090"},
		"a provider elsewhere":         {"OIDC_CONNECT_TO", "idp:8090"},
		"SPID level 1":                 {"OIDC_MIN_LEVEL", "1"},
		"any level":                    {"OIDC_MIN_LEVEL", "0"},
		"changes without limit":        {"CHANGES_PER_MINUTE", "0"},
		"a short secret":               {"OIDC_CLIENT_SECRET", "fifteen letters"},
		"the demo's secret":            {"OIDC_CLIENT_SECRET", DemoSecret},
		"the demo's key to find":       {"FISCAL_CODE_FIND_KEY", DemoFindKey},
		"the demo's key to seal":       {"FISCAL_CODE_SEAL_KEY", DemoSealKey},
		"the demo's keys exchanged":    {"FISCAL_CODE_FIND_KEY", DemoSealKey, "FISCAL_CODE_SEAL_KEY", DemoFindKey},
		"the demo's other key":         {"FISCAL_CODE_SEAL_KEY", DemoFindKey},
		"a key of zeros":               {"FISCAL_CODE_SEAL_KEY", strings.Repeat("0", 64)},
		"a key of one byte":            {"FISCAL_CODE_FIND_KEY", strings.Repeat("a1", 32)},
		"a key of a pattern":           {"FISCAL_CODE_FIND_KEY", strings.Repeat("0123456789abcdef", 4)},
		"sign-in that starts in clear": {"OIDC_AUTH_URL", "http://accesso.example.it/login"},
		"sign-in in clear, here":       {"OIDC_AUTH_URL", "http://localhost:8090/login"},
		"every address a proxy":        {"TRUSTED_PROXIES", "0.0.0.0/0"},
		"half of all, by two":          {"TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1"},
		"every address of IPv6":        {"TRUSTED_PROXIES", "10.0.0.0/8,::/0"},
		"one key twice":                {"FISCAL_CODE_FIND_KEY", "ff" + testKey[2:]},
		"a database in clear":          {"DATABASE_URL", "postgres://app@db/areariservata?sslmode=disable"},
		"a database perhaps in clear":  {"DATABASE_URL", "postgres://app@db/areariservata"},
		"a database of any name":       {"DATABASE_URL", "postgres://app@db/areariservata?sslmode=verify-ca"},
		"one of two in clear":          {"DATABASE_URL", "host=127.0.0.1,db sslmode=disable user=app"},
		"a short key":                  {"FISCAL_CODE_SEAL_KEY", "b2b2"},
		"no e-mails":                   {"SMTP_ADDRESS", "-", "MAIL_FROM", "-"},
		"e-mails in clear":             {"SMTP_TLS", "none", "SMTP_USER", "-", "SMTP_PASSWORD", "-"},
		"a password in clear":          {"SMTP_TLS", "none", "SMTP_ADDRESS", "127.0.0.1:25"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ReadConfig(production(changes...))
			if err == nil {
				t.Fatal("taken")
			}
			if !strings.Contains(err.Error(), changes[0]) {
				t.Errorf("%s is not named: %v", changes[0], err)
			}
		})
	}
}

// A value that is no address is called that, not another machine's, and is not repeated: it is a secret.
func TestAMalformedDatabaseAddressIsNamed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"postgres://app:geheim@db:none/x", "geheim", "postgres://app:geheim@[db/x"} {
		_, err := ReadConfig(production("DATABASE_URL", address))
		if err == nil || !strings.Contains(err.Error(), "DATABASE_URL is not the address of a database") ||
			strings.Contains(err.Error(), "geheim") {
			t.Errorf("%v", err)
		}
	}
}

func TestAnHTTPProviderIsLocalOnlyOutsideProduction(t *testing.T) {
	t.Parallel()
	for issuer, good := range map[string]bool{
		"http://127.0.0.1:8090": true, "http://[::1]:8090": true, "http://idp.localhost:8090": true, "https://accesso.example.it": true,
		"http://accesso.example.it": false, "http://10.0.0.1": false, "http://localhost.example.it": false,
	} {
		_, err := ReadConfig(production("APP_ENV", "development", "BASE_URL", "-", "OIDC_ISSUER", issuer))
		if (err == nil) != good {
			t.Errorf("%s: %v", issuer, err)
		}
	}
}

func TestSecretsAreReadFromFiles(t *testing.T) {
	t.Parallel()
	env := production()
	for _, name := range secrets {
		if value, there := env[name]; there {
			env = changed(env, name, "-", name+"_FILE", written(t, value+"\n"))
		}
	}
	got, err := ReadConfig(env)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ReadConfig(production())
	if err != nil {
		t.Fatal(err)
	}
	if got.DatabaseURL != want.DatabaseURL || got.FindKey != want.FindKey || got.SealKey != want.SealKey ||
		got.ClientSecret != want.ClientSecret ||
		got.SMTPPassword != want.SMTPPassword {
		t.Error("the secrets differ from those of the files")
	}
}

func TestASecretInTwoPlacesOrInNoFileIsAFault(t *testing.T) {
	t.Parallel()
	for _, env := range []map[string]string{
		production("OIDC_CLIENT_SECRET_FILE", written(t, "another secret of some length")),
		production("OIDC_CLIENT_SECRET", "-", "OIDC_CLIENT_SECRET_FILE", filepath.Join(t.TempDir(), "nothing")),
	} {
		if _, err := ReadConfig(env); err == nil || !strings.Contains(err.Error(), "OIDC_CLIENT_SECRET_FILE") {
			t.Errorf("%v", err)
		}
	}
}

func TestFaultsRepeatNoSecret(t *testing.T) {
	t.Parallel()
	_, err := ReadConfig(production("FISCAL_CODE_FIND_KEY", "unmistakable", "FISCAL_CODE_SEAL_KEY", "unmistakable",
		"OIDC_CLIENT_SECRET", "unmistakable", "SMTP_PASSWORD", "unmistakable", "SMTP_TLS", "none", "APP_ENV", "staging"))
	if err == nil || strings.Contains(err.Error(), "unmistakable") {
		t.Errorf("%v", err)
	}
}

// composed returns the environments of the services of compose.yaml.
func composed(t *testing.T) map[string]map[string]string {
	t.Helper()
	content, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct{ Environment map[string]string }
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for name, service := range file.Services {
		all[name] = service.Environment
	}
	return all
}

func TestTheSettingsInComposeAreForDemosAndRefusedInProduction(t *testing.T) {
	t.Parallel()
	services := composed(t)
	c, err := ReadConfig(services["app"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadConfig(changed(services["app"], "APP_ENV", "production")); err == nil {
		t.Error("accepted in production")
	}
	idp := services["idp"]
	for name, pair := range map[string][2]string{
		"issuer":   {c.Issuer, idp["BRIDGE_ISSUER"]},
		"client":   {c.ClientID, idp["BRIDGE_CLIENT_ID"]},
		"secret":   {c.ClientSecret, idp["BRIDGE_CLIENT_SECRET"]},
		"sign-in":  {c.SignIn().RedirectURL, idp["BRIDGE_REDIRECT_URIS"]},
		"sign-out": {c.BaseURL + "/logout", idp["BRIDGE_POST_LOGOUT_REDIRECT_URIS"]},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the application says %q, its provider %q", name, pair[0], pair[1])
		}
	}
	if data := services["data"]; data["FISCAL_CODE_FIND_KEY"] != c.FindKey || data["FISCAL_CODE_SEAL_KEY"] != c.SealKey {
		t.Error("the data is loaded with other keys than the application's")
	}
}

func TestSettingsReachTheirComponents(t *testing.T) {
	t.Parallel()
	c, err := ReadConfig(production("LISTEN", "127.0.0.1:9", "OIDC_SCOPES", "openid profile", "OIDC_CLAIMS", "agid", "OIDC_MIN_LEVEL", "3",
		"OIDC_CLOCK_SKEW", "5s", "OIDC_AUTH_URL", "https://accesso.example.it/login", "MANUAL_URL",
		"https://manuale.example.it", "SLOW_QUERY", "0"))
	if err != nil {
		t.Fatal(err)
	}
	s := c.SignIn()
	if c.tracer(nil, slog.New(slog.DiscardHandler)) != nil {
		t.Error("slow statements are logged with SLOW_QUERY=0")
	}
	if c.Listen != "127.0.0.1:9" || len(s.Scopes) != 2 || s.Claims != "agid" || s.MinLevel != 3 || s.ClockSkew.Seconds() != 5 ||
		s.AuthURL == "" || c.site(false).Manual == "" || !c.site(false).HTTPS || c.site(false).Demo {
		t.Errorf("%+v", s.Scopes)
	}
}

func TestEmailIsOptionalInDevelopmentAndMayGoInClearToThisMachine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		good bool
	}{
		"none in development": {
			production("APP_ENV", "development", "SMTP_ADDRESS", "-", "MAIL_FROM", "-", "SMTP_USER", "-", "SMTP_PASSWORD", "-"),
			true,
		},
		"a server without a sender": {production("APP_ENV", "development", "MAIL_FROM", "-"), false},
		"a sender without a server": {production("APP_ENV", "development", "SMTP_ADDRESS", "-"), false},
		"a user without a password": {production("SMTP_PASSWORD", "-"), false},
		"in clear, this machine": {
			production("SMTP_TLS", "none", "SMTP_ADDRESS", "127.0.0.1:25", "SMTP_USER", "-", "SMTP_PASSWORD", "-"), true,
		},
		"in clear, in development":      {production("APP_ENV", "development", "SMTP_TLS", "none", "SMTP_USER", "-", "SMTP_PASSWORD", "-"), true},
		"if possible":                   {production("SMTP_TLS", "opportunistic"), true},
		"encrypted from the first byte": {production("SMTP_TLS", "tls", "SMTP_ADDRESS", "mail.example.it:465"), true},
	} {
		if _, err := ReadConfig(c.env); (err == nil) != c.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheMailSettingsReachTheMailServer(t *testing.T) {
	t.Parallel()
	c, err := ReadConfig(production())
	if err != nil {
		t.Fatal(err)
	}
	want := notify.SMTP{
		Address: "mail.example.it:587", From: mail.Address{Name: "Area Riservata", Address: "nessuna-risposta@example.it"},
		User: "utenti", Password: "another one", TLS: notify.StartTLS,
	}
	if got := c.Mailer(); got != want {
		t.Errorf("not what was set: TLS %s", c.SMTPTLS)
	}
	if c.SMTPAddress = ""; c.Mailer() != nil {
		t.Error("a mailer without a server")
	}
}
