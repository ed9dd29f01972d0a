package admin

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
)

// Counts are the numbers of things of one kind that an import added, changed, left and removed.
type Counts struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
}

// CatalogueReport is the result of a catalogue import. A role counts once per product, for all types of institution.
type CatalogueReport struct {
	Products  Counts `json:"products"`
	Roles     Counts `json:"roles"`
	Reordered bool   `json:"reordered"` // of the products; a new order alone changes none of them
}

// CatalogueInUse refuses a catalogue without roles or products that are in use; each string is a reason.
type CatalogueInUse []string

// Error has one line for each reason.
func (e CatalogueInUse) Error() string { return strings.Join(e, "\n") }

// ImportCatalogue replaces the database's catalogue, as the owner of the tables: whole or not at all. It writes only the
// differences. Changes of all institutions wait meanwhile (their pages do not), so that no user gets a role that the
// import removes.
//
// The error is [CatalogueInUse] if a user holds a role that their institution would no longer be offered or that would
// change category, or if a product with subscriptions is missing from the catalogue.
func ImportCatalogue(ctx context.Context, owner *pgxpool.Pool, c catalogue.Catalogue) (CatalogueReport, error) {
	var report CatalogueReport
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if err := beginImport(ctx, tx); err != nil {
			return err
		}
		// This mode conflicts with the row lock of a change, and with itself.
		if _, err := tx.Exec(ctx, `LOCK TABLE institution IN EXCLUSIVE MODE`); err != nil {
			return err
		}
		old, err := readCatalogue(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkInUse(ctx, tx, old, c); err != nil {
			return err
		}
		report = compare(old, c)
		return writeCatalogue(ctx, tx, old, c)
	})
	if err != nil {
		return CatalogueReport{}, fmt.Errorf("import catalogue: %w", err)
	}
	return report, nil
}

// beginImport sets the time limits of an import, which takes longer than a page's change and waits for current ones.
func beginImport(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `SELECT set_config('lock_timeout', '15s', true), set_config('statement_timeout', '2min', true)`)
	return err
}

// ReadCatalogue reads the catalogue in force, as the owner of the tables. It has no products if none was imported.
func ReadCatalogue(ctx context.Context, owner *pgxpool.Pool) (c catalogue.Catalogue, err error) {
	err = pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		c, err = readCatalogue(ctx, tx)
		return err
	})
	return c, err
}

// readCatalogue reads the database's catalogue in the form that [catalogue.Read] returns.
func readCatalogue(ctx context.Context, tx pgx.Tx) (catalogue.Catalogue, error) {
	var c catalogue.Catalogue
	at := map[access.ProductID]int{}
	batch := &pgx.Batch{}
	batch.Queue(`
		SELECT id, title_it, title_en, description_it, description_en, status, coalesce(parent, '')
		FROM product ORDER BY position, id`).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			p := catalogue.Product{Offers: map[access.InstitutionType][]access.Role{}}
			if err := rows.Scan(&p.ID, &p.Title.It, &p.Title.En, &p.Description.It, &p.Description.En, &p.Status, &p.Parent); err != nil {
				return err
			}
			at[p.ID] = len(c.Products)
			c.Products = append(c.Products, p)
		}
		return rows.Err()
	})
	batch.Queue(`
		SELECT product, institution_type, role, category, label_it, label_en, description_it, description_en, combines, assignable
		FROM role_offer ORDER BY product, institution_type, position`).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var product access.ProductID
			var of access.InstitutionType
			var r access.Role
			if err := rows.Scan(&product, &of, &r.ID, &r.Category, &r.Label.It, &r.Label.En, &r.Description.It, &r.Description.En,
				&r.Combines, &r.Assignable); err != nil {
				return err
			}
			offers := c.Products[at[product]].Offers
			offers[of] = append(offers[of], r)
		}
		return rows.Err()
	})
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return catalogue.Catalogue{}, fmt.Errorf("read catalogue: %w", err)
	}
	return c, nil
}

// roleOffers are the offers of one role by type of institution.
type roleOffers map[access.InstitutionType]access.Role

// rolesOf groups a product's offers by role, then by type.
func rolesOf(p catalogue.Product) map[access.RoleID]roleOffers {
	roles := map[access.RoleID]roleOffers{}
	for of, offered := range p.Offers {
		for _, r := range offered {
			if roles[r.ID] == nil {
				roles[r.ID] = roleOffers{}
			}
			r.Combines = append([]string{}, r.Combines...) // nil and empty are equal
			roles[r.ID][of] = r
		}
	}
	return roles
}

// sameProduct compares everything but the roles.
func sameProduct(a, b catalogue.Product) bool {
	a.Offers, b.Offers = nil, nil
	return reflect.DeepEqual(a, b)
}

// sameOffers compares the roles, and their order within each type.
func sameOffers(a, b catalogue.Product) bool {
	order := func(p catalogue.Product) map[access.InstitutionType][]access.RoleID {
		ids := map[access.InstitutionType][]access.RoleID{}
		for of, roles := range p.Offers {
			for _, r := range roles {
				ids[of] = append(ids[of], r.ID)
			}
		}
		return ids
	}
	return reflect.DeepEqual(rolesOf(a), rolesOf(b)) && reflect.DeepEqual(order(a), order(b))
}

// compare counts the differences.
func compare(old, c catalogue.Catalogue) CatalogueReport {
	var report CatalogueReport
	products := func(c catalogue.Catalogue) map[access.ProductID]catalogue.Product {
		byID := map[access.ProductID]catalogue.Product{}
		for _, p := range c.Products {
			byID[p.ID] = p
		}
		return byID
	}
	before, after := products(old), products(c)
	report.Products = count(before, after, sameProduct)
	for id := range maps.Keys(mergeMaps(before, after)) {
		roles := count(rolesOf(before[id]), rolesOf(after[id]), func(a, b roleOffers) bool { return reflect.DeepEqual(a, b) })
		report.Roles.Added += roles.Added
		report.Roles.Changed += roles.Changed
		report.Roles.Unchanged += roles.Unchanged
		report.Roles.Removed += roles.Removed
	}
	report.Reordered = !slices.Equal(commonProducts(old, after), commonProducts(c, before))
	return report
}

func mergeMaps[K comparable, V any](a, b map[K]V) map[K]V {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// commonProducts are the ids of the products that the other catalogue has too, in order of c.
func commonProducts(c catalogue.Catalogue, other map[access.ProductID]catalogue.Product) []access.ProductID {
	var ids []access.ProductID
	for _, p := range c.Products {
		if _, both := other[p.ID]; both {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func count[K comparable, V any](before, after map[K]V, same func(V, V) bool) Counts {
	var n Counts
	for id, b := range after {
		switch a, there := before[id]; {
		case !there:
			n.Added++
		case same(a, b):
			n.Unchanged++
		default:
			n.Changed++
		}
	}
	n.Removed = len(before) + n.Added - len(after)
	return n
}
