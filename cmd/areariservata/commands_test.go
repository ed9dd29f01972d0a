package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main(m))
}

// command runs one command, with its environment in pairs, and returns its output.
func command(t *testing.T, line string, env ...string) (string, error) {
	t.Helper()
	return commandReading(t, "", line, env...)
}

// commandReading is command with a standard input.
func commandReading(t *testing.T, input, line string, env ...string) (string, error) {
	t.Helper()
	var out, logs bytes.Buffer
	err := run(t.Context(), strings.Fields(line), inPairs(env...), strings.NewReader(input), &out, &logs)
	return out.String(), err
}

const demoCatalogue, demoDataFile = "../../internal/demo/catalogue.json", "../../internal/demo/data.yaml"

func TestAnInvalidCommandPrintsTheUsage(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"", "serve now", "import", "import catalogue", "import catalogue a b", "import data", "audit",
		"audit verify -new", "audit verify -x a", "audit verify a b",
		"demo 1", "erase",
		"erase a b", "erase -x a", "retain now", "retain -forms x", "help",
	} {
		if _, err := command(t, line); err == nil || err.Error() != usage {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestTheVersionIsPrintedAndIsTheFirstLineOfTheLog(t *testing.T) {
	t.Parallel()
	line, err := command(t, "version")
	if err != nil || !strings.HasPrefix(line, "areariservata ") || !strings.Contains(line, ", commit ") {
		t.Errorf("version: %q, %v", line, err)
	}
	var out, logs bytes.Buffer
	if err := run(t.Context(), []string{"serve"}, nil, strings.NewReader(""), &out, &logs); err == nil {
		t.Error("serve starts without any setting")
	}
	var first struct{ Msg, Version, Commit, Date, Go string }
	if err := json.Unmarshal(logs.Bytes(), &first); err != nil || first.Msg != "start" || !strings.HasPrefix(first.Go, "go") ||
		!strings.Contains(line, first.Version+", commit "+first.Commit) {
		t.Errorf("the log begins with %s: %v", logs.String(), err)
	}
}

func TestAnEmptyDatabaseIsFilledAndItsAuditLogVerifies(t *testing.T) {
	t.Parallel()
	db := pgtest.Blank(t)
	env := []string{"MIGRATIONS_DATABASE_URL", db.OwnerURL, "FISCAL_CODE_FIND_KEY", app.DemoFindKey, "FISCAL_CODE_SEAL_KEY", app.DemoSealKey}

	for _, line := range []string{"migrate", "migrate", "import catalogue " + demoCatalogue, "import data " + demoDataFile} {
		if _, err := command(t, line, env...); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
	again, err := command(t, "import catalogue "+demoCatalogue, env...)
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Products struct{ Added, Changed, Unchanged, Removed int }
	}
	if err := json.Unmarshal([]byte(again), &report); err != nil {
		t.Fatal(err)
	}
	if p := report.Products; p.Added+p.Changed+p.Removed > 0 || p.Unchanged == 0 {
		t.Errorf("the same catalogue again changes something: %s", again)
	}

	whole, err := command(t, "audit verify", env...)
	if err != nil || strings.Contains(whole, `"events":0`) {
		t.Fatalf("untouched: %s, %v", whole, err)
	}
	testAuditFile(t, env)
	_, err = db.Owner.Exec(t.Context(),
		`ALTER TABLE audit_event DISABLE TRIGGER ALL; UPDATE audit_event SET at = at + interval '1 hour' WHERE seq = 1`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, "audit verify", env...); err == nil {
		t.Error("a tampered log passes verification")
	}
}

// testAuditFile checks that a file of ends is created on demand only: one that is missing or empty would hide a log that
// was truncated.
func testAuditFile(t *testing.T, env []string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heads.json")
	refused := func(when, line string) {
		t.Helper()
		if _, err := command(t, line, env...); err == nil {
			t.Errorf("%s: accepted", when)
		}
	}
	refused("a missing file", "audit verify "+file)
	for _, line := range []string{"audit verify -new " + file, "audit verify " + file, "audit verify " + file} {
		if _, err := command(t, line, env...); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	refused("a new file in place of another", "audit verify -new "+file)
	if err := os.WriteFile(file, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("an empty file", "audit verify "+file)
	if content, err := os.ReadFile(file); err != nil || string(content) != "{}" {
		t.Errorf("an empty file was filled: %s, %v", content, err)
	}
}

func TestOwnersCommandsReportMissingSettings(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	owner := []string{"MIGRATIONS_DATABASE_URL", db.OwnerURL}
	for _, c := range []struct {
		line, want string
		env        []string
	}{
		{"migrate", "MIGRATIONS_DATABASE_URL", nil},
		{"audit verify", "MIGRATIONS_DATABASE_URL", []string{"DATABASE_URL", db.OwnerURL}},
		{"migrate", "MIGRATIONS_DATABASE_URL_FILE", []string{"MIGRATIONS_DATABASE_URL_FILE", "/nowhere"}},
		{"import data " + demoDataFile, "FISCAL_CODE_FIND_KEY", owner},
		{"import catalogue nothing.json", "nothing.json", owner},
		{"import catalogue " + demoDataFile, demoDataFile, owner},
	} {
		if _, err := command(t, c.line, c.env...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s named", c.line, err, c.want)
		}
	}
}

func TestTheSiteDoesNotStartOnADatabaseThatIsNotFit(t *testing.T) {
	t.Parallel()
	whole, blank := pgtest.New(t), pgtest.Blank(t)
	for name, c := range map[string]struct{ url, want string }{
		"as its owner":   {whole.OwnerURL, "superuser"},
		"with no schema": {blank.OwnerURL, "migrat"},
	} {
		_, err := command(t, "serve", "APP_ENV", "development", "DATABASE_URL", c.url, "FISCAL_CODE_FIND_KEY", app.DemoFindKey,
			"FISCAL_CODE_SEAL_KEY", app.DemoSealKey, "OIDC_ISSUER", "http://127.0.0.1:1", "OIDC_CLIENT_ID", "utenti",
			"OIDC_CLIENT_SECRET", app.DemoSecret)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", name, err, c.want)
		}
	}
}

// inPairs makes an environment of pairs.
func inPairs(env ...string) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(env); i += 2 {
		all[env[i]] = env[i+1]
	}
	return all
}

func TestTheHealthCheckReportsTheSitesAnswer(t *testing.T) {
	t.Parallel()
	var status atomic.Int32
	status.Store(http.StatusOK)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.WriteHeader(int(status.Load()))
	}))
	address := site.Listener.Addr().String()
	if _, err := command(t, "healthcheck", "LISTEN", "0.0.0.0:"+address[strings.LastIndex(address, ":")+1:]); err != nil {
		t.Error(err)
	}
	status.Store(http.StatusServiceUnavailable)
	if _, err := command(t, "healthcheck", "LISTEN", address); err == nil {
		t.Error("an unhealthy site passes")
	}
	site.Close()
	if _, err := command(t, "healthcheck", "LISTEN", address); err == nil {
		t.Error("a site that is not running passes")
	}
}

func TestRequestsForTheIssuerGoToTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.Host)) }))
	defer provider.Close()
	transport, err := connectTo("http://idp.localhost:8090", provider.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: transport}
	resp, err := client.Get("http://idp.localhost:8090/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var host bytes.Buffer
	if _, err := host.ReadFrom(resp.Body); err != nil || host.String() != "idp.localhost:8090" {
		t.Errorf("the provider sees itself called %q, %v", host.String(), err)
	}
	if elsewhere, err := client.Get("http://127.0.0.1:1/"); err == nil {
		elsewhere.Body.Close()
		t.Error("requests for other hosts go there too")
	}
}
