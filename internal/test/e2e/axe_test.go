package e2e_test

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
)

// axeFindsNothing runs axe-core, which must be loaded in the page, and reports its findings.
func axeFindsNothing(t *testing.T, p *browsertest.Page, when string) {
	t.Helper()
	found := browsertest.Eval[string](p, `axe.run(document, {
		preload: false, resultTypes: ["violations"],
		runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	}).then(r => JSON.stringify({
		Passed: r.passes.map(rule => rule.id),
		Violations: r.violations.flatMap(v => v.nodes.map(n => v.id + " (" + v.help + "): " + n.target.join(" ") + ": " + n.html)),
	}))`)
	var result struct {
		Passed, Violations []string
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil {
		t.Fatal(err)
	}
	if len(result.Violations) == 0 &&
		(len(result.Passed) < 15 || !slices.Contains(result.Passed, "target-size") || !slices.Contains(result.Passed, "color-contrast")) {
		t.Errorf("%s, %s: axe has looked at %q only", p.URL(), when, result.Passed)
	}
	if len(result.Violations) > 0 {
		t.Errorf("%s, %s:\n\t%s", p.URL(), when, strings.Join(result.Violations, "\n\t"))
	}
}

// states are the structures of the pages that axe has checked during the journeys: tags, classes and attributes
// without texts. Most pages occur in several journeys, and axe takes half a second for each.
var states = struct {
	sync.Mutex
	seen map[string]bool
}{seen: map[string]bool{}}

// viewport opens a browser's page for a journey: axe checks each state that the page reaches, dialogs and unfolded
// parts included, and the browser must report no error, violations of the content policy included.
func viewport(t *testing.T, options browsertest.Options) *browsertest.Page {
	t.Helper()
	axe := browsertest.ReadPackageFile(t, "axe-core/axe.min.js")
	options.Watch = func(p *browsertest.Page) {
		t.Helper()
		if complaints := p.ConsoleErrors(); len(complaints) > 0 && !t.Failed() {
			t.Errorf("%s: the browser complains: %q", p.URL(), complaints)
		}
		build := browsertest.Eval[string](p, `(async () => {
			if (document.readyState !== "complete") await new Promise(go => addEventListener("load", go));
			if (!location.protocol.startsWith("http")) return "";
			const parts = [...document.querySelectorAll("*")].map(e => [e.localName, e.className.baseVal ?? e.className, e.role, e.type, e.lang,
				...[...e.attributes].map(a => a.name), [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) ? "text" : ""].join());
			const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(innerWidth + parts.join("\n")));
			return String(new Uint8Array(sum));
		})()`)
		states.Lock()
		seen := states.seen[build]
		states.seen[build] = true
		states.Unlock()
		if build == "" || seen {
			return
		}
		p.WithScripts(func() {
			browsertest.Eval[bool](p, axe+"; true")
			axeFindsNothing(t, p, "on a journey")
		})
	}
	return browsertest.Open(t, options)
}
