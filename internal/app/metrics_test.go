package app

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/test/pgtest"
)

// scrape returns the metrics of a replica after one request.
func scrape(t *testing.T, database string) map[string]*dto.MetricFamily {
	t.Helper()
	c, err := ReadConfig(production("DATABASE_URL", database))
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(c, c.SignIn(), &notify.Mailbox{}, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	a.Site.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/healthz", http.NoBody))
	listener := httptest.NewServer(a.Site.Metrics(a.collectors()...))
	t.Cleanup(listener.Close)
	resp, err := http.Get(listener.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%d %s, %v", resp.StatusCode, text, err)
	}
	if problems, err := promlint.New(strings.NewReader(string(text))).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v, %v", problems, err)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return families
}

var metricName = regexp.MustCompile(`\b(areariservata|go|process)_[a-z_]+`)

// missingMetrics returns the metrics of an expression that no replica exports, and the number of all that it names.
func missingMetrics(families map[string]*dto.MetricFamily, expression string) (missing []string, names int) {
	for _, name := range metricName.FindAllString(expression, -1) {
		names++
		whole := name
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if f := families[strings.TrimSuffix(name, suffix)]; f.GetType() == dto.MetricType_HISTOGRAM {
				whole = strings.TrimSuffix(name, suffix)
			}
		}
		if families[whole] == nil {
			missing = append(missing, name)
		}
	}
	return missing, names
}

// A replica exports all metrics of the dashboard and the alerts: an alert on a renamed metric would never fire. The
// dashboard shows all metrics of the application.
func TestTheDashboardAndTheAlertsNameExistingMetrics(t *testing.T) {
	t.Parallel()
	families := scrape(t, pgtest.New(t).AppURL)
	shown := strings.Builder{}
	for where, expressions := range map[string][]string{"dashboard": dashboard(t), "alerts": alerts(t)} {
		if len(expressions) < 10 {
			t.Errorf("%s: only %d expressions", where, len(expressions))
		}
		for _, e := range expressions {
			missing, names := missingMetrics(families, e)
			if len(missing) > 0 || names == 0 {
				t.Errorf("%s: %s names metrics that do not exist: %q", where, e, missing)
			}
			if strings.Count(e, "(") != strings.Count(e, ")") || strings.Count(e, "{") != strings.Count(e, "}") ||
				strings.Count(e, "[") != strings.Count(e, "]") || strings.Count(e, `"`)%2 != 0 {
				t.Errorf("%s: %s has unbalanced brackets", where, e)
			}
			if where == "dashboard" {
				shown.WriteString(e + "\n")
			}
		}
	}
	for name := range families {
		if strings.HasPrefix(name, "areariservata_") && !strings.Contains(shown.String(), name) {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}

func dashboard(t *testing.T) (expressions []string) {
	t.Helper()
	content, err := os.ReadFile("../../deploy/grafana/areariservata.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct{ Targets []struct{ Expr string } }
	}
	if err := json.Unmarshal(content, &d); err != nil {
		t.Fatal(err)
	}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	return expressions
}

// alerts reads the rules as Prometheus does: unknown fields are errors. docs/operations.md has a line for each alert.
func alerts(t *testing.T) (expressions []string) {
	t.Helper()
	content, err1 := os.ReadFile("../../deploy/prometheus/alerts.yml")
	guide, err2 := os.ReadFile("../../docs/operations.md")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	var file struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	decoder := yaml.NewDecoder(strings.NewReader(string(content)))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		for _, r := range g.Rules {
			expressions = append(expressions, r.Expr)
			if severity := r.Labels["severity"]; r.Annotations["summary"] == "" || (severity != "page" && severity != "ticket") {
				t.Errorf("%s: severity %q, summary %q", r.Alert, severity, r.Annotations["summary"])
			}
			if !strings.Contains(string(guide), "`"+r.Alert+"`") {
				t.Errorf("docs/operations.md does not mention %s", r.Alert)
			}
		}
	}
	return expressions
}

// Without the database, the metrics that do not need it are exported, and the others are reported missing.
func TestMetricsAreServedWithoutADatabase(t *testing.T) {
	t.Parallel()
	families := scrape(t, "postgres://nobody@127.0.0.1:1/nothing")
	if families["areariservata_db_connections_max"] == nil || families["areariservata_http_requests_total"] == nil {
		t.Error("metrics that need no database are missing")
	}
	for _, name := range []string{"areariservata_emails", "areariservata_outbox_oldest_age_seconds", "areariservata_sessions_open"} {
		if families[name] != nil {
			t.Errorf("%s is exported without a database", name)
		}
	}
	missing := 0.0
	for _, m := range families["areariservata_database_metrics_missing"].GetMetric() {
		missing += m.GetGauge().GetValue()
	}
	if missing != 3 {
		t.Errorf("%v kinds of metrics are reported missing, want 3", missing)
	}
}
