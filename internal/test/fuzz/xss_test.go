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
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// stage shows pages in a real browser as the site has sent them, with the policy watching but not stopping anything: what
// isn't escaped runs, and what the policy would stop is reported.
type stage struct {
	mu      sync.Mutex
	pages   []string
	policy  string
	fetched []string // what a payload has fetched
	reports []string // what the policy would have stopped
}

func (g *stage) around(next http.Handler) http.Handler {
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
		case scan(r.URL.Path, &n):
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

func scan(path string, n *int) bool {
	_, err := fmt.Sscanf(path, "/staged/%d", n)
	return err == nil
}

// put puts a page on the stage, and gives its address.
func (g *stage) put(body, policy string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pages, g.policy = append(g.pages, body), policy
	return fmt.Sprintf("/staged/%d", len(g.pages)-1)
}

// taken are the fetches and reports since it was last asked.
func (g *stage) taken() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	all := append(g.fetched, g.reports...)
	g.fetched, g.reports = nil, nil
	return all
}

// found looks for what typed markup leaves in a page: what ran, its elements, handlers, and links that are scripts.
const found = `(() => {
	const found = Object.keys(window).filter(name => /^fired\d/.test(name));
	for (const e of document.querySelectorAll('*')) {
		if (e.hasAttribute('fired')) found.push(e.outerHTML.slice(0, 200));
		for (const a of e.attributes) {
			if (/^on/i.test(a.name)) found.push(a.name + '=' + a.value);
			if (/^(href|src|action|formaction|data|srcdoc|style)$/.test(a.name) && /^\s*(javascript|data):|fired/i.test(decodeURIComponent(a.value.replace(/%(?![0-9a-f]{2})/gi, '%25'))) && !/^\/(login|language|dashboard)/.test(a.value)) found.push(a.name + ': ' + a.value);
		}
	}
	return found;
})()`

// act opens a page on the stage, and tells what came of it.
func (g *stage) act(p *browsertest.Page, base, at string) []string {
	p.Goto(base + at)
	return append(browsertest.Eval[[]string](p, found), g.taken()...)
}

// cast is a site in which everything that has a name is called a payload.
type cast struct {
	t     *testing.T
	s     *site
	i     *seed.Institution
	home  string
	anna  access.UserID
	all   string // every payload of this round, one after the other
	whom  string // the user who is called all of them
	group string // the group that is
	many  []string
	n     uint64
}

func newCast(t *testing.T, s *site, some []string) *cast {
	t.Helper()
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	c := &cast{t: t, s: s, i: i, home: "/dashboard/" + string(i.ID), all: strings.Join(some, " ")}
	c.anna = i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	s.seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Anna Bianchi", "prod-interop")
	i.User("Sara Suspesi", "prod-interop/api suspended")
	for n, payload := range append([]string{c.all}, some...) {
		if n == 0 {
			c.whom, c.group = c.add(n, payload), c.make(payload)
			c.must(s.service.Join(t.Context(), c.change(access.UserID(c.whom)), access.GroupID(c.group)))
			continue
		}
		c.many = append(c.many, c.add(n, payload))
		c.make(payload)
	}
	c.must(s.service.SuspendAll(t.Context(), c.change(access.UserID(c.whom)), []access.Target{{Product: "prod-interop", Role: "security"}}))
	for _, sql := range []string{
		"UPDATE institution SET name = $1 || ' ' || code", "UPDATE product SET title_it = $1, title_en = $1, description_it = $1, description_en = $1",
		"UPDATE role_offer SET label_it = $1, label_en = $1, description_it = $1, description_en = $1",
	} {
		_, err := s.db.Owner.Exec(t.Context(), sql, c.all)
		c.must(err)
	}
	return c
}

func (c *cast) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *cast) change(subject access.UserID) users.Change {
	c.n++
	return users.Change{
		Institution: c.i.ID, Actor: c.anna, Subject: subject, Target: access.Target{Product: "prod-interop"}, Mark: store.Mark(once(rand.New(rand.NewPCG(5, c.n)))),
	}
}

// add adds a user by that name, past the form that wouldn't take it.
func (c *cast) add(n int, name string) string {
	c.t.Helper()
	newcomer := users.Newcomer{
		FiscalCode: c.s.seed.FiscalCode(fmt.Sprintf("Ugo Nome%c%c", 'a'+n/26, 'a'+n%26)), FirstName: name, LastName: name, Email: strings.ToLower(string([]rune(name)[:min(len([]rune(name)), 250)])) + "@x",
		Product: "prod-interop", Roles: []access.RoleID{"api", "security"},
	}
	id, err := c.s.service.Add(c.t.Context(), c.change(""), newcomer)
	c.must(err)
	return string(id)
}

func (c *cast) make(name string) string {
	c.t.Helper()
	id, err := c.s.service.CreateGroup(c.t.Context(), c.change(""), name)
	c.must(err)
	return string(id)
}

// views are the pages that show any of it, or give back what they were sent.
func (c *cast) views(b *browser) (all []page) {
	user, group, q := c.home+"/users/"+c.whom, c.home+"/groups/"+c.group, url.QueryEscape(c.all)
	role := user + "/products/prod-interop/roles/"
	for _, path := range []string{
		"/", c.home + "/users", c.home + "/users?product=prod-interop", c.home + "/users?product=prod-interop&q=" + q[:min(len(q), 8_000)-8] + "x", c.home + "/users?state=" + short(q) + "&category=%22%3E&sort=%3C",
		c.home + "/users/add", c.home + "/users/import", user, user + "/edit", user + "/add-product", user + "/cessation", user + "/activity",
		user + "/products/prod-interop/roles/add", user + "/products/prod-interop/groups/add", role + "api/suspend", role + "security/reactivate", role + "api/remove", role + "api/reactivate",
		c.home + "/activity", c.home + "/activity?person=" + c.whom, c.home + "/activity?from=" + short(q), c.home + "/groups/", c.home + "/groups/add?product=prod-interop",
		group, group + "/rename", group + "/suspend", group + "/delete", group + "/members/add", group + "/members/" + c.whom + "/remove",
		"/login?back=" + short(q), "/login/error/" + url.PathEscape(c.all[:min(len(c.all), 300)]), "/login/callback?error=" + short(q) + "&error_description=" + short(q), "/logout", "/accessibility?" + short(q), "/privacy", "/" + url.PathEscape(c.all[:min(len(c.all), 2_000)]),
	} {
		all = append(all, b.get(trimmed(path)))
	}
	product := url.Values{"product": {"prod-interop"}}
	with := func(more url.Values) url.Values {
		v := url.Values{"once": {"00000000-0000-4000-8000-00000000000" + fmt.Sprint(c.n%10)}}
		maps.Copy(v, product)
		maps.Copy(v, more)
		return v
	}
	typed := url.Values{"fiscal_code": {c.all}, "first_name": {c.all}, "last_name": {c.all}, "email": {c.all}, "role": {"prod-interop:" + c.all}, "version": {"1"}, "title": {c.all}, "q": {c.all}, "back": {c.all}}
	rows := "codice fiscale;nome;cognome;e-mail;prodotto;ruolo\n"
	for payload := range strings.SplitSeq(c.all, "\n") {
		cell := `"` + strings.ReplaceAll(payload, `"`, `""`) + `"`
		rows += strings.Repeat(cell+";", 5) + cell + "\n"
	}
	for path, values := range map[string]url.Values{
		c.home + "/users/add": with(typed), c.home + "/users/add/confirm": with(typed), user + "/edit": with(typed), c.home + "/groups/add": with(typed), group + "/rename": with(typed),
		group + "/members/add/search": with(typed), c.home + "/users/import": {"rows": {rows}}, c.home + "/users/import/confirm": {"rows": {"x;" + c.all}, "once": {"x"}},
		c.home + "/users/several": with(url.Values{"action": {"suspend"}, "user": append([]string{c.whom}, c.many...), "q": {c.all}, "state": {c.all}}),
		user + "/add-product":     with(typed), user + "/products/prod-interop/roles/add": with(typed), role + "security/suspend": with(nil), user + "/products/prod-interop/groups/add": with(url.Values{"group": {c.all}}),
	} {
		all = append(all, b.post(path, values))
	}
	all = append(all, b.post(c.home+"/users/several", with(url.Values{"action": {"join"}, "user": c.many})))
	all = append(all, b.on(b.post(c.home+"/users/several/confirm", with(url.Values{"action": {"suspend"}, "target": targets(c.many)}))))
	return all
}

// trimmed ends an address before a sign that was cut in two.
func trimmed(path string) string {
	for n := 1; n <= 2 && n < len(path); n++ {
		if path[len(path)-n] == '%' {
			return path[:len(path)-n]
		}
	}
	return path
}

func targets(people []string) (all []string) {
	for _, person := range people {
		all = append(all, person+":api")
	}
	return all
}

// Markup in every stored and every reflected text, on every page, in a browser that would run it: nothing runs, nothing is
// fetched, nothing of it becomes an element, and the policy has nothing to stop. make fire tries all payloads.
func TestNoScriptComesInByAnyText(t *testing.T) {
	t.Parallel()
	all := payloads()
	if len(all) < 500 {
		t.Fatalf("only %d payloads", len(all))
	}
	seeded := uint64(number(t, "SEED", 1))
	rand.New(rand.NewPCG(seeded, 0)).Shuffle(len(all), func(a, b int) { all[a], all[b] = all[b], all[a] })
	tried := len(all)
	if !whole() {
		tried = 60
	}
	shown, pages, bearing := 0, 0, 0
	for round := range slices.Chunk(all[:tried], 60) {
		g := &stage{}
		s := open(t, g.around)
		c := newCast(t, s, round)
		b := s.as(t, "Anna Bianchi")
		if shown/60%2 == 1 {
			b.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
		}
		p := browsertest.Open(t, browsertest.Options{})
		for _, view := range append(c.views(b), s.as(t, "Sara Suspesi").get("/")) {
			if !strings.HasPrefix(view.header.Get("Content-Type"), "text/html") || view.body == "" {
				continue
			}
			if what := g.act(p, s.base, g.put(view.body, view.header.Get("Content-Security-Policy"))); len(what) > 0 {
				t.Errorf("%s (%d): %.500v", view.url.Path, view.status, what)
			}
			pages++
			if strings.Contains(view.body, "fired") {
				bearing++
			}
		}
		shown += len(round)
		for _, fault := range s.log.faults() {
			t.Error(fault)
		}
	}
	if bearing < 40*((tried+59)/60) {
		t.Errorf("only %d of %d pages show any payload", bearing, pages)
	}
	t.Logf("%d payloads of %d, on %d pages, %d of which show them", shown, len(all), pages, bearing)
}

// The test above sees every kind of payload: each is found on a page that shows one text as it is.
func TestEveryScriptIsFoundWhereATextIsShownAsItIs(t *testing.T) {
	t.Parallel()
	g := &stage{}
	s := open(t, g.around)
	login := s.stranger(t).get("/login")
	p := browsertest.Open(t, browsertest.Options{})
	title := html.EscapeString(login.One("heading", "").Text())
	kinds := vectors()
	if !whole() {
		kinds = kinds[:6]
	}
	for n, vector := range kinds {
		body := strings.Replace(login.body, title+"</h1>", strings.ReplaceAll(vector, "N", fmt.Sprint(n))+"</h1>", 1)
		if body == login.body {
			t.Fatalf("no %q to replace", title)
		}
		if what := g.act(p, s.base, g.put(body, login.header.Get("Content-Security-Policy"))); len(what) == 0 {
			t.Errorf("%s: not found", vector)
		}
	}
}
