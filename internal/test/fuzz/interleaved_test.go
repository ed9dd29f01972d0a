package fuzz_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/test/refmodel"
)

// play is one interleaving: two deeds, and in which order pages are opened (load) and forms sent (post).
type play struct {
	t      *testing.T
	c      *scene
	b      [2]*browser
	deeds  [2]deed
	told   string
	forms  [2]url.Values
	loaded [2]int // how many edits there had been
	edits  int
}

// orders are all in which two can open a page and send its form; small letters open, capitals send.
var orders = []string{"aAbB", "abAB", "abBA", "baAB", "baBA", "bBaA"}

func (p *play) state() *refmodel.State {
	p.t.Helper()
	st, err := p.c.s.begun.State(p.t.Context(), p.c.s.db.Owner, p.c.s.keys, p.c.id)
	if err != nil {
		p.t.Fatalf("%s: %v", p.told, err)
	}
	return st
}

// after is the state in which a deed leaves things, and whether the rules let it.
func (p *play) after(me int, form url.Values) (*refmodel.State, bool) {
	p.t.Helper()
	st := p.state()
	for _, e := range p.deeds[me].events(p.c, st, form, me) {
		if st.Apply(e) != nil {
			return p.state(), false
		}
	}
	return st, true
}

// load opens the page: it has its form if, and only if, the rules would let the deed now.
func (p *play) load(me int) {
	p.t.Helper()
	d := p.deeds[me]
	page := p.b[me].get(d.address(p.c, me))
	values, found := form(page, d.address(p.c, me))
	_, may := p.after(me, values)
	if d.name == "cessation" {
		may = false // of what the page would name, any one will do
		for _, role := range [][2]string{{"prod-interop", "api"}, {"prod-interop", "security"}, {"prod-pn", "operator"}} {
			st := p.state()
			may = may || status(st, p.c.user, role[0], role[1]) != "" && status(st, p.c.admins[me], role[0], "admin") == "active"
		}
	}
	if found != may || (page.status == http.StatusOK) != may {
		p.t.Errorf("%s: the page of %q has a form: %v (%d), and the rules let it: %v", p.told, d.name, found, page.status, may)
	}
	if found {
		if d.values != nil {
			maps.Copy(values, d.values(p.c, me))
		}
		p.forms[me], p.loaded[me] = values, p.edits
	}
}

// post sends the form: the answer is the rules', and nothing else changes than what they say.
func (p *play) post(me int) {
	p.t.Helper()
	d, form := p.deeds[me], p.forms[me]
	if form == nil { // there was none to send
		return
	}
	want, may := p.after(me, form)
	if d.name == "edit" && p.loaded[me] != p.edits { // it would undo the other's, unseen
		want, may = p.state(), false
	}
	answer, err := p.b[me].send(d.address(p.c, me), form)
	if err != nil {
		p.t.Fatal(err)
	}
	refused := []int{http.StatusConflict, http.StatusNotFound, http.StatusForbidden}
	if may != (answer.status == http.StatusSeeOther) || (!may && !slices.Contains(refused, answer.status)) {
		p.t.Errorf("%s: %q was answered %v, and the rules let it: %v", p.told, d.name, answer, may)
	}
	got := p.state()
	for _, pair := range [][2]any{{want.Rows(), got.Rows()}, {want.Memberships(), got.Memberships()}, {want.Groups(), got.Groups()}} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			p.t.Errorf("%s: after %q (-the rules +the log): %s", p.told, d.name, diff)
		}
	}
	if may && d.name == "edit" {
		p.edits++
	}
	if gone := !slices.Contains(got.People(), p.c.user); gone {
		p.edits = 0
	}
}

// pair is two deeds and the order in which they are done.
type pair struct {
	a, b  deed
	order string
}

// edits is how many of the two are edits, if both are.
func (x pair) edits() int {
	if x.a.name == "edit" && x.b.name == "edit" {
		return 2
	}
	return 0
}

// Two administrators with forms that go stale under their hands, in every order: what is done is what the rules say in that
// order, nothing is lost, and whoever comes too late is told so. make fire plays them all.
func TestNoUpdateIsLostBetweenTwoAdministrators(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	base := s.seed.Institution("Altrove", "PA").Product("prod-interop") // where both keep their powers, so that nobody is signed out
	base.Admin("Anna Bianchi", "prod-interop")
	base.Admin("Bea Blu", "prod-interop")
	s.began(base)
	both := [2]*browser{s.as(t, "Anna Bianchi"), s.as(t, "Bea Blu")}
	all := deeds()
	var pairs []pair
	for _, a := range all {
		for _, b := range all {
			for _, order := range orders {
				pairs = append(pairs, pair{a, b, order})
			}
		}
	}
	seeded := uint64(number(t, "SEED", int(time.Now().UnixNano()>>1)))
	r := rand.New(rand.NewPCG(seeded, 0))
	r.Shuffle(len(pairs), func(a, b int) { pairs[a], pairs[b] = pairs[b], pairs[a] })
	// What one overwrites of the other's, unseen, is always among them.
	slices.SortStableFunc(pairs, func(x, y pair) int { return y.edits() - x.edits() })
	played := len(pairs)
	if !whole() {
		played = number(t, "INTERLEAVINGS", 60)
	}
	for n, x := range pairs[:min(played, len(pairs))] {
		p := &play{t: t, c: newScene(t, s, n), b: both, deeds: [2]deed{x.a, x.b}, told: fmt.Sprintf("Anna: %s, Bea: %s, %s", x.a.name, x.b.name, x.order)}
		for _, step := range x.order {
			switch step {
			case 'a', 'b':
				p.load(int(step - 'a'))
			case 'A', 'B':
				p.post(int(step - 'A'))
			}
		}
	}
	for _, fault := range s.unsound() {
		t.Error(fault)
	}
	t.Logf("%d of %d interleavings; SEED=%d", min(played, len(pairs)), len(pairs), seeded)
}
