package admin_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

func demoCatalogue(t *testing.T) catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Read(demo.CatalogueName, demo.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// altered returns the catalogue with one product changed, or removed if change returns false.
func altered(c catalogue.Catalogue, id access.ProductID, change func(*catalogue.Product) bool) catalogue.Catalogue {
	var other catalogue.Catalogue
	for _, p := range c.Products {
		p.Offers = maps.Clone(p.Offers)
		for of, roles := range p.Offers {
			p.Offers[of] = slices.Clone(roles)
		}
		if p.ID != id || change(&p) {
			other.Products = append(other.Products, p)
		}
	}
	return other
}

// catalogueRows returns all rows of the catalogue's tables as text, with the transaction that wrote each.
func catalogueRows(t *testing.T, db *pgxpool.Pool) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT xmin || ' ' || product::text FROM product UNION ALL
		SELECT xmin || ' ' || product_role::text FROM product_role UNION ALL
		SELECT xmin || ' ' || role_offer::text FROM role_offer ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

func importCatalogue(t *testing.T, db *pgxpool.Pool, c catalogue.Catalogue) admin.CatalogueReport {
	t.Helper()
	report, err := admin.ImportCatalogue(t.Context(), db, c)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestTheFieldsOwnCatalogueIsImportedOnce(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "selfcare-products.json"))
	if err != nil {
		t.Skip("the real catalogue is not beside the module: shared/data/selfcare-products.json")
	}
	c, err := catalogue.Read("selfcare-products.json", file)
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.New(t)
	first := importCatalogue(t, db.Owner, c)
	if first.Products != (admin.Counts{Added: 21}) {
		t.Errorf("products: got %+v, want 21 added", first.Products)
	}
	before := catalogueRows(t, db.Owner)
	second := importCatalogue(t, db.Owner, c)
	want := admin.CatalogueReport{Products: admin.Counts{Unchanged: 21}, Roles: admin.Counts{Unchanged: first.Roles.Added}}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("the same again (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(before, catalogueRows(t, db.Owner)); diff != "" {
		t.Errorf("the same again wrote rows (-before +after)\n%s", diff)
	}
}

func TestAnImportWritesOnlyDifferences(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := demoCatalogue(t)
	importCatalogue(t, db.Owner, c)
	before := catalogueRows(t, db.Owner)

	changed := altered(c, "prod-interop", func(p *catalogue.Product) bool {
		p.Title.En = "Data exchange"
		p.Offers[""][1].Label.It = "Tecnico API"
		p.Offers[""] = append(p.Offers[""], access.Role{
			ID: "new", Category: access.Operator, Label: access.Text{It: "Nuovo"}, Assignable: access.AssignableHere,
		})
		return true
	})
	changed = altered(changed, "prod-bonus", func(*catalogue.Product) bool { return false })
	changed = altered(changed, "prod-io-premium", func(*catalogue.Product) bool { return false })
	got := importCatalogue(t, db.Owner, changed)
	n, roles := len(c.Products), 0
	for _, p := range c.Products {
		roles += len(p.Categories())
	}
	want := admin.CatalogueReport{
		Products: admin.Counts{Changed: 1, Unchanged: n - 3, Removed: 2},
		Roles:    admin.Counts{Added: 1, Changed: 1, Unchanged: roles - 3, Removed: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	left := 0
	for _, row := range catalogueRows(t, db.Owner) {
		if slices.Contains(before, row) {
			left++
		} else if !strings.Contains(row, "prod-interop") && !strings.Contains(row, "prod-pn-coll,8") && !strings.Contains(row, "prod-pn-coll,7") {
			t.Errorf("written without need: %s", row)
		}
	}
	if left == 0 {
		t.Error("all rows were rewritten")
	}

	back := importCatalogue(t, db.Owner, c)
	if back.Products.Added != 2 || back.Roles.Removed != 1 {
		t.Errorf("back to the first: got %+v", back)
	}
	if again := importCatalogue(t, db.Owner, c); again.Products.Unchanged != n || again.Reordered {
		t.Errorf("the same again: got %+v", again)
	}
	slices.Reverse(c.Products)
	if turned := importCatalogue(t, db.Owner, c); turned.Products.Unchanged != n || !turned.Reordered {
		t.Errorf("another order: got %+v", turned)
	}
}

func TestRolesAndProductsInUseCannotBeRemoved(t *testing.T) {
	t.Parallel()
	without := func(of access.InstitutionType, role access.RoleID) func(*catalogue.Product) bool {
		return func(p *catalogue.Product) bool {
			p.Offers[of] = slices.DeleteFunc(p.Offers[of], func(r access.Role) bool { return r.ID == role })
			return true
		}
	}
	for name, c := range map[string]struct {
		product access.ProductID
		change  func(*catalogue.Product) bool
		want    []string
	}{
		"a role held": {
			"prod-interop", without("", "api"),
			[]string{`prod-interop: the role "api" would no longer be offered, and 2 users of institutions of type PA hold it`},
		},
		"a role held suspended": {
			"prod-interop", without("", "viewer"),
			[]string{`"viewer" would no longer be offered, and 1 user of institutions of type PA holds it:`},
		},
		"a role of a type": {
			"prod-pagopa", without("PSP", "operator-psp"),
			[]string{`prod-pagopa: the role "operator-psp" would no longer be offered, and 1 user of institutions of type PSP holds it`},
		},
		"another type of its own": {"prod-pagopa", func(p *catalogue.Product) bool {
			p.Offers["PA"] = p.Offers["PSP"]
			return true
		}, []string{`"admin" would no longer be offered, and 1 user of institutions of type PA`}},
		"another category": {"prod-interop", func(p *catalogue.Product) bool {
			p.Offers[""][1].Category = access.Administrator
			return true
		}, []string{`"api" would change from operator to administrator, and 2 users of institutions of type PA hold it`}},
		"a product of subscribers": {
			"prod-io", func(*catalogue.Product) bool { return false },
			[]string{"prod-io: is missing, and institutions subscribe to it (1"},
		},
		"a parent with users": {"prod-interop", func(p *catalogue.Product) bool { p.Parent = "prod-io"; return true }, []string{
			"prod-interop: would become a child of prod-io", `1 user of institutions of type PA holds the role "viewer"`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			s := seed.New(t, db.Owner, seed.Keys(t))
			i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pagopa", "prod-io inactive")
			i.Admin("Anna Bianchi", "prod-interop", "prod-pagopa")
			i.Operator("Oto Neri", "prod-interop", "api")
			i.Operator("Eva Gallo", "prod-interop", "api", "security")
			i.Operator("Ugo Villa", "prod-interop", "viewer suspended")
			bank := s.Institution("Banca di Prova", "PSP").Product("prod-pagopa")
			bank.Admin("Carla Verdi", "prod-pagopa")
			bank.Operator("Dino Russo", "prod-pagopa", "operator-psp")
			before := catalogueRows(t, db.Owner)

			bad := altered(demoCatalogue(t), c.product, c.change)
			bad.Products[0].Title.It = "Also changed"
			_, err := admin.ImportCatalogue(t.Context(), db.Owner, bad)
			var reasons admin.CatalogueInUse
			if !errors.As(err, &reasons) {
				t.Fatalf("got %v, want a refusal", err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in:\n%v", want, err)
				}
			}
			if diff := cmp.Diff(before, catalogueRows(t, db.Owner)); diff != "" {
				t.Errorf("a refused import changed something (-before +after)\n%s", diff)
			}
		})
	}
}

func TestAnUnusedRoleMayBeRemovedOrChangeCategory(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	c := altered(demoCatalogue(t), "prod-interop", func(p *catalogue.Product) bool {
		p.Offers[""] = p.Offers[""][:3] // admin, api, security
		p.Offers[""][1].Category = access.Administrator
		return true
	})
	got := importCatalogue(t, db.Owner, c)
	if got.Roles.Removed != 2 || got.Roles.Changed != 1 {
		t.Errorf("got %+v, want 2 roles removed and 1 changed", got.Roles)
	}
}

// An import waits for current changes and sees what they write: they could assign a role that it removes.
func TestAnImportWaitsForRunningChanges(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), `SELECT FROM institution WHERE id = $1 FOR NO KEY UPDATE`, i.ID); err != nil {
		t.Fatal(err)
	}
	outcome := make(chan error, 1)
	go func() {
		c := altered(demoCatalogue(t), "prod-interop", func(p *catalogue.Product) bool { p.Offers[""] = p.Offers[""][:2]; return true })
		_, err := admin.ImportCatalogue(t.Context(), db.Owner, c)
		outcome <- err
	}()
	for waiting := false; !waiting; {
		select {
		case err := <-outcome:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
		err := db.App.QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND mode = 'ExclusiveLock' AND relation = 'institution'::regclass)`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-outcome; err != nil {
		t.Error(err)
	}
}
