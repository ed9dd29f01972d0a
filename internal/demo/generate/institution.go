package generate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// institution is an institution that is being generated.
type institution struct {
	*generation
	dice, ids          *rand.Rand
	id                 access.InstitutionID
	number             int // counted from 0, the largest
	products           []offer
	groups             map[access.ProductID][]*group
	firstAdministrator access.UserID // the first user: an active Administrator of every product
	users              int
	existingPeople     int          // number of people before this institution
	shared             map[int]bool // those of them who also work in this institution
	mailbox            map[string]int
	head               audit.Head
	err                error
}

// generatedUser is a person as a user of the institution.
type generatedUser struct {
	generatedPerson
	user access.UserID
}

// group is a group of the institution. It is open until all its members are added.
type group struct {
	id      access.GroupID
	product access.ProductID
	name    string
	closed  bool // suspended at the end
}

// institution starts the n-th institution with its subscriptions. The largest one is subscribed to every product.
func (g *generation) institution(n int) *institution {
	dice := rand.New(rand.NewPCG(g.seed, uint64(n)<<1|1)) //nolint:gosec // not a secret: the result must be reproducible
	i := &institution{
		generation: g, dice: dice, ids: rand.New(rand.NewPCG(^g.seed, uint64(n))), //nolint:gosec // likewise
		id: access.InstitutionID(uuid(dice)), number: n, groups: map[access.ProductID][]*group{},
		existingPeople: g.report.People, shared: map[int]bool{}, mailbox: map[string]int{}, head: audit.Head{Hash: []byte{}},
	}
	kind := []string{
		"Comune di ", "Comune di ", "Comune di ", "Unione dei Comuni di ",
		"Azienda Sanitaria di ", "Istituto Comprensivo di ", "Consorzio di ",
	}[dice.IntN(7)]
	if n == 0 {
		kind = "Regione "
	}
	g.rows.institutions = append(g.rows.institutions, []any{i.id, fmt.Sprintf("ente-%06d", n), kind + placeName(dice), ofType})
	for at, o := range g.offers {
		switch active := n == 0 || dice.IntN(5) < 2; {
		case active || (at == len(g.offers)-1 && len(i.products) == 0):
			i.products = append(i.products, o)
			g.rows.subscriptions = append(g.rows.subscriptions, []any{i.id, o.product, true})
		case dice.IntN(8) == 0: // ended
			g.rows.subscriptions = append(g.rows.subscriptions, []any{i.id, o.product, false})
		}
	}
	g.report.Institutions++
	return i
}

// user adds one user: usually a new person, sometimes a person of another institution.
func (i *institution) user() {
	n := i.report.People
	if other := i.dice.IntN(max(1, i.existingPeople)); i.existingPeople > 0 && i.users > 0 && i.dice.IntN(20) == 0 && !i.shared[other] {
		i.shared[other], n = true, other
	}
	p, err := i.person(n)
	if err != nil {
		i.err = err
		return
	}
	if n == i.report.People {
		i.report.People++
		row := []any{p.id, i.keys.Hash(p.code), nil, nil, nil}
		if p.verified {
			row[2], row[3], row[4] = p.firstName, p.lastName, startTime()
		}
		i.rows.people = append(i.rows.people, row)
	}
	if p.verified && i.dice.IntN(8) == 0 { // no sign-in since being added here: as typed
		p.verified, p.firstName, p.lastName = false, strings.ToUpper(p.firstName), strings.ToUpper(p.lastName)
	}
	var verified any
	if p.verified {
		verified = startTime()
	}
	u, email := generatedUser{p, access.UserID(uuid(i.ids))}, i.email(p)
	i.rows.histories = append(i.rows.histories, []any{i.id, u.user, i.keys.Hash(p.code)})
	i.rows.users = append(i.rows.users, []any{
		i.id, u.user, p.id, i.keys.Seal(p.code, u.user), p.firstName, p.lastName, verified, email,
	})
	i.report.Users++
	i.users++
	if i.users == 1 {
		i.firstAdministrator = u.user
		for _, o := range i.products {
			i.group(o)
			i.role(u, email, o, o.administrators[:1], false)
		}
		return
	}
	main := i.dice.IntN(len(i.products))
	for at, o := range i.products {
		if at == main || i.dice.IntN(4) == 0 {
			i.role(u, email, o, i.roles(o), i.dice.IntN(50) < 3)
		}
	}
}

// email is name.surname at the institution's domain, with a number if the name occurred before.
func (i *institution) email(p generatedPerson) string {
	box := strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, form.Fold(p.firstName)) + "." + strings.ReplaceAll(form.Fold(p.lastName), " ", "")
	i.mailbox[box]++
	if n := i.mailbox[box]; n > 1 {
		box += fmt.Sprint(n)
	}
	return fmt.Sprintf("%s@ente%d.example", box, i.number)
}

// roles returns the roles that a user is given on a product: one, or two that combine.
func (i *institution) roles(o offer) []access.Role {
	among := o.operators
	if i.dice.IntN(20) < 3 {
		among = o.administrators
	}
	first := among[i.dice.IntN(len(among))]
	held := []access.Role{first}
	if i.dice.IntN(3) == 0 {
		if at := slices.IndexFunc(among, func(r access.Role) bool { return r.ID != first.ID && r.CombinesWith(first) }); at >= 0 {
			held = append(held, among[at])
		}
	}
	slices.SortFunc(held, func(a, b access.Role) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return held
}

// group adds the product's groups, all open; one in eight is suspended at the end.
func (i *institution) group(o offer) {
	for n := range 1 + i.dice.IntN(6) {
		g := &group{
			access.GroupID(uuid(i.dice)),
			o.product,
			[]string{"Ufficio", "Sede", "Progetto", "Servizio"}[n%4] + " " + pickSkewed(i.dice, beginnings) + fmt.Sprint(n+1),
			i.dice.IntN(8) == 0,
		}
		i.groups[o.product] = append(i.groups[o.product], g)
		i.rows.groups = append(i.rows.groups, []any{i.id, g.id, g.product, g.name, access.Active})
	}
}

// role gives a user roles of a product. The first one can be suspended; every third user also joins a group.
func (i *institution) role(p generatedUser, email string, o offer, held []access.Role, suspended bool) {
	sortKey := store.SortKey(p.firstName, p.lastName)
	i.rows.enrolments = append(i.rows.enrolments, []any{i.id, p.user, o.product, held[0].Category})
	var ids, statuses []string
	for n, r := range held {
		status := access.Active
		i.event(audit.Event{Action: access.Load, Subject: p.user, Product: o.product, Role: r.ID, After: statusDetails(access.Active)})
		if suspended && n == 0 {
			status = access.Suspended
			i.event(
				audit.Event{
					Actor:   i.firstAdministrator,
					Action:  access.Suspend,
					Subject: p.user,
					Product: o.product,
					Role:    r.ID,
					Before:  statusDetails(access.Active),
					After:   statusDetails(access.Suspended),
				},
			)
		}
		ids, statuses = append(ids, string(r.ID)), append(statuses, string(status))
		i.rows.assignments = append(i.rows.assignments, []any{i.id, p.user, o.product, r.ID, r.Category, status, sortKey, email})
	}
	i.rows.listings = append(i.rows.listings, []any{
		i.id,
		o.product,
		p.user,
		sortKey,
		store.SearchKey(p.firstName, p.lastName, email),
		p.firstName,
		p.lastName,
		email,
		held[0].Category,
		ids,
		statuses,
	})
	if groups := i.groups[o.product]; i.dice.IntN(3) == 0 {
		g := groups[i.dice.IntN(len(groups))]
		i.rows.members = append(i.rows.members, []any{i.id, g.id, g.product, p.user})
		i.event(
			audit.Event{
				Actor:   i.firstAdministrator,
				Action:  access.Join,
				Subject: p.user,
				Product: g.product,
				After:   audit.Details{Group: g.id}.JSON(),
			},
		)
		i.report.Memberships++
	}
	i.report.Assignments += len(held)
}

// end suspends the groups to be suspended, and closes the log.
func (i *institution) end() {
	for _, o := range i.products {
		for _, g := range i.groups[o.product] {
			if g.closed {
				i.rows.suspended = append(i.rows.suspended, suspendedGroup{i.id, g.id})
				i.event(
					audit.Event{
						Actor:   i.firstAdministrator,
						Action:  access.SuspendGroup,
						Product: g.product,
						Before:  g.statusDetails(access.Active),
						After:   g.statusDetails(access.Suspended),
					},
				)
			}
		}
	}
	i.close()
}

// close adds the current end of the log to the rows.
func (i *institution) close() {
	i.rows.heads = append(i.rows.heads, []any{i.id, i.head.Seq, i.head.Hash})
	if i.rows.err == nil {
		i.rows.err = i.err
	}
}

// event adds an event to the institution's log.
func (i *institution) event(e audit.Event) {
	e.Institution, e.At = i.id, startTime().Add(time.Duration(i.head.Seq)*100*time.Second)
	e, i.head = i.keys.AuditKey().Chain(e, i.head)
	none := func(id string) any {
		if id == "" {
			return nil
		}
		return id
	}
	text := func(json []byte) any {
		if json == nil {
			return nil
		}
		return json
	}
	i.rows.events = append(i.rows.events, []any{
		e.Institution,
		e.Seq,
		e.At,
		none(string(e.Actor)),
		e.Action,
		none(string(e.Subject)),
		e.Product,
		e.Role,
		text(e.Before),
		text(e.After),
		e.Previous,
		e.Hash,
	})
	i.report.Events++
}

func statusDetails(s access.Status) []byte { return audit.Details{Status: s}.JSON() }

func (g *group) statusDetails(s access.Status) []byte {
	return audit.Details{Group: g.id, Name: g.name, Status: s}.JSON()
}
