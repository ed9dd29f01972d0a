package bench_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/ha"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/web"
)

// The baselines for the complete page run in a process of their own, as the site does: the test binary with this
// variable.
const baselinesVariable = "BENCH_FLOORS"

// baselines are handlers that do less than the site.
type baselines struct {
	pool         *pgxpool.Pool
	unlimited    *pgxpool.Pool // without time limits: the conventional page's statements
	db           *store.Store
	institution  access.InstitutionID
	admin        access.UserID
	person       access.PersonID // of admin
	session      string          // the administrator's, as stored in the database
	constantPage []byte
}

// newBaselines starts the process on a database.
func newBaselines(t *testing.T, d *database) *process {
	t.Helper()
	address := ha.FreeAddress(t)
	command := exec.Command(os.Args[0])
	var session string
	person := seed.Person(t, d.owner, d.admin)
	if err := d.owner.QueryRow(t.Context(), `SELECT token_hash FROM web_session WHERE person = $1 ORDER BY created_at DESC LIMIT 1`, person).
		Scan(&session); err != nil {
		t.Fatal(err)
	}
	command.Env = append(
		os.Environ(),
		baselinesVariable+"="+strings.Join([]string{address, d.url, string(d.institution), string(d.admin), string(person), session}, " "),
	)
	return start(t, command, address)
}

// runBaselines is the main function of that process.
func runBaselines(settings string) error {
	parts := strings.Fields(settings)
	if len(parts) != 6 {
		return errors.New("floors: want an address, a database, an institution, a user, their person and their session")
	}
	pool, err := store.Open(parts[1], nil)
	if err != nil {
		return err
	}
	unlimited, err := pgxpool.New(context.Background(), parts[1])
	if err != nil {
		return err
	}
	keys, err := store.NewKeys([]byte(strings.Repeat("f", store.KeySize)), []byte(strings.Repeat("s", store.KeySize)))
	if err != nil {
		return err
	}
	f := baselines{
		pool: pool, unlimited: unlimited, db: store.New(pool, keys), institution: access.InstitutionID(parts[2]), admin: access.UserID(parts[3]),
		person: access.PersonID(parts[4]), session: parts[5],
		constantPage: bytes.Repeat([]byte("<p>thirty thousand bytes, always the same ones</p>\n"), 30<<10/50),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/bare", pageHandler(f.renderBare))
	mux.HandleFunc("/conventional", pageHandler(f.renderConventional))
	mux.HandleFunc("/constant", pageHandler(func(*http.Request) ([]byte, error) { return f.constantPage, nil }))
	listener, err := net.Listen("tcp", parts[0])
	if err != nil {
		return err
	}
	return (&http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}).Serve(listener)
}

// pageHandler serves the result of a function.
func pageHandler(page func(*http.Request) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		text, err := page(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(text)
	}
}

// sessionQuery is the site's query for a session.
const sessionQuery = `
	SELECT data, expiry, expiry > now() AND revoked_at IS NULL, coalesce(revoked_reason, 'expired'), coalesce(person::text, ''),
	       coalesce((SELECT p.language FROM person p WHERE p.id = s.person), ''),
	       (SELECT jsonb_object_agg(u.institution, u.person) FROM app_user u WHERE u.identity = s.person)
	FROM web_session s WHERE token_hash = $1`

// querySession runs it.
func (f baselines) querySession(ctx context.Context) error {
	var data []byte
	var expiry time.Time
	var live bool
	var why, person, language string
	var users map[string]string
	return f.pool.QueryRow(ctx, sessionQuery, f.session).Scan(&data, &expiry, &live, &why, &person, &language, &users)
}

// pageData is the scope of the page.
type pageData struct {
	scope        store.Scope
	institutions []access.Institution
	list         store.List
}

func (f baselines) queryPage(q *store.Query) *pageData {
	a := &pageData{}
	q.Scope(&a.scope, f.institution, f.admin)
	q.InstitutionsOf(&a.institutions, f.person)
	return a
}

// render makes the page: the same decision, the same component as the site's.
func (a *pageData) render(r *http.Request, filter access.Filter) ([]byte, error) {
	if err := access.Decide(access.Request{Actor: a.scope.Actor, Action: access.EnterUsers}); err != nil {
		return nil, err
	}
	d := access.Directory{
		Institution: a.scope.Institution, Actor: a.scope.Actor, Products: a.scope.Products,
		Filter: filter, UserCounts: a.list.UserCounts, Groups: a.list.HasActiveGroup,
	}.WithSections(a.list.Sections)
	frame := web.Layout{
		Lang:          access.Italian,
		Address:       r.URL.RequestURI(),
		Person:        a.scope.Actor.Name(),
		UserID:        a.scope.Actor.ID,
		Institution:   a.scope.Institution,
		Institutions:  a.institutions,
		MayEnterUsers: true,
		ActiveNav:     web.NavUsers,
	}
	var b bytes.Buffer
	err := web.Users(frame, web.UsersPage{Directory: d}).Render(r.Context(), &b)
	return b.Bytes(), err
}

// renderBare is the list page alone: the same statements in the same two round trips, the same decisions, the same
// component; no router, session, log, headers, compression, form or language.
func (f baselines) renderBare(r *http.Request) ([]byte, error) {
	ctx := r.Context()
	if err := f.querySession(ctx); err != nil {
		return nil, err
	}
	filter := web.ReadFilter(r.URL.Query())
	q := f.db.Query()
	asked := f.queryPage(q)
	q.List(&asked.list, f.institution, filter)
	if err := q.Read(ctx); err != nil {
		return nil, err
	}
	return asked.render(r, filter)
}

// baselinePath is the path and query of a page, the same for the baselines and the site.
func (p page) baselinePath(path string) string {
	_, query, _ := strings.Cut(web.UsersURL("", access.Filter{Product: product, Page: p.at}), "?")
	return path + "?" + query
}

// listURL is the path and query of a page of the site's list.
func (d *database) listURL(p page) string {
	return web.UsersURL(d.institution, access.Filter{Product: product, Page: p.at})
}

func baselinesMain() int {
	settings, ok := os.LookupEnv(baselinesVariable)
	if !ok {
		return -1
	}
	if err := runBaselines(settings); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
