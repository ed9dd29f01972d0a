package fuzz_test

import (
	"fmt"
	"html"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	userform "areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/internal/users"
)

// pageServer shows the site's pages in a real browser with the content policy in report-only mode: unescaped scripts
// run, and violations are reported.
type pageServer struct {
	mu      sync.Mutex
	pages   []string
	policy  string
	fetched []string // requests that a payload has made
	reports []string // violations of the content policy
}

func (g *pageServer) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		var n int
		switch {
		case strings.HasPrefix(r.URL.Path, "/fired/"):
			g.fetched = append(g.fetched, r.URL.Path)
		case r.URL.Path == "/report":
			report, _ := io.ReadAll(r.Body)
			g.reports = append(g.reports, string(report))
		case parseStagedPath(r.URL.Path, &n):
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy-Report-Only", g.policy+"; report-uri /report")
			_, _ = io.WriteString(w, g.pages[n])
		default:
			g.mu.Unlock()
			next.ServeHTTP(w, r)
			g.mu.Lock()
		}
	})
}

func parseStagedPath(path string, n *int) bool {
	_, err := fmt.Sscanf(path, "/staged/%d", n)
	return err == nil
}

// publish adds a page and returns its address.
func (g *pageServer) publish(body, policy string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pages, g.policy = append(g.pages, body), policy
	return fmt.Sprintf("/staged/%d", len(g.pages)-1)
}

// takeReports returns the fetches and reports since its last call.
func (g *pageServer) takeReports() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := append(g.fetched, g.reports...)
	g.fetched, g.reports = nil, nil
	return all
}

// findMarkupJS finds the traces of typed markup in a page: scripts that ran, elements, handlers, and links that are
// scripts.
const findMarkupJS = `(() => {
	const found = Object.keys(window).filter(name => /^fired\d/.test(name));
	for (const e of document.querySelectorAll('*')) {
		if (e.hasAttribute('fired')) found.push(e.outerHTML.slice(0, 200));
		for (const a of e.attributes) {
			if (/^on/i.test(a.name)) found.push(a.name + '=' + a.value);
			if (/^(href|src|action|formaction|data|srcdoc|style)$/.test(a.name) &&
				/^\s*(javascript|data):|fired/i.test(decodeURIComponent(a.value.replace(/%(?![0-9a-f]{2})/gi, '%25'))) &&
				!/^\/(login|language|dashboard)/.test(a.value)) found.push(a.name + ': ' + a.value);
		}
	}
	return found;
})()`

// visit opens a published page and returns the traces.
func (g *pageServer) visit(p *browsertest.Page, base, at string) []string {
	p.Goto(base + at)
	return append(browsertest.Eval[[]string](p, findMarkupJS), g.takeReports()...)
}

// xssFixture is a site in which every name is a payload.
type xssFixture struct {
	t          *testing.T
	s          *checkedSite
	i          *seed.Institution
	home       string
	anna       access.UserID
	payloads   string // all payloads of this round, concatenated
	namedUser  string // the user whose name is the payloads
	group      string // the group whose name is the payloads
	otherUsers []string
	n          uint64
}

func newXSSFixture(t *testing.T, s *checkedSite, some []string) *xssFixture {
	t.Helper()
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	c := &xssFixture{t: t, s: s, i: i, home: "/dashboard/" + string(i.ID), payloads: strings.Join(some, " ")}
	c.anna = i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Anna Bianchi", "prod-interop")
	i.User("Sara Suspesi", "prod-interop/api suspended")
	for n, payload := range append([]string{c.payloads}, some...) {
		if n == 0 {
			c.namedUser, c.group = c.add(n, payload), c.addGroup(payload)
			c.requireNoError(s.Service.Join(t.Context(), c.change(access.UserID(c.namedUser)), access.GroupID(c.group)))
			continue
		}
		c.otherUsers = append(c.otherUsers, c.add(n, payload))
		c.addGroup(payload)
	}
	c.requireNoError(
		s.Service.SuspendAll(t.Context(), c.change(access.UserID(c.namedUser)), []access.Target{{Product: "prod-interop", Role: "security"}}),
	)
	for _, sql := range []string{
		"UPDATE institution SET name = $1 || ' ' || code",
		"UPDATE product SET title_it = $1, title_en = $1, description_it = $1, description_en = $1",
		"UPDATE role_offer SET label_it = $1, label_en = $1, description_it = $1, description_en = $1",
	} {
		_, err := s.DB.Owner.Exec(t.Context(), sql, c.payloads)
		c.requireNoError(err)
	}
	return c
}

func (c *xssFixture) requireNoError(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *xssFixture) change(subject access.UserID) users.Command {
	c.n++
	return users.Command{
		Institution: c.i.ID,
		Actor:       c.anna,
		Subject:     subject,
		Target:      access.Target{Product: "prod-interop"},
		Key:         store.IdempotencyKey(randomKey(rand.New(rand.NewPCG(5, c.n)))),
	}
}

// add adds a user with that name through the service, since the form refuses it.
func (c *xssFixture) add(n int, name string) string {
	c.t.Helper()
	newUser := userform.NewUser{
		FiscalCode: c.s.Seed.FiscalCode(
			fmt.Sprintf("Ugo Nome%c%c", 'a'+n/26, 'a'+n%26),
		),
		FirstName: name,
		LastName:  name,
		Email:     strings.ToLower(string([]rune(name)[:min(len([]rune(name)), 250)])) + "@x",
		Product:   "prod-interop",
		Roles:     []access.RoleID{"api", "security"},
	}
	id, err := c.s.Service.Add(c.t.Context(), c.change(""), newUser)
	c.requireNoError(err)
	return string(id)
}

func (c *xssFixture) addGroup(name string) string {
	c.t.Helper()
	id, err := c.s.Service.CreateGroup(c.t.Context(), c.change(""), name)
	c.requireNoError(err)
	return string(id)
}

// pagesWithPayloads are the pages that show stored payloads or repeat sent ones.
func (c *xssFixture) pagesWithPayloads(b *browser) (all []site.Page) {
	user, group, q := c.home+"/users/"+c.namedUser, c.home+"/groups/"+c.group, url.QueryEscape(c.payloads)
	role := user + "/products/prod-interop/roles/"
	for _, path := range []string{
		"/", c.home + "/users", c.home + "/users?product=prod-interop",
		c.home + "/users?product=prod-interop&q=" + q[:min(len(q), 8_000)-8] + "x",
		c.home + "/users?state=" + truncateAddress(q) + "&category=%22%3E&sort=%3C",
		c.home + "/users/add", c.home + "/users/import", user, user + "/edit", user + "/add-product", user + "/cessation", user + "/activity",
		user + "/products/prod-interop/roles/add", user + "/products/prod-interop/groups/add", role + "api/suspend",
		role + "security/reactivate", role + "api/remove", role + "api/reactivate",
		c.home + "/activity", c.home + "/activity?person=" + c.namedUser, c.home + "/activity?from=" + truncateAddress(q),
		c.home + "/groups/", c.home + "/groups/add?product=prod-interop",
		group, group + "/rename", group + "/suspend", group + "/delete", group + "/members/add", group + "/members/" + c.namedUser + "/remove",
		"/login?back=" + truncateAddress(q), "/login/error/" + url.PathEscape(c.payloads[:min(len(c.payloads), 300)]),
		"/login/callback?error=" + truncateAddress(q) + "&error_description=" + truncateAddress(q), "/logout",
		"/accessibility?" + truncateAddress(q), "/privacy", "/" + url.PathEscape(c.payloads[:min(len(c.payloads), 2_000)]),
	} {
		all = append(all, b.Get(trimIncompleteEscape(path)))
	}
	product := url.Values{"product": {"prod-interop"}}
	with := func(more url.Values) url.Values {
		v := url.Values{"once": {"00000000-0000-4000-8000-00000000000" + fmt.Sprint(c.n%10)}}
		maps.Copy(v, product)
		maps.Copy(v, more)
		return v
	}
	typed := url.Values{
		"fiscal_code": {c.payloads},
		"first_name":  {c.payloads},
		"last_name":   {c.payloads},
		"email":       {c.payloads},
		"role":        {"prod-interop:" + c.payloads},
		"version":     {"1"},
		"title":       {c.payloads},
		"q":           {c.payloads},
		"back":        {c.payloads},
	}
	rows := "codice fiscale;nome;cognome;e-mail;prodotto;ruolo\n"
	for payload := range strings.SplitSeq(c.payloads, "\n") {
		cell := `"` + strings.ReplaceAll(payload, `"`, `""`) + `"`
		rows += strings.Repeat(cell+";", 5) + cell + "\n"
	}
	for path, values := range map[string]url.Values{
		c.home + "/users/add": with(typed), c.home + "/users/add/confirm": with(typed), user + "/edit": with(typed),
		c.home + "/groups/add": with(typed), group + "/rename": with(typed),
		group + "/members/add/search":    with(typed),
		c.home + "/users/import/confirm": {"rows": {"x;" + c.payloads}, "once": {"x"}},
		c.home + "/users/several": with(url.Values{
			"action": {"suspend"}, "user": append([]string{c.namedUser}, c.otherUsers...), "q": {c.payloads},
			"state": {c.payloads},
		}),
		user + "/add-product": with(typed), user + "/products/prod-interop/roles/add": with(typed),
		role + "security/suspend":                  with(nil),
		user + "/products/prod-interop/groups/add": with(url.Values{"group": {c.payloads}}),
	} {
		all = append(all, b.Post(path, values))
	}
	all = append(all, b.Roam().Post(c.home+"/users/import", url.Values{"rows": {rows}})) // on to its check page
	all = append(all, b.Post(c.home+"/users/several", with(url.Values{"action": {"join"}, "user": c.otherUsers})))
	all = append(
		all,
		b.Roam().Post(c.home+"/users/several/confirm", with(url.Values{"action": {"suspend"}, "target": roleValues(c.otherUsers)})),
	)
	return all
}

// trimIncompleteEscape removes a percent escape that was cut in two.
func trimIncompleteEscape(path string) string {
	for n := 1; n <= 2 && n < len(path); n++ {
		if path[len(path)-n] == '%' {
			return path[:len(path)-n]
		}
	}
	return path
}

func roleValues(people []string) (all []string) {
	for _, person := range people {
		all = append(all, person+":api")
	}
	return all
}

// Markup in every stored and every reflected text, on every page, in a browser that would run it: nothing runs,
// nothing is fetched, no element is created, and the policy has no violation. `make fuzz` tries all payloads.
func TestNoTextInjectsAScript(t *testing.T) {
	t.Parallel()
	all := payloads()
	if len(all) < 500 {
		t.Fatalf("only %d payloads", len(all))
	}
	seeded := uint64(envInt(t, "SEED", 1))
	rand.New(rand.NewPCG(seeded, 0)).Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	tried := len(all)
	if !isFullRun() {
		tried = 60
	}
	shown, pages, bearing := 0, 0, 0
	for round := range slices.Chunk(all[:tried], 60) {
		g := &pageServer{}
		s := open(t, site.Options{Middleware: g.wrap})
		c := newXSSFixture(t, s, round)
		b := s.signInAs(t, "Anna Bianchi")
		if shown/60%2 == 1 {
			b.Post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
		}
		p := browsertest.Open(t, browsertest.Options{})
		for _, view := range append(c.pagesWithPayloads(b), s.signInAs(t, "Sara Suspesi").Get("/")) {
			if !strings.HasPrefix(view.Header.Get("Content-Type"), "text/html") || view.Body == "" {
				continue
			}
			if what := g.visit(p, s.URL, g.publish(view.Body, view.Header.Get("Content-Security-Policy"))); len(what) > 0 {
				t.Errorf("%s (%d): %.500v", view.URL.Path, view.Status, what)
			}
			pages++
			if strings.Contains(view.Body, "fired") {
				bearing++
			}
		}
		shown += len(round)
		for _, fault := range s.faults.all() {
			t.Error(fault)
		}
	}
	if bearing < 40*((tried+59)/60) {
		t.Errorf("only %d of %d pages show any payload", bearing, pages)
	}
	t.Logf("%d payloads of %d, on %d pages, %d of which show them", shown, len(all), pages, bearing)
}

// The test finds every kind of payload on a page that does not escape.
func TestEveryScriptIsFoundOnAPageThatDoesNotEscape(t *testing.T) {
	t.Parallel()
	g := &pageServer{}
	s := open(t, site.Options{Middleware: g.wrap})
	login := s.newBrowser(t).Get("/login")
	p := browsertest.Open(t, browsertest.Options{})
	title := html.EscapeString(login.One("heading", "").Text())
	kinds := vectors()
	if !isFullRun() {
		kinds = kinds[:6]
	}
	for n, vector := range kinds {
		body := strings.Replace(login.Body, title+"</h1>", strings.ReplaceAll(vector, "N", fmt.Sprint(n))+"</h1>", 1)
		if body == login.Body {
			t.Fatalf("no %q to replace", title)
		}
		if what := g.visit(p, s.URL, g.publish(body, login.Header.Get("Content-Security-Policy"))); len(what) == 0 {
			t.Errorf("%s: not found", vector)
		}
	}
}
