package admin

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
)

// checkInUse returns [CatalogueInUse] if the new catalogue lacks roles or products that are in use.
func checkInUse(ctx context.Context, tx pgx.Tx, old, c catalogue.Catalogue) error {
	var gone []access.ProductID
	var touched []access.ProductID // with other roles, or another parent
	for _, p := range old.Products {
		now, there := c.Product(p.ID)
		if !there {
			gone = append(gone, p.ID)
		} else if !sameOffers(p, now) || p.Parent != now.Parent {
			touched = append(touched, p.ID)
		}
	}
	if len(gone)+len(touched) == 0 {
		return nil
	}
	subscribed, err := subscriptionReasons(ctx, tx, gone)
	if err != nil {
		return err
	}
	holders, err := holdersOn(ctx, tx, touched)
	if err != nil {
		return err
	}
	reasons := subscribed
	for _, h := range holders {
		now, _ := c.Product(h.product)
		role, offered := now.Role(h.of, h.role)
		switch {
		case now.Parent != "":
			reasons = append(reasons, fmt.Sprintf(
				"%s: would become a child of %s, which has no users of its own, and %s the role %q",
				h.product, now.Parent, h, h.role))
		case !offered:
			reasons = append(reasons, fmt.Sprintf(
				"%s: the role %q would no longer be offered, and %s it: remove it from them first", h.product, h.role, h))
		case role.Category != h.category:
			reasons = append(reasons, fmt.Sprintf(
				"%s: the role %q would change from %s to %s, and %s it: remove it from them first, or use another code",
				h.product, h.role, h.category, role.Category, h))
		}
	}
	if len(reasons) > 0 {
		return CatalogueInUse(reasons)
	}
	return nil
}

func subscriptionReasons(ctx context.Context, tx pgx.Tx, gone []access.ProductID) (reasons []string, err error) {
	rows, err := tx.Query(ctx, `
		SELECT product, count(*) FROM institution_product WHERE product = ANY ($1) GROUP BY product ORDER BY product`, gone)
	if err != nil {
		return nil, fmt.Errorf("subscriptions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		var product access.ProductID
		var n int
		err := row.Scan(&product, &n)
		return fmt.Sprintf("%s: is missing, and institutions subscribe to it (%d, inactive ones included): "+
			"keep it, with status INACTIVE", product, n), err
	})
}

// holders counts the users who hold a role in institutions of one type.
type holders struct {
	product  access.ProductID
	role     access.RoleID
	category access.Category
	of       access.InstitutionType
	count    int
}

// String is "2 users of institutions of type PA hold".
func (h holders) String() string {
	if h.count == 1 {
		return fmt.Sprintf("1 user of institutions of type %s holds", h.of)
	}
	return fmt.Sprintf("%d users of institutions of type %s hold", h.count, h.of)
}

func holdersOn(ctx context.Context, tx pgx.Tx, products []access.ProductID) ([]holders, error) {
	rows, err := tx.Query(ctx, `
		SELECT a.product, a.role, a.category, i.type, count(*)
		FROM assignment a JOIN institution i ON i.id = a.institution
		WHERE a.product = ANY ($1)
		GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 4`, products)
	if err != nil {
		return nil, fmt.Errorf("holders: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (h holders, err error) {
		err = row.Scan(&h.product, &h.role, &h.category, &h.of, &h.count)
		return h, err
	})
}

// writeCatalogue writes the differences. Parents are inserted before their children and deleted after them.
func writeCatalogue(ctx context.Context, tx pgx.Tx, old, c catalogue.Catalogue) error {
	batch := &pgx.Batch{}
	for _, children := range []bool{false, true} {
		for position, p := range c.Products {
			if (p.Parent != "") != children {
				continue
			}
			writeProduct(batch, old, p, position)
		}
	}
	for _, p := range c.Products {
		if before, _ := old.Product(p.ID); !sameOffers(before, p) {
			writeOffers(batch, p)
		}
	}
	for _, children := range []bool{true, false} {
		for _, p := range old.Products {
			if _, there := c.Product(p.ID); there || (p.Parent != "") != children {
				continue
			}
			batch.Queue(`DELETE FROM role_offer WHERE product = $1`, p.ID)
			batch.Queue(`DELETE FROM product_role WHERE product = $1`, p.ID)
			batch.Queue(`DELETE FROM product WHERE id = $1`, p.ID)
		}
	}
	if batch.Len() > 0 { // where triggers do it, once more: on tables that are on several machines they do not run
		batch.Queue(`UPDATE catalogue_version SET version = gen_random_uuid()`)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("write catalogue: %w", err)
	}
	return nil
}

func writeProduct(batch *pgx.Batch, old catalogue.Catalogue, p catalogue.Product, position int) {
	before := slices.IndexFunc(old.Products, func(q catalogue.Product) bool { return q.ID == p.ID })
	if before == position && sameProduct(old.Products[before], p) {
		return
	}
	batch.Queue(`
		INSERT INTO product (id, position, title_it, title_en, description_it, description_en, status, parent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''))
		ON CONFLICT (id) DO UPDATE SET position = excluded.position, title_it = excluded.title_it, title_en = excluded.title_en,
			description_it = excluded.description_it, description_en = excluded.description_en,
			status = excluded.status, parent = excluded.parent`,
		p.ID, position, p.Title.It, p.Title.En, p.Description.It, p.Description.En, p.Status, p.Parent)
}

// writeOffers replaces all roles of one product. Roles that are held stay in product_role, because assignments refer to
// them.
func writeOffers(batch *pgx.Batch, p catalogue.Product) {
	var roles []access.RoleID
	var categories []access.Category
	for role, category := range p.Categories() {
		roles, categories = append(roles, role), append(categories, category)
	}
	batch.Queue(`DELETE FROM role_offer WHERE product = $1`, p.ID)
	batch.Queue(`
		DELETE FROM product_role WHERE product = $1
		AND (role, category) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))`, p.ID, roles, categories)
	batch.Queue(`
		INSERT INTO product_role (product, role, category) SELECT $1, r, c FROM unnest($2::text[], $3::text[]) AS new (r, c)
		ON CONFLICT DO NOTHING`, p.ID, roles, categories)
	for of, offered := range p.Offers {
		for position, r := range offered {
			batch.Queue(`
				INSERT INTO role_offer (product, institution_type, role, category, position,
					label_it, label_en, description_it, description_en, combines, assignable)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
				p.ID, of, r.ID, r.Category, position, r.Label.It, r.Label.En, r.Description.It, r.Description.En,
				append([]string{}, r.Combines...), r.Assignable)
		}
	}
}
