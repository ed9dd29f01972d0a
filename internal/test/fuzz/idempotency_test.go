package fuzz_test

import (
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/internal/users"
)

// formFixture is an institution with a user or a group for each form, and Anna, who may send all of them.
type formFixture struct {
	*seed.Institution
	s    *checkedSite
	home string
	anna access.UserID
	ids  map[string]string // by name
}

func newFormFixture(t testing.TB, s *checkedSite) formFixture {
	t.Helper()
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	o := formFixture{Institution: i, s: s, home: "/dashboard/" + string(i.ID), ids: map[string]string{}}
	o.anna = i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	for _, name := range []string{"Sospeso", "Attivo", "Tolto", "Cessato", "Modificato", "Prodotto", "Gruppo", "Uscito", "Tanti", "Molti"} {
		o.ids[name] = string(i.User("Ugo "+name, "prod-interop/api", "prod-interop/security suspended"))
	}
	o.ids["Cambiato"] = string(i.Operator("Ugo Cambiato", "prod-interop", "api"))
	o.ids["Ruolo"] = string(i.Operator("Ugo Ruolo", "prod-interop", "api"))
	o.ids["Messo"] = string(i.Operator("Ugo Messo", "prod-pn", "operator"))
	s.recordBaseline(i)
	for n, g := range []struct {
		name    string
		product access.ProductID
	}{
		{"Comune", "prod-interop"},
		{"Rinominato", "prod-interop"},
		{"Da sospendere", "prod-interop"},
		{"Da riattivare", "prod-interop"},
		{"Da eliminare", "prod-interop"},
		{"Solo", "prod-pn"},
	} {
		id, err := s.Service.CreateGroup(t.Context(), o.change(n, "", g.product), g.name)
		if err != nil {
			t.Fatal(err)
		}
		o.ids[g.name] = string(id)
	}
	for n, err := range []error{
		s.Service.SuspendGroup(t.Context(), o.change(50, "", "prod-interop"), access.GroupID(o.ids["Da riattivare"])),
		s.Service.Join(t.Context(), o.change(51, "Uscito", "prod-interop"), access.GroupID(o.ids["Comune"])),
		s.Service.Join(t.Context(), o.change(52, "", "prod-pn", o.anna), access.GroupID(o.ids["Solo"])),
	} {
		if err != nil {
			t.Fatal(n, err)
		}
	}
	return o
}

func (o formFixture) change(n int, of string, product access.ProductID, who ...access.UserID) users.Command {
	subject := access.UserID(o.ids[of])
	if len(who) > 0 {
		subject = who[0]
	}
	return users.Command{
		Institution: o.ID,
		Actor:       o.anna,
		Subject:     subject,
		Target:      access.Target{Product: product},
		Key:         store.IdempotencyKey(randomKey(rand.New(rand.NewPCG(7, uint64(n))))),
	}
}

// findForm finds the form of a page that is sent to an address.
func findForm(p site.Page, to string) (url.Values, bool) {
	for _, b := range p.All("button", "") {
		if !isSubmitButton(b) {
			continue
		}
		if f := b.Form(); f.Action == to && f.Values.Get("once") != "" {
			return f.Values, true
		}
	}
	return nil, false
}

// filledForm is a form to send: its page, its values, and how many events it records.
type filledForm struct {
	route      string
	address    string
	values     url.Values // in place of the page's
	page       func(*browser) site.Page
	eventCount int
}

// forms is one of each kind. Forms that change nothing are in formsWithoutKey.
func (o formFixture) forms() []filledForm {
	user := func(name, rest string) string { return o.home + "/users/" + o.ids[name] + rest }
	role := func(name, role, action string) string {
		return user(name, "/products/prod-interop/roles/"+role+"/"+action)
	}
	group := func(name, rest string) string { return o.home + "/groups/" + o.ids[name] + rest }
	const base = "/dashboard/{institution}"
	const ofRole = base + "/users/{user}/products/{product}/roles/{role}"
	nina := o.s.Seed.FiscalCode("Nina Nuova").Reveal()
	rows := "codice fiscale;nome;cognome;e-mail;prodotto;ruolo\n" +
		o.s.Seed.FiscalCode("Nello Novelli").Reveal() + ";Nello;Novelli;n@ente.example;prod-interop;api\n" +
		o.s.Seed.FiscalCode("Nora Novelli").Reveal() + ";Nora;Novelli;o@ente.example;prod-pn;operator\n"
	return []filledForm{
		{route: ofRole + "/suspend", address: role("Sospeso", "api", "suspend"), eventCount: 1},
		{route: ofRole + "/reactivate", address: role("Attivo", "security", "reactivate"), eventCount: 1},
		{route: ofRole + "/remove", address: role("Tolto", "api", "remove"), eventCount: 1},
		{route: base + "/users/{user}/cessation", address: user("Cessato", "/cessation"), eventCount: 2},
		{
			route:      base + "/users/{user}/edit",
			address:    user("Modificato", "/edit"),
			values:     url.Values{"email": {"altra@ente.example"}},
			eventCount: 1,
		},
		{
			route:      base + "/users/{user}/add-product",
			address:    user("Prodotto", "/add-product"),
			values:     url.Values{"product": {"prod-pn"}, "role": {"prod-pn:operator"}},
			eventCount: 1,
		},
		{
			route:      base + "/users/{user}/products/{product}/roles/add",
			address:    user("Ruolo", "/products/prod-interop/roles/add"),
			values:     url.Values{"role": {"prod-interop:security"}},
			eventCount: 1,
		},
		{
			route:      base + "/users/{user}/products/{product}/roles/change",
			address:    user("Cambiato", "/products/prod-interop/roles/change"),
			values:     url.Values{"role": {"prod-interop:viewer"}},
			eventCount: 1,
		},
		{
			route:      base + "/users/{user}/products/{product}/groups/add",
			address:    user("Gruppo", "/products/prod-interop/groups/add"),
			values:     url.Values{"group": {o.ids["Comune"]}},
			eventCount: 1,
		},
		{route: base + "/users/add/confirm", address: o.home + "/users/add/confirm", eventCount: 2, page: func(b *browser) site.Page {
			return b.Post(o.home+"/users/add", url.Values{
				"fiscal_code": {
					nina,
				},
				"first_name": {"Nina"},
				"last_name":  {"Nuova"},
				"email":      {"n@ente.example"},
				"product":    {"prod-interop"},
				"role":       {"prod-interop:api"},
			})
		}},
		{route: base + "/users/import/confirm", address: o.home + "/users/import/confirm", eventCount: 4, page: func(b *browser) site.Page {
			return b.Roam().Post(o.home+"/users/import", url.Values{"rows": {rows}})
		}},
		{route: base + "/users/several/confirm", address: o.home + "/users/several/confirm", eventCount: 2, page: func(b *browser) site.Page {
			return b.Post(
				o.home+"/users/several",
				url.Values{"action": {"suspend"}, "product": {"prod-interop"}, "user": {o.ids["Tanti"], o.ids["Molti"]}},
			)
		}},
		{
			route:      base + "/groups/add",
			address:    o.home + "/groups/add",
			values:     url.Values{"title": {"Nuovo"}},
			eventCount: 1,
			page: func(b *browser) site.Page {
				return b.Get(o.home + "/groups/add?product=prod-interop")
			},
		},
		{
			route:      base + "/groups/{group}/rename",
			address:    group("Rinominato", "/rename"),
			values:     url.Values{"title": {"Altrimenti"}},
			eventCount: 1,
		},
		{route: base + "/groups/{group}/suspend", address: group("Da sospendere", "/suspend"), eventCount: 1},
		{route: base + "/groups/{group}/reactivate", address: group("Da riattivare", "/reactivate"), eventCount: 1},
		{route: base + "/groups/{group}/delete", address: group("Da eliminare", "/delete"), eventCount: 1},
		{route: base + "/groups/{group}/members/{user}/remove", address: group("Comune", "/members/"+o.ids["Uscito"]+"/remove"), eventCount: 1},
		// The only user who can still join; afterwards there is no candidate.
		{
			route:      base + "/groups/{group}/members/add",
			address:    group("Solo", "/members/add"),
			values:     url.Values{string(access.FieldMember): {o.ids["Messo"]}},
			eventCount: 1,
		},
	}
}

// formsWithoutKey are the forms that change nothing or may be repeated: each export is an event of its own.
func formsWithoutKey() []string {
	const base = "/dashboard/{institution}"
	return []string{
		"/logout",
		"/language",
		base + "/users/search",
		base + "/users/add",
		base + "/users/several",
		base + "/users/export",
		base + "/users/import",
		base + "/groups/{group}/members/add/search",
	}
}

// formResult is the response to a form.
type formResult struct {
	status int
	to     string
}

// sendConcurrently sends the same form that many times at once.
func (b *browser) sendConcurrently(address string, values url.Values, times int) (all map[formResult]int, faults []string) {
	all = map[formResult]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	start := make(chan struct{})
	for range times {
		wait.Go(func() {
			<-start
			a, err := b.send(address, values)
			mu.Lock()
			defer mu.Unlock()
			all[a]++
			if err != nil {
				faults = append(faults, err.Error())
			}
		})
	}
	close(start)
	wait.Wait()
	return all, faults
}

// send sends a form; it may be called from several goroutines.
func (b *browser) send(address string, values url.Values) (formResult, error) {
	r, err := http.NewRequestWithContext(b.T.Context(), http.MethodPost, b.Absolute(address), strings.NewReader(values.Encode()))
	if err != nil {
		return formResult{}, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	got, err := b.Client.Do(r)
	if err != nil {
		return formResult{}, err
	}
	_, err = io.Copy(io.Discard, got.Body)
	_ = got.Body.Close()
	if decided, err := strconv.Atoi(got.Header.Get("X-Form-Status")); err == nil { // refused, and shown again at another address
		return formResult{status: decided}, nil
	}
	return formResult{got.StatusCode, got.Header.Get("Location")}, err
}

// P6: the same form sent twenty times at once takes effect once, with the same response to all.
func TestAFormSentTwentyTimesAtOnceTakesEffectOnce(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	o := newFormFixture(t, s)
	b := s.signInAs(t, "Anna Bianchi")
	tried := map[string]bool{}
	for _, f := range o.forms() {
		tried[f.route] = true
		from := b.Get
		if f.page != nil {
			from = func(string) site.Page { return f.page(b) }
		}
		p := from(f.address)
		values, found := findForm(p, f.address)
		if !found {
			t.Errorf("%s: no form: %d %s", f.route, p.Status, p.Title())
			continue
		}
		maps.Copy(values, f.values)
		values.Del("back")
		before := s.countChanges(t, o.ID)
		answers, faults := b.sendConcurrently(f.address, values, 20)
		for _, fault := range faults {
			t.Errorf("%s: %s", f.route, fault)
		}
		for a := range answers {
			if a.status != http.StatusSeeOther || len(answers) != 1 {
				t.Errorf("%s: the twenty were answered %v", f.route, answers)
				break
			}
		}
		if after := s.countChanges(t, o.ID); after-before != f.eventCount {
			t.Errorf("%s: %d lines in the log, want %d", f.route, after-before, f.eventCount)
		}
	}
	for _, r := range routes(t, s) {
		if r.method == http.MethodPost && !tried[r.pattern] && !slices.Contains(formsWithoutKey(), r.pattern) {
			t.Errorf("POST %s has no row: does it take effect once?", r.pattern)
		}
	}
	for _, fault := range s.findInconsistencies() {
		t.Error(fault)
	}
}
