// Package generate fills a database with invented institutions and people, as many as are asked for: to see how the site does
// at any size. All people in it are invented. The same seed gives the same content, except for encrypted values.
//
// What it writes is what the site's own changes would have left behind: the log shows how each role came about, lists and
// tallies tell the same as the truth. The database's constraints and triggers hold meanwhile.
package generate

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/store"
)

// Size is how much is made.
type Size struct {
	Users        int // of all institutions together; who works in two counts twice
	Institutions int
	Largest      int // users of the largest institution; the others follow with a long tail
	Seed         uint64
}

// Report counts the rows made so far.
type Report struct {
	Institutions int `json:"institutions"`
	People       int `json:"people"`
	Users        int `json:"users"`
	Assignments  int `json:"assignments"`
	Memberships  int `json:"memberships"`
	Events       int `json:"events"`
}

// ErrNotEmpty is the refusal to add to what is there.
var ErrNotEmpty = errors.New("the database has institutions or people already: only an empty one is filled")

// batch is how many users, or a few more, are written in one transaction.
const batch = 2_500

// Fill fills a migrated database that has a catalogue and nothing else, as the owner of its tables, some thousand users a
// transaction; progress is told after each. Cut short, it leaves what it has told, and isn't taken up again.
//
// The error is [ErrNotEmpty] if there is anything, and says what is wrong with a size that can't be.
func Fill(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, size Size, progress func(Report)) (Report, error) {
	sizes, err := size.institutions()
	if err != nil {
		return Report{}, err
	}
	var there bool
	if err := owner.QueryRow(ctx, `SELECT EXISTS (SELECT FROM institution) OR EXISTS (SELECT FROM person)`).Scan(&there); err != nil {
		return Report{}, fmt.Errorf("generate: %w", err)
	}
	if there {
		return Report{}, ErrNotEmpty
	}
	c, err := admin.ReadCatalogue(ctx, owner)
	if err != nil {
		return Report{}, err
	}
	g := &generation{keys: keys, seed: size.Seed, offers: offers(c)}
	if len(g.offers) == 0 {
		return Report{}, errors.New("generate: the catalogue has no product with an Administrator's and an Operator's role")
	}
	flush := func() error {
		if err := g.rows.write(ctx, owner); err != nil {
			return fmt.Errorf("generate: %w", err)
		}
		g.rows = rows{}
		progress(g.report)
		return nil
	}
	for n, users := range sizes {
		i := g.institution(n)
		for range users {
			i.user()
			if len(g.rows.users) >= batch {
				i.close()
				if err := flush(); err != nil {
					return g.report, err
				}
			}
		}
		i.end()
	}
	if err := flush(); err != nil {
		return g.report, err
	}
	// Plans are made for what is there now, not for the empty tables of before.
	if _, err := owner.Exec(
		ctx,
		`VACUUM (ANALYZE) person, app_user, enrolment, assignment, listing, user_count, suspension, user_group, group_member,
		audit_event, audit_day, institution, institution_product, product, product_role, role_offer`,
	); err != nil {
		return g.report, fmt.Errorf("generate: %w", err)
	}
	return g.report, nil
}

// generation is one filling under way.
type generation struct {
	keys   store.Keys
	seed   uint64
	offers []offer
	rows   rows
	report Report
}

// startTime is when the first event of every log happened; each one follows the one before by some minutes.
func startTime() time.Time { return time.Date(2025, time.January, 7, 7, 30, 0, 0, time.UTC) }

// offer is what one product gives to hold.
type offer struct {
	product                   access.ProductID
	administrators, operators []access.Role
}

// ofType is the type of every institution: public administrations.
const ofType access.InstitutionType = "PA"

// offers are the products that one can be given roles of, with both categories.
func offers(c catalogue.Catalogue) []offer {
	var all []offer
	for _, p := range c.Products {
		o := offer{product: p.ID}
		for _, r := range p.For(ofType) {
			if r.Category == access.Administrator {
				o.administrators = append(o.administrators, r)
			} else {
				o.operators = append(o.operators, r)
			}
		}
		open := p.Status == catalogue.Active || p.Status == catalogue.Testing
		if open && p.Parent == "" && len(o.administrators) > 0 && len(o.operators) > 0 {
			all = append(all, o)
		}
	}
	return all
}

// institutions are their sizes, the largest first: the second half as large, the third a third of it, and so on as far as the
// number of users allows.
func (s Size) institutions() ([]int, error) {
	others := s.Institutions - 1
	if s.Institutions < 1 || s.Largest < 1 || s.Users < s.Largest+others || s.Users > s.Largest*s.Institutions {
		return nil, fmt.Errorf(
			"generate: %d users don't go into %d institutions with at most %d and at least one each",
			s.Users,
			s.Institutions,
			s.Largest,
		)
	}
	sizes := make([]int, s.Institutions)
	sizes[0] = s.Largest
	weights := 0.0
	for n := 1; n <= others; n++ {
		weights += 1 / float64(n)
	}
	left := s.Users - s.Largest
	spare := float64(left - others)
	for n := 1; n <= others; n++ {
		sizes[n] = min(s.Largest, 1+int(spare/weights/float64(n)))
		left -= sizes[n]
	}
	for left > 0 { // what was cut off: to each a little more
		each := max(1, left/others)
		for n := 1; n <= others && left > 0; n++ {
			more := min(each, left, s.Largest-sizes[n])
			sizes[n] += more
			left -= more
		}
	}
	return sizes, nil
}
