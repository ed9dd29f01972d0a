// Package generate fills a database with any number of invented institutions and people, for tests and measurements at
// any size. The same seed gives the same content, except for encrypted values.
//
// The rows are those that changes through the site would have written: the audit log has an event for each role, and
// lists and counts match their source tables. The database's constraints and triggers are active.
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

// Size is the amount of data to generate.
type Size struct {
	Users        int // of all institutions together; a person who works in two is counted twice
	Institutions int
	Largest      int // users of the largest institution; the sizes of the others follow a long tail
	Seed         uint64
}

// Report is the number of rows written so far.
type Report struct {
	Institutions int `json:"institutions"`
	People       int `json:"people"`
	Users        int `json:"users"`
	Assignments  int `json:"assignments"`
	Memberships  int `json:"memberships"`
	Events       int `json:"events"`
}

// ErrNotEmpty means that the database already has institutions or people.
var ErrNotEmpty = errors.New("the database has institutions or people already: only an empty one is filled")

// batch is the approximate number of users written in one transaction.
const batch = 2_500

// Fill fills a migrated database that has only a catalogue, as the owner of its tables. It writes some thousand users
// in each transaction and then calls progress. If it is interrupted, the committed rows stay; it cannot be resumed.
//
// The error is [ErrNotEmpty] if the database has institutions or people, and describes the fault of an impossible size.
func Fill(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, size Size, progress func(Report)) (Report, error) {
	sizes, err := size.institutions()
	if err != nil {
		return Report{}, err
	}
	var there bool
	if err := owner.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM institution) OR EXISTS (SELECT 1 FROM person)`).Scan(&there); err != nil {
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
	// Without ANALYZE, statements would be planned for the tables as they were before, empty.
	if _, err := owner.Exec(
		ctx,
		`VACUUM (ANALYZE) person, user_history, app_user, enrolment, assignment, listing, user_count, suspension,
		user_group, group_member, audit_event, audit_day, institution, institution_product, product, product_role, role_offer`,
	); err != nil {
		return g.report, fmt.Errorf("generate: %w", err)
	}
	return g.report, nil
}

// generation is the state of one call of Fill.
type generation struct {
	keys   store.Keys
	seed   uint64
	offers []offer
	rows   rows
	report Report
}

// startTime is the time of the first event of every log. Each further event follows some minutes later.
func startTime() time.Time { return time.Date(2025, time.January, 7, 7, 30, 0, 0, time.UTC) }

// offer is the assignable roles of a product.
type offer struct {
	product                   access.ProductID
	administrators, operators []access.Role
}

// ofType is the type of every institution: public administrations.
const ofType access.InstitutionType = "PA"

// offers returns the products with assignable roles of both categories.
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

// institutions returns the sizes of the institutions, largest first: the second has half as many users as the first,
// the third a third, and so on until the number of users is reached.
func (s Size) institutions() ([]int, error) {
	others := s.Institutions - 1
	if s.Institutions < 1 || s.Largest < 1 || s.Users < s.Largest+others || s.Users > s.Largest*s.Institutions {
		return nil, fmt.Errorf(
			"generate: %d users do not fit into %d institutions with at most %d and at least one each",
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
	for left > 0 { // distributes the remainder
		each := max(1, left/others)
		for n := 1; n <= others && left > 0; n++ {
			more := min(each, left, s.Largest-sizes[n])
			sizes[n] += more
			left -= more
		}
	}
	return sizes, nil
}
