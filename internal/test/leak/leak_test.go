package leak_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// personCount is the number of marked people; LEAK_PEOPLE sets another.
func personCount(t *testing.T) int {
	t.Helper()
	text := os.Getenv("LEAK_PEOPLE")
	if text == "" {
		return 100
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 20 || n > 50_000 {
		t.Fatalf("LEAK_PEOPLE=%s: want 20 to 50000", text)
	}
	return n
}

func TestNoPersonalDataLeaks(t *testing.T) {
	t.Parallel()
	n := personCount(t)
	w := newFixture(t)
	var browsers []*browser
	for _, name := range administrators {
		b := w.browser(t)
		b.requireStatus(b.signIn(w.identityOf(name)), http.StatusOK)
		browsers = append(browsers, b)
	}
	b, outside := browsers[0], w.browser(t)
	for first := 0; first < n; first += 100 {
		w.exercisePeople(browsers, first, min(first+100, n))
		c := newMarkedPerson(t, first)
		w.exerciseRoutes(b, c)
		w.exerciseRoutes(outside, c)
		w.failDatabase(b, c)
	}
	w.readSharedPages(b)
	where := w.findLeaks(func() { w.sendWithoutDatabase(b, newMarkedPerson(t, 0)) })
	t.Logf("%d people; searched: %s", n, where.size)
	for _, place := range slices.Sorted(maps.Keys(where.codes)) {
		t.Errorf("fiscal codes in %s: %d", place, where.codes[place])
	}
	for place, n := range where.names {
		if place != "the dump" && place != "the database's files" && place != "the database's write-ahead log" {
			t.Errorf("names or addresses in %s: %d", place, n)
		}
	}
	if where.names["the dump"] < n || where.names["the database's files"] < n || where.names["the database's write-ahead log"] < n {
		t.Errorf("names should be in what the database keeps, and the search does not find them: %v", where.names)
	}
}

// exercisePeople sends the people from first to before end through the forms, in each browser some at the same time.
func (w fixture) exercisePeople(browsers []*browser, first, end int) {
	var wait sync.WaitGroup
	for k, b := range browsers {
		wait.Go(func() {
			for i := first + k; i < end; i += len(browsers) {
				c := newMarkedPerson(w.T, i)
				w.exerciseForms(b, c)
				if i%10 == 0 {
					w.exerciseSignIn(c)
					w.sendOversized(b, c)
				}
			}
		})
	}
	wait.Wait()
}

// readSharedPages reads the pages and files about many people, which show no fiscal code.
func (w fixture) readSharedPages(b *browser) {
	b.T.Helper()
	for _, address := range []string{
		"/", web.HomeURL(w.institution), web.UsersURL(w.institution, access.Filter{}),
		web.UsersURL(w.institution, access.Filter{Product: "prod-interop"}), web.GroupsURL(w.institution, ""),
		web.GroupURL(w.institution, w.group), web.AddMembersURL(w.institution, w.group, access.Filter{}),
		web.ActivityURL(w.institution, access.EventFilter{}), web.ActivityFileURL(w.institution, access.EventFilter{}),
		web.AddURL(w.institution, ""), web.ImportURL(w.institution),
	} {
		b.requireNoCode(b.Roam().Get(address))
	}
	b.requireNoCode(b.Post(web.ExportURL(w.institution), url.Values{"format": {"csv"}}))
}

// failDatabase makes the database refuse a row while a form is executed, with an error that quotes the row; and delay
// a form until it times out.
func (w fixture) failDatabase(b *browser, c markedPerson) {
	t := b.T
	t.Helper()
	late := newMarkedPerson(t, 70_000+c.n)
	form := late.form("once", keyOf(t, b.requireStatus(b.Post(web.AddURL(w.institution, ""), late.form()), http.StatusOK)))
	exec := func(sql string) {
		t.Helper()
		if _, err := w.DB.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec(
		`ALTER TABLE app_user ADD CONSTRAINT broken CHECK (email = '') NOT VALID;
		ALTER TABLE web_session ADD CONSTRAINT broken CHECK (token_hash = '') NOT VALID`,
	)
	b.requireStatus(b.Post(web.AddConfirmURL(w.institution), form), http.StatusInternalServerError)
	other := w.browser(t)
	other.signIn(late.code, late.first, late.last)
	exec(`ALTER TABLE app_user DROP CONSTRAINT broken; ALTER TABLE web_session DROP CONSTRAINT broken`)

	tx, err := w.DB.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), `SELECT FROM institution FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	b.requireStatus(b.Post(web.AddConfirmURL(w.institution), form), http.StatusServiceUnavailable)
	if _, err := tx.Exec(t.Context(), `LOCK TABLE person IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	b.requireStatus(b.Post(web.SearchURL(w.institution), url.Values{"q": {late.code.Reveal()}}), http.StatusServiceUnavailable)
}

// sendWithoutDatabase sends forms while the database is down.
func (w fixture) sendWithoutDatabase(b *browser, c markedPerson) {
	b.T.Helper()
	for _, address := range []string{
		web.AddURL(w.institution, ""), web.AddConfirmURL(w.institution), web.SearchURL(w.institution),
		web.ImportURL(w.institution),
	} {
		b.requireStatus(
			b.Post(address, c.form("q", c.code.Reveal(), "once", "00000000-0000-4000-8000-000000000000")),
			http.StatusServiceUnavailable,
		)
	}
	b.requireStatus(b.Get(web.UsersURL(w.institution, access.Filter{})+"?q="+c.code.Reveal()), http.StatusServiceUnavailable)
	b.Get("/login/start?return=/" + c.code.Reveal())
}

// findings is how often something was found, by place, and how much was searched.
type findings struct {
	codes, names map[string]int
	size         string
}

// findLeaks stops the database and searches everything. down is called while the database is stopped.
func (w fixture) findLeaks(down func()) findings {
	t := w.T
	t.Helper()
	f := findings{codes: map[string]int{}, names: map[string]int{}}
	look := func(place string, text []byte) {
		t.Helper()
		for word, into := range map[string]map[string]int{codes: f.codes, names: f.names} {
			if n := newSearchPattern(word).countIn(t, bytes.NewReader(text)); n > 0 {
				into[place] = n
			}
		}
		f.size += place + " " + strconv.Itoa(len(text)>>10) + " KB, "
	}
	metrics := httptest.NewRecorder()
	w.Server.Metrics().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	look("the metrics", metrics.Body.Bytes())
	look("the sessions", w.tableText("web_session"))
	look("the sign-ins", w.tableText("login_attempt"))
	look("the kept forms", w.tableText("saved_form"))
	look("the check pages", w.tableText("prepared_form"))
	look("the audit log", w.tableText("audit_event"))
	look("what forms did", append(w.tableText("idempotency_key"), w.tableText("bulk_result")...))
	look("the dump", w.dump())
	w.stopPostgres(w.T)
	down()
	if err := w.traces.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	files := func(place, folder string, chosen func(string) bool) {
		t.Helper()
		for word, into := range map[string]map[string]int{codes: f.codes, names: f.names} {
			n, size := newSearchPattern(word).countInFiles(t, folder, chosen)
			if n > 0 {
				into[place] = n
			}
			if word == codes {
				f.size += place + " " + strconv.FormatInt(size>>10, 10) + " KB, "
			}
		}
	}
	wal := func(path string) bool { return strings.Contains(path, "pg_wal") }
	files("the database's write-ahead log", filepath.Join(w.folder, "data"), wal)
	files("the database's files", filepath.Join(w.folder, "data"), func(path string) bool { return !wal(path) })
	files("the application's log", w.folder, func(path string) bool { return filepath.Base(path) == "application.log" })
	files("the traces", w.folder, func(path string) bool { return filepath.Base(path) == "traces" })
	files("PostgreSQL's log", w.folder, func(path string) bool { return filepath.Base(path) == "postgres.log" })
	return f
}

// tableText is a table's rows as text.
func (w fixture) tableText(name string) []byte {
	w.T.Helper()
	var text bytes.Buffer
	conn, err := w.DB.Owner.Acquire(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	defer conn.Release()
	rows := `COPY (SELECT * FROM ` + pgx.Identifier{name}.Sanitize() + `) TO STDOUT`
	if _, err := conn.Conn().PgConn().CopyTo(w.T.Context(), &text, rows); err != nil {
		w.T.Fatal(err)
	}
	return text.Bytes()
}

// dump is pg_dump's output, or all rows as text if there is no pg_dump of the server's version.
func (w fixture) dump() []byte {
	w.T.Helper()
	program := filepath.Join(w.cluster.Binaries.Dir, "pg_dump")
	if _, err := os.Stat(program); err == nil {
		address, err := url.Parse(w.DB.Owner.Config().ConnString())
		if err != nil {
			w.T.Fatal(err)
		}
		out, err := exec.CommandContext(w.T.Context(), program, "--dbname="+address.String()).Output()
		if err != nil {
			w.T.Fatal(err)
		}
		return out
	}
	rows, err := w.DB.Owner.Query(w.T.Context(), `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`)
	if err != nil {
		w.T.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.T.Fatal(err)
	}
	var all []byte
	for _, table := range tables {
		all = append(all, w.tableText(table)...)
	}
	return all
}
