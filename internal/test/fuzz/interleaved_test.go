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
	"areariservata.example/utenti/internal/test/site"
)

// interleaving is two operations and the order in which their pages are opened and their forms sent.
type interleaving struct {
	t           *testing.T
	fixture     *institutionFixture
	browsers    [2]*browser
	operations  [2]operation
	description string
	forms       [2]url.Values
	loaded      [2]int // number of edits when the page was opened
	edits       int
}

// interleavings are all orders of two operations: a lower-case letter opens a page, a capital sends its form.
var interleavings = []string{"aAbB", "abAB", "abBA", "baAB", "baBA", "bBaA"}

func (p *interleaving) state() *refmodel.State {
	p.t.Helper()
	st, err := p.fixture.s.baseline.ReplayState(p.t.Context(), p.fixture.s.DB.Owner, p.fixture.s.keys, p.fixture.id)
	if err != nil {
		p.t.Fatalf("%s: %v", p.description, err)
	}
	return st
}

// expectedState is the state after an operation, and whether the rules allow it.
func (p *interleaving) expectedState(me int, form url.Values) (*refmodel.State, bool) {
	p.t.Helper()
	st := p.state()
	for _, e := range p.operations[me].events(p.fixture, st, form, me) {
		if st.Apply(e) != nil {
			return p.state(), false
		}
	}
	return st, true
}

// openPage opens the page, which has its form if and only if the rules allow the operation now.
func (p *interleaving) openPage(me int) {
	p.t.Helper()
	d := p.operations[me]
	page := p.browsers[me].Get(d.url(p.fixture, me))
	values, found := findForm(page, d.url(p.fixture, me))
	_, may := p.expectedState(me, values)
	if d.name == "cessation" {
		may = false // any object of the page will do
		for _, role := range [][2]string{{"prod-interop", "api"}, {"prod-interop", "security"}, {"prod-pn", "operator"}} {
			st := p.state()
			may = may || roleStatus(st, p.fixture.user, role[0], role[1]) != "" && roleStatus(st, p.fixture.admins[me], role[0], "admin") == "active"
		}
	}
	if found != may || (page.Status == http.StatusOK) != may {
		p.t.Errorf("%s: the page of %q has a form: %v (%d), and the rules let it: %v", p.description, d.name, found, page.Status, may)
	}
	if found {
		if d.values != nil {
			maps.Copy(values, d.values(p.fixture, me))
		}
		p.forms[me], p.loaded[me] = values, p.edits
	}
}

// sendForm sends the form. The response and the changes must be those that the rules require.
func (p *interleaving) sendForm(me int) {
	p.t.Helper()
	d, form := p.operations[me], p.forms[me]
	if form == nil { // the page had no form
		return
	}
	want, may := p.expectedState(me, form)
	if d.name == "edit" && p.loaded[me] != p.edits { // the form is stale and would undo the other edit
		want, may = p.state(), false
	}
	answer, err := p.browsers[me].send(d.url(p.fixture, me), form)
	if err != nil {
		p.t.Fatal(err)
	}
	refused := []int{http.StatusConflict, http.StatusNotFound, http.StatusForbidden}
	if may != (answer.status == http.StatusSeeOther) || (!may && !slices.Contains(refused, answer.status)) {
		p.t.Errorf("%s: %q was answered %v, and the rules let it: %v", p.description, d.name, answer, may)
	}
	got := p.state()
	for _, pair := range [][2]any{{want.Rows(), got.Rows()}, {want.Memberships(), got.Memberships()}, {want.Groups(), got.Groups()}} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			p.t.Errorf("%s: after %q (-the rules +the log): %s", p.description, d.name, diff)
		}
	}
	if may && d.name == "edit" {
		p.edits++
	}
	if gone := !slices.Contains(got.People(), p.fixture.user); gone {
		p.edits = 0
	}
}

// operationPair is two operations and their order.
type operationPair struct {
	a, b  operation
	order string
}

// countEdits is how many of the two are edits, if both are.
func (x operationPair) countEdits() int {
	if x.a.name == "edit" && x.b.name == "edit" {
		return 2
	}
	return 0
}

// Two Administrators send forms that go stale, in every order: the result is what the rules say in that order, no
// update is lost, and the late one is refused. `make fuzz` runs all combinations.
func TestNoUpdateIsLostBetweenTwoAdministrators(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	base := s.Seed.Institution("Altrove", "PA").Product("prod-interop") // so that both keep powers and stay signed in
	base.Admin("Anna Bianchi", "prod-interop")
	base.Admin("Bea Blu", "prod-interop")
	s.recordBaseline(base)
	both := [2]*browser{s.signInAs(t, "Anna Bianchi"), s.signInAs(t, "Bea Blu")}
	all := operations()
	var pairs []operationPair
	for _, a := range all {
		for _, b := range all {
			for _, order := range interleavings {
				pairs = append(pairs, operationPair{a, b, order})
			}
		}
	}
	seeded := uint64(envInt(t, "SEED", int(time.Now().UnixNano()>>1)))
	r := rand.New(rand.NewPCG(seeded, 0))
	r.Shuffle(len(pairs), func(a, b int) { pairs[a], pairs[b] = pairs[b], pairs[a] })
	// Two edits, of which one could overwrite the other, are always included.
	slices.SortStableFunc(pairs, func(x, y operationPair) int { return y.countEdits() - x.countEdits() })
	playedCount := len(pairs)
	if !isFullRun() {
		playedCount = envInt(t, "INTERLEAVINGS", 60)
	}
	for n, x := range pairs[:min(playedCount, len(pairs))] {
		p := &interleaving{
			t:           t,
			fixture:     newInstitutionFixture(t, s, n),
			browsers:    both,
			operations:  [2]operation{x.a, x.b},
			description: fmt.Sprintf("Anna: %s, Bea: %s, %s", x.a.name, x.b.name, x.order),
		}
		for _, step := range x.order {
			switch step {
			case 'a', 'b':
				p.openPage(int(step - 'a'))
			case 'A', 'B':
				p.sendForm(int(step - 'A'))
			}
		}
	}
	for _, fault := range s.findInconsistencies() {
		t.Error(fault)
	}
	t.Logf("%d of %d interleavings; SEED=%d", min(playedCount, len(pairs)), len(pairs), seeded)
}
