package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Products reads the institution's active products, in the catalogue's order, each with its roles for institutions of this
// type (rules, section 1). They share the roles of the store's copy of the catalogue, and must not be changed.
//
// The statement reads the catalogue's version. Only a version that the store has no copy of is read whole, in a round trip
// of its own: no page shows an older catalogue than the database has.
func (q *Query) Products(dst *[]access.Product, institution access.InstitutionID) {
	var active activeProducts
	q.queryRow(func(row pgx.Row) error { return row.Scan(&active.of, &active.version, &active.ids) }, `
		SELECT type, (SELECT version::text FROM catalogue_version),
		       ARRAY(SELECT product FROM active_product WHERE institution = $1 ORDER BY position)
		FROM institution WHERE id = $1`, institution)
	q.complete = append(q.complete, func(ctx context.Context) (err error) {
		*dst, err = q.products(ctx, active)
		return err
	})
}

// activeProducts are the products of an institution of a type, by their ids, and the version of their catalogue.
type activeProducts struct {
	of      access.InstitutionType
	version string
	ids     []string
}

// products looks the products up in the store's copy of the catalogue, which it renews if it has another version.
func (q *Query) products(ctx context.Context, active activeProducts) ([]access.Product, error) {
	if len(active.ids) == 0 {
		return nil, nil
	}
	c := q.catalogue.Load()
	if c == nil || c.version != active.version {
		var err error
		if c, err = q.readCatalogue(ctx); err != nil {
			return nil, err
		}
		q.catalogue.Store(c)
	}
	products := make([]access.Product, 0, len(active.ids))
	for _, id := range active.ids {
		if p := c.product(access.ProductID(id), active.of); len(p.Roles) > 0 {
			products = append(products, p)
		}
	}
	access.ColourProducts(products)
	return products, nil
}

// catalogue is a copy of the catalogue, which nobody changes.
type catalogue struct {
	version  string
	products map[access.ProductID]access.Product // without roles
	roles    map[offerKey][]access.Role
}

// offerKey is a product and a type of institution to which it offers roles of its own; empty: every other type.
type offerKey struct {
	product access.ProductID
	of      access.InstitutionType
}

// product returns a product with the roles that it offers to institutions of a type.
func (c *catalogue) product(id access.ProductID, of access.InstitutionType) access.Product {
	p := c.products[id]
	p.Roles = c.roles[offerKey{id, of}]
	if p.Roles == nil {
		p.Roles = c.roles[offerKey{id, ""}]
	}
	return p
}

// readCatalogue reads the catalogue whole, in one statement, so that version and content belong together.
func (q *Query) readCatalogue(ctx context.Context) (*catalogue, error) {
	c := &catalogue{products: map[access.ProductID]access.Product{}, roles: map[offerKey][]access.Role{}}
	var p access.Product // the destinations of each row
	var r access.Role
	var of access.InstitutionType
	read := &Query{send: q.send}
	read.queryRows(func(rows pgx.Rows) error {
		err := rows.Scan(&c.version, (*string)(&of), (*string)(&p.ID), &p.Title.It, &p.Title.En, &p.Description.It, &p.Description.En,
			&p.PhaseOut, (*string)(&r.ID), (*string)(&r.Category), &r.Label.It, &r.Label.En, &r.Description.It, &r.Description.En,
			&r.Combines, (*string)(&r.Assignable))
		key := offerKey{p.ID, of}
		c.products[p.ID], c.roles[key] = p, append(c.roles[key], r)
		return err
	}, `
		SELECT v.version::text, o.institution_type, p.id, p.title_it, p.title_en, p.description_it, p.description_en,
		       p.status = 'phase_out',
		       o.role, o.category, o.label_it, o.label_en, o.description_it, o.description_en, o.combines, o.assignable
		FROM catalogue_version v, product p JOIN role_offer o ON o.product = p.id
		ORDER BY p.id, o.institution_type, o.position`)
	if err := read.Read(ctx); err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	return c, nil
}
