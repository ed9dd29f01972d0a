package users_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/oracle"
	"areariservata.example/utenti/internal/pgtest"
	"areariservata.example/utenti/internal/seed"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
)

// town is an institution of few people who do all kinds of things to each other, so that they get in each other's way.
type town struct {
	service     *users.Service
	store       *store.Store
	institution access.InstitutionID
	people      []access.UserID
	groups      []access.GroupID
	newcomers   []access.FiscalCode
}

func newTown(t testing.TB, s *seed.Seed, st *store.Store, name string) town {
	t.Helper()
	i := s.Institution(name, "PA").Product("prod-interop", "prod-pn", "prod-fd")
	w := town{service: users.New(st, nil, time.Now), store: st, institution: i.ID}
	w.people = []access.UserID{
		i.Admin("Anna "+name, "prod-interop", "prod-pn", "prod-fd"), i.Admin("Ivo "+name, "prod-pn", "prod-interop"), i.Admin("Eva "+name, "prod-pn", "prod-interop", "prod-fd"),
		i.User("Oto "+name, "prod-interop/api", "prod-pn/operator"), i.User("Pia "+name, "prod-interop/viewer", "prod-pn/admin"),
		i.User("Leo "+name, "prod-interop/api suspended", "prod-interop/security"),
	}
	w.groups = []access.GroupID{i.Group("prod-interop", "Sviluppo"), i.Group("prod-pn", "Messi"), i.SuspendedGroup("prod-pn", "Vecchio")}
	for n := range 3 {
		w.newcomers = append(w.newcomers, s.FiscalCode(fmt.Sprintf("Nuovo%c %s", 'a'+n, name)))
	}
	return w
}

// command is something that somebody does, drawn by chance.
type command struct {
	change users.Change
	action access.Action
	roles  []access.RoleID
	group  access.GroupID
	edit   users.Edit
	new    users.Newcomer
}

var (
	actions = []access.Action{
		access.Suspend, access.Suspend, access.Suspend, access.Reactivate, access.Reactivate, access.Reactivate, access.Reactivate,
		access.Remove, access.Assign, access.Assign, access.Assign, access.Assign, access.Join, access.Edit, access.Add, access.Add,
	}
	products = []access.ProductID{"prod-interop", "prod-interop", "prod-pn", "prod-pn", "prod-fd", "prod-io"}
	roles    = map[access.ProductID][]access.RoleID{
		"prod-interop": {"admin", "api", "api", "security", "security", "viewer"}, "prod-pn": {"admin", "operator", "operator"},
		"prod-fd": {"ORG_ADMIN", "ORG_OPERATOR", "READ_ONLY"}, "prod-io": {"referente operativo", "referente amministrativo"},
	}
)

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func (w town) draw(r *rand.Rand) command {
	product := one(r, products)
	actor := one(r, w.people)
	if r.IntN(3) > 0 {
		actor = one(r, w.people[:3]) // the Administrators, as long as they are
	}
	c := command{
		action: one(r, actions),
		change: users.Change{
			Institution: w.institution, Actor: actor, Subject: one(r, w.people),
			Target: access.Target{Product: product, Role: one(r, roles[product])}, Mark: drawMark(r),
		},
		roles: []access.RoleID{one(r, roles[product])}, group: one(r, w.groups),
		edit: users.Edit{FirstName: "Nome", LastName: "Cognome", Email: fmt.Sprintf("x%d@ente.example", r.IntN(9)), Version: 1 + r.IntN(3)},
	}
	if r.IntN(3) == 0 {
		c.roles = append(c.roles, one(r, roles[product]))
	}
	c.new = users.Newcomer{FiscalCode: one(r, w.newcomers), FirstName: "Nuovo", LastName: "Nuovi", Email: "n@ente.example", Product: product, Roles: c.roles}
	switch c.action {
	case access.Assign, access.Join:
		c.change.Target.Role = ""
	case access.Add:
		c.change.Subject, c.change.Target = "", access.Target{}
	case access.Edit:
		c.change.Target = access.Target{}
	case access.Suspend, access.Reactivate, access.Remove, access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return c
}

func drawMark(r *rand.Rand) store.Mark {
	return store.Mark(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)))
}

// do carries a command out; somebody added is somebody from then on.
func (w town) do(ctx context.Context, c command) (added access.UserID, err error) {
	switch c.action {
	case access.Suspend:
		err = w.service.Suspend(ctx, c.change)
	case access.Reactivate:
		err = w.service.Reactivate(ctx, c.change)
	case access.Remove:
		_, err = w.service.Remove(ctx, c.change)
	case access.Assign:
		err = w.service.Assign(ctx, c.change, c.roles)
	case access.Join:
		err = w.service.Join(ctx, c.change, c.group)
	case access.Edit:
		err = w.service.Edit(ctx, c.change, c.edit)
	case access.Add:
		added, err = w.service.Add(ctx, c.change, c.new)
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return added, err
}

// offered tells whether the page would offer what the command asks for.
func (w town) offered(t *testing.T, c command) bool {
	t.Helper()
	v := w.store.View()
	actor, subject, products, groups := v.User(w.institution, c.change.Actor), &access.User{}, v.Products(w.institution), v.Groups(w.institution)
	if c.change.Subject != "" {
		subject = v.Subject(w.institution, c.change.Subject)
	}
	if err := v.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := access.Profile{Actor: *actor, Subject: *subject, Products: *products, Groups: *groups}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove:
		return p.May(c.action, c.change.Target)
	case access.Assign:
		return offersAll(p, access.Assign, c.change.Target.Product, c.roles)
	case access.Add:
		already, err := w.store.UserByFiscalCode(t.Context(), w.institution, c.new.FiscalCode)
		if err != nil && !errors.Is(err, access.ErrNotFound) {
			t.Fatal(err)
		}
		return already == "" && offersAll(p, access.Add, c.new.Product, c.roles)
	case access.Join:
		for _, g := range p.Joinable(c.change.Target.Product) {
			if g.ID == c.group {
				return true
			}
		}
	case access.Edit:
		return p.MayEdit(c.edit.FirstName != p.Subject.FirstName || c.edit.LastName != p.Subject.LastName) && c.edit.Version == p.Subject.Version
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return false
}

// offersAll tells whether the roles could be ticked one after the other.
func offersAll(p access.Profile, action access.Action, product access.ProductID, roles []access.RoleID) bool {
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if p.WhyNot(action, t) != "" {
			return false
		}
		p = p.With(t)
	}
	return true
}

// Any history: what the page offers is what the service does, and afterwards log and state tell the same.
func TestWhatThePageOffersIsWhatTheServiceDoes(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	number := uint64(time.Now().UnixNano())
	t.Logf("seed %d", number)
	r := rand.New(rand.NewPCG(number, 0))
	done := map[access.Action]int{}
	for n := range 10 {
		w := newTown(t, s, st, fmt.Sprintf("Paese%c", 'a'+n))
		for range 150 {
			c := w.draw(r)
			offered := w.offered(t, c)
			added, err := w.do(t.Context(), c)
			if (err == nil) != offered {
				t.Fatalf("seed %d: offered %v, and then %v: %+v", number, offered, err, c)
			}
			if err == nil {
				done[c.action]++
			} else if reason(err) == "" {
				t.Fatalf("seed %d: not a refusal: %v", number, err)
			}
			if added != "" {
				w.people = append(w.people, added)
			}
		}
		w.audit(t, db)
	}
	t.Log(done)
	for _, action := range actions {
		if done[action] == 0 {
			t.Errorf("%s was never done: the histories show nothing of it", action)
		}
	}
}

// operations is how many changes are attempted at once: more in CI, fewer under the race detector. OPERATIONS says another number.
func operations(t *testing.T) int {
	t.Helper()
	n := 10_000
	if os.Getenv("CI") == "true" {
		n = 100_000
	}
	if raceDetector {
		n = 4_000
	}
	if text := os.Getenv("OPERATIONS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("OPERATIONS: %v", err)
		}
	}
	return n
}

// Thousands of changes at once, on few people who act on each other: each that took effect was allowed at that moment,
// none is lost or done twice, and log, state and listing tell the same.
func TestManyChangesAtOnceAreEachAllowedWhenTheyTakeEffect(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	total, number := operations(t), uint64(time.Now().UnixNano())
	var towns []town
	for n := range 4 {
		towns = append(towns, newTown(t, s, st, fmt.Sprintf("Paese%c", 'a'+n)))
	}
	var attempted, done, again, strange atomic.Int64
	var wait sync.WaitGroup
	const people = 8
	for worker := range people {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(number, uint64(worker)))
			mine := append([]town{}, towns...)
			for attempted.Add(1) <= int64(total) {
				w := &mine[r.IntN(len(mine))]
				c := w.draw(r)
				added, err := w.do(context.Background(), c)
				switch {
				case err == nil:
					done.Add(1)
				case reason(err) == "":
					strange.Add(1)
					t.Errorf("seed %d: not a refusal: %v", number, err)
				}
				if added != "" && len(w.people) < 9 {
					w.people = append(w.people, added)
				}
				if err == nil && r.IntN(20) == 0 { // a double click
					again.Add(1)
					if _, err := w.do(context.Background(), c); err != nil {
						t.Errorf("seed %d: sent twice: %v", number, err)
					}
				}
			}
		})
	}
	wait.Wait()
	for _, w := range towns {
		w.audit(t, db)
	}
	var marks int64
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM form_once`).Scan(&marks); err != nil || marks != done.Load() {
		t.Errorf("%d forms kept, %d acknowledged (%v)", marks, done.Load(), err)
	}
	if _, err := store.VerifyAudit(t.Context(), db.Owner); err != nil {
		t.Error(err)
	}
	t.Logf("operations: %d attempted, %d took effect, %d sent twice, %d errors; seed %d", total, done.Load(), again.Load(), strange.Load(), number)
}

// audit replays the institution's log through the oracle, and holds what comes of it against the database.
func (w town) audit(t *testing.T, db *pgtest.DB) {
	t.Helper()
	state := oracle.NewState(w.catalogue(t))
	rows, err := db.Owner.Query(t.Context(), `
		SELECT seq, coalesce(actor::text, ''), action, subject::text, product, role, coalesce(before::text, ''), coalesce(after::text, '')
		FROM audit_event WHERE institution = $1 ORDER BY seq`, w.institution)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	var e oracle.Event
	if _, err := pgx.ForEachRow(rows, []any{&seq, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &e.Before, &e.After}, func() error {
		plain, err := told(e)
		if err == nil {
			err = state.Apply(plain)
		}
		if err != nil {
			t.Errorf("event %d: %v", seq, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var inTruth, inList []oracle.Row
	collect := func(into *[]oracle.Row, sql string) {
		rows, err := db.Owner.Query(t.Context(), sql, w.institution)
		if err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[oracle.Row])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	collect(&inTruth, `SELECT person::text, product, role, status FROM assignment WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", role COLLATE "C"`)
	collect(&inList, `SELECT person::text, product, x.role, x.status FROM listing, unnest(roles, statuses) AS x (role, status) WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", x.role COLLATE "C"`)
	if diff := cmp.Diff(state.Rows(), inTruth); diff != "" {
		t.Errorf("the log tells another state: %s", diff)
	}
	if diff := cmp.Diff(inTruth, inList); diff != "" {
		t.Errorf("the list tells another state: %s", diff)
	}
	var members []oracle.Membership
	rows, err = db.Owner.Query(t.Context(), `SELECT "group"::text, person::text FROM group_member WHERE institution = $1 ORDER BY 1, 2`, w.institution)
	if err == nil {
		members, err = pgx.CollectRows(rows, pgx.RowToStructByPos[oracle.Membership])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Memberships(), members); diff != "" && len(members)+len(state.Memberships()) > 0 {
		t.Errorf("the log tells other memberships: %s", diff)
	}
}

// told is an event in the oracle's words.
func told(e oracle.Event) (oracle.Event, error) {
	var fields struct {
		Status, Group string
		Fields        []string
	}
	for _, text := range []*string{&e.Before, &e.After} {
		fields.Status, fields.Group, fields.Fields = "", "", nil
		if *text != "" {
			if err := json.Unmarshal([]byte(*text), &fields); err != nil {
				return e, err
			}
		}
		*text = fields.Status + strings.Join(fields.Fields, " ")
		if fields.Group != "" {
			e.Group = fields.Group
		}
	}
	return e, nil
}

// catalogue is the institution's, in the oracle's words.
func (w town) catalogue(t *testing.T) oracle.Catalogue {
	t.Helper()
	v := w.store.View()
	products, groups := v.Products(w.institution), v.Groups(w.institution)
	if err := v.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var c oracle.Catalogue
	for _, p := range *products {
		of := oracle.CatalogueProduct{ID: string(p.ID), Active: true, PhaseOut: p.PhaseOut}
		for _, r := range p.Roles {
			of.Roles = append(of.Roles, oracle.CatalogueRole{ID: string(r.ID), Category: string(r.Category), Combines: r.Combines, Assignable: string(r.Assignable)})
		}
		c.Products = append(c.Products, of)
	}
	for _, g := range *groups {
		c.Groups = append(c.Groups, oracle.CatalogueGroup{ID: string(g.ID), Product: string(g.Product), Status: string(g.Status)})
	}
	return c
}
