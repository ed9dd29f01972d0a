package bench_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/demo/generate"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/migrations"
)

// database is a site's database with generated people.
type database struct {
	name    string
	cluster *devpostgres.Cluster
	url     string // for the application's user
	owner   *pgxpool.Pool
	people  int // users of all institutions
	largest int // users of the institution whose list is measured

	institution access.InstitutionID
	admin       access.UserID
	workbenches []workbench
}

// product is the product whose list is read.
const product access.ProductID = "prod-interop"

// workbench is an institution with one Administrator and one user, for one client, so that no change is refused.
type workbench struct {
	institution access.InstitutionID
	admin       access.UserID
	subject     access.UserID
	suspended   bool // the subject's role is
}

// workbenches is their number.
const workbenches = 16

// newCluster starts a durable server, as in production. BENCH_DATA names its folder, in which generated data are kept
// for later runs; by default it is a temporary one.
func newCluster(t *testing.T) *devpostgres.Cluster {
	t.Helper()
	folder := os.Getenv("BENCH_DATA")
	if folder == "" {
		made, err := os.MkdirTemp("/var/tmp", "areariservata-bench-")
		if err == nil {
			err = os.Chmod(made, 0o755) // the server's account must be able to enter
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := os.RemoveAll(made); err != nil {
				t.Error(err)
			}
		})
		folder = filepath.Join(made, "data")
	}
	cluster, err := devpostgres.Start(t.Context(), devpostgres.Config{DataDir: folder})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := cluster.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// schema identifies the migrations: a database with other migrations is not reused.
func schema(t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	err := fs.WalkDir(migrations.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		_, _ = hash.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", hash.Sum(nil)[:4])
}

// newDatabase is a database with that many users, most of them (up to a hundred thousand) in one institution; an
// existing one, or a new one.
func newDatabase(t *testing.T, cluster *devpostgres.Cluster, people int) *database {
	t.Helper()
	d := &database{
		name: fmt.Sprintf("bench_%d_%s", people, schema(t)), cluster: cluster,
		people: people, largest: min(100_000, people-max(20, people/50)),
	}
	maintenance, err := pgxpool.New(t.Context(), cluster.URL("postgres", devpostgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer maintenance.Close()
	var there bool
	if err := maintenance.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, d.name).
		Scan(&there); err != nil {
		t.Fatal(err)
	}
	if !there {
		draft := d.name + "_draft"
		for _, sql := range []string{`DROP DATABASE IF EXISTS ` + draft, `CREATE DATABASE ` + draft} {
			if _, err := maintenance.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		d.fill(t, draft)
		if _, err := maintenance.Exec(t.Context(), `ALTER DATABASE `+draft+` RENAME TO `+d.name); err != nil {
			t.Fatal(err)
		}
	}
	d.url = cluster.URL(d.name, devpostgres.AppUser)
	if d.owner, err = pgxpool.New(context.WithoutCancel(t.Context()), cluster.URL(d.name, devpostgres.Superuser)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.owner.Close)
	d.loadFacts(t)
	return d
}

// fill creates the schema and the data: generated people, Anna Bianchi, who administers all products of the largest
// institution, and the workbenches.
func (d *database) fill(t *testing.T, name string) {
	t.Helper()
	ctx := t.Context()
	owner, err := pgxpool.New(ctx, d.cluster.URL(name, devpostgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if err := errors.Join(store.Migrate(ctx, owner), devpostgres.EnsureAppRole(ctx, owner, "")); err != nil {
		t.Fatal(err)
	}
	s := seed.New(t, owner, seed.Keys(t))
	start := time.Now()
	size := generate.Size{Users: d.people, Institutions: max(11, d.people/100), Largest: d.largest, Seed: 11}
	if _, err := generate.Fill(ctx, owner, seed.Keys(t), size, func(generate.Report) {}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d users generated in %s", d.people, time.Since(start).Round(time.Second))
	rows, err := owner.Query(ctx, `
		SELECT DISTINCT ON (product) institution::text, product, role FROM assignment a JOIN institution i ON i.id = a.institution
		WHERE i.code = $1 AND category = 'administrator' ORDER BY product, role`, largest)
	if err != nil {
		t.Fatal(err)
	}
	var targets []access.Target
	var one access.Target
	if _, err := pgx.ForEachRow(rows, []any{&d.institution, &one.Product, &one.Role}, func() error {
		targets = append(targets, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	pool, err := store.Open(d.cluster.URL(name, devpostgres.AppUser), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	err = store.New(pool, seed.Keys(t)).Change(ctx, d.institution, access.Add, func(ctx context.Context, tx *store.Tx) error {
		anna, err := tx.AddUser(ctx, s.FiscalCode("Anna Bianchi"), "Anna", "Bianchi", seed.Email("Anna Bianchi"))
		if err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.Assign(ctx, anna, target, access.Administrator); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := range workbenches {
		i := s.Institution(fmt.Sprintf("Banco %c", 'A'+n), "PA").Product(string(product))
		i.Admin(fmt.Sprintf("Anna%c Banchi", 'a'+n), string(product))
		i.Operator(fmt.Sprintf("Oto%c Banchi", 'a'+n), string(product), "api")
	}
	if _, err := owner.Exec(ctx, `VACUUM (ANALYZE)`); err != nil {
		t.Fatal(err)
	}
}

// largest is the code of the generator's largest institution.
const largest = "ente-000000"

// loadFacts reads the ids that the benchmarks need.
func (d *database) loadFacts(t *testing.T) {
	t.Helper()
	err := d.owner.QueryRow(t.Context(), `
		SELECT i.id::text, u.person::text FROM institution i JOIN app_user u ON u.institution = i.id
		WHERE i.code = $1 AND u.first_name = 'Anna' AND u.last_name = 'Bianchi' AND u.email = $2`,
		largest, seed.Email("Anna Bianchi")).Scan(&d.institution, &d.admin)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := d.owner.Query(t.Context(), `
		SELECT i.id::text, max(a.person::text) FILTER (WHERE a.category = 'administrator'),
		       max(a.person::text) FILTER (WHERE a.category = 'operator'),
		       bool_or(a.status = 'suspended') -- a run before may have ended between the two
		FROM institution i JOIN assignment a ON a.institution = i.id WHERE i.name LIKE 'Banco _' GROUP BY i.id ORDER BY i.id`)
	if err != nil {
		t.Fatal(err)
	}
	var one workbench
	if _, err := pgx.ForEachRow(rows, []any{&one.institution, &one.admin, &one.subject, &one.suspended}, func() error {
		d.workbenches = append(d.workbenches, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(d.workbenches) != workbenches {
		t.Fatalf("%d workbenches", len(d.workbenches))
	}
}

// page is a page of the list, as lists link to it and by offset.
type page struct {
	at     access.Page
	offset int
}

// pages returns full pages from all over the list: what the page before each links to as the next.
func (d *database) pages(t *testing.T, n int) []page {
	t.Helper()
	rows, err := d.owner.Query(t.Context(), `
		WITH l AS (SELECT lead(person) OVER (ORDER BY sort_key, person) AS next, row_number() OVER (ORDER BY sort_key, person) AS place,
		                  count(*) OVER () AS total
		           FROM listing WHERE institution = $1 AND product = $2)
		SELECT next::text, place FROM l WHERE place < total - 30 AND place % greatest(1, total / $3::bigint) = 0 ORDER BY place`,
		d.institution, product, n)
	if err != nil {
		t.Fatal(err)
	}
	var all []page
	var one page
	if _, err := pgx.ForEachRow(rows, []any{&one.at.Before, &one.offset}, func() error {
		all = append(all, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(all) == 0 {
		t.Fatal("the list has no page but the first")
	}
	db := store.New(d.owner, seed.Keys(t))
	for i := range all {
		var sections []access.Section
		q := db.Query()
		q.Sections(&sections, d.institution, access.Filter{Product: product, Page: all[i].at})
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		all[i].at = sections[0].Next
	}
	return all
}

// signIn signs a person in by the site's own code, without the bridge, and returns the cookie.
func (d *database) signIn(t *testing.T, user access.UserID) string {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	sessions := signin.NewSessions(pool, false)
	fail := func(_ http.ResponseWriter, _ *http.Request, err error) { t.Fatal(err) }
	w := httptest.NewRecorder()
	sessions.Load(fail)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := sessions.SignIn(w, r, string(seed.Person(t, d.owner, user))); err != nil {
			t.Fatal(err)
		}
	})).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	cookie, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	if cookie == "" {
		t.Fatal("no session")
	}
	return cookie
}

// socket is the server's address, for other programs.
func (d *database) socket(t *testing.T) (host, port string) {
	t.Helper()
	u, err := url.Parse(d.url)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("host"), u.Query().Get("port")
}
