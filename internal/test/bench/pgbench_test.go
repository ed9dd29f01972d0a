package bench_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// queryRecorder records the statements of one change, by round trip.
type queryRecorder struct{ roundTrips [][]statement }

type statement struct {
	sql  string
	args []any
}

func (e *queryRecorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	e.roundTrips = append(e.roundTrips, []statement{{d.SQL, d.Args}})
	return ctx
}
func (e *queryRecorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (e *queryRecorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	e.roundTrips = append(e.roundTrips, nil)
	return ctx
}

func (e *queryRecorder) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	last := len(e.roundTrips) - 1
	e.roundTrips[last] = append(e.roundTrips[last], statement{d.SQL, d.Args})
}
func (e *queryRecorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// recordChange makes one change of a workbench by the site's service, and returns its statements.
func (d *database) recordChange(t *testing.T, b *workbench) [][]statement {
	t.Helper()
	e := &queryRecorder{}
	pool, err := store.Open(d.url, e)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := pool.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	service := users.New(store.New(pool, seed.Keys(t)), nil, time.Now)
	do := service.Suspend
	if b.nextAction() == access.Reactivate {
		do = service.Reactivate
	}
	e.roundTrips = nil
	err = do(
		t.Context(),
		users.Command{
			Institution: b.institution,
			Actor:       b.admin,
			Subject:     b.subject,
			Target:      role,
			Key:         store.IdempotencyKey(newIdempotencyKey()),
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	b.suspended = !b.suspended
	return e.roundTrips
}

// pgbenchScript writes the changes of all workbenches for pgbench: client n uses workbench n, and each of its
// transactions suspends and re-enables. Variables replace what differs between changes: the idempotency key and the end
// of the log, which is read under the lock. Round trips of several statements are pgbench's pipelines.
func (d *database) pgbenchScript(t *testing.T) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), d.url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	var text strings.Builder
	for n := range d.workbenches {
		word := `\elif`
		if n == 0 {
			word = `\if`
		}
		fmt.Fprintf(&text, "%s :client_id = %d\n", word, n)
		if d.workbenches[n].suspended {
			_ = d.recordChange(t, &d.workbenches[n])
		}
		for range 2 {
			d.write(t, conn, &text, d.recordChange(t, &d.workbenches[n]))
		}
	}
	text.WriteString("\\endif\n")
	return text.String()
}

func (d *database) write(t *testing.T, conn *pgx.Conn, text *strings.Builder, trips [][]statement) {
	t.Helper()
	text.WriteString("\\set a random(10000000, 99999999)\n\\set b random(100000000000, 999999999999)\n")
	for _, trip := range trips {
		piped := len(trip) > 1
		if piped {
			text.WriteString("\\startpipeline\n")
		}
		for _, one := range trip {
			sql := inlineArguments(t, conn, one)
			if strings.Contains(sql, "SELECT audit_seq, audit_head") {
				fmt.Fprintf(text, "%s \\gset\n\\set next :audit_seq + 1\n", sql)
			} else {
				text.WriteString(sql + ";\n")
			}
		}
		if piped {
			text.WriteString("\\endpipeline\n")
		}
	}
}

var placeholderPattern = regexp.MustCompile(`\$(\d+)`)

// inlineArguments replaces a statement's parameters by its arguments.
func inlineArguments(t *testing.T, conn *pgx.Conn, one statement) string {
	t.Helper()
	sql := strings.TrimSpace(one.sql)
	if len(one.args) == 0 {
		return sql
	}
	prepared, err := conn.Prepare(t.Context(), "", sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	insertsEvent, movesEnd, once := strings.HasPrefix(
		sql,
		"INSERT INTO audit_event",
	), strings.HasPrefix(
		sql,
		"UPDATE institution SET audit_seq",
	), strings.Contains(
		sql,
		"idempotency_key",
	)
	return placeholderPattern.ReplaceAllStringFunc(sql, func(name string) string {
		n, _ := strconv.Atoi(name[1:]) // cannot fail: digits
		switch {
		case insertsEvent && n == 2, movesEnd && n == 2:
			return ":next"
		case insertsEvent && n == 11:
			return ":audit_head"
		case once && n == 2:
			return `(:a || '-0000-4000-8000-' || :b)::uuid`
		}
		return literal(t, conn, prepared.ParamOIDs[n-1], one.args[n-1])
	})
}

// literal formats a value as SQL. It contains no colon, which pgbench takes for a variable even in quotes.
func literal(t *testing.T, conn *pgx.Conn, oid uint32, value any) string {
	t.Helper()
	text, err := conn.TypeMap().Encode(oid, pgtype.TextFormatCode, value, nil)
	if err != nil {
		t.Fatalf("%T: %v", value, err)
	}
	if text == nil {
		return "NULL"
	}
	name := "text"
	if of, known := conn.TypeMap().TypeForOID(oid); known {
		name = strings.TrimPrefix(of.Name, "_")
		if name != of.Name {
			name += "[]"
		}
	}
	escaped := strings.NewReplacer(`\`, `\\`, `'`, `''`, `:`, `\x3a`, "\n", `\n`).Replace(string(text))
	return "E'" + escaped + "'::" + name
}

var tpsPattern = regexp.MustCompile(`tps = ([\d.]+)`)

// pgbench is PostgreSQL's program: in the PATH or beside the server; empty if there is none.
func (d *database) pgbench() string {
	if path := filepath.Join(d.cluster.Binaries.Dir, "pgbench"); exists(path) {
		return path
	}
	path, _ := exec.LookPath("pgbench")
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// changesByPgbench is the number of changes a second that pgbench makes by a script of [database.pgbenchScript].
func (d *database) changesByPgbench(t *testing.T, script string, clients int, long time.Duration) float64 {
	t.Helper()
	host, port := d.socket(t)
	args := []string{
		"-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-T", strconv.Itoa(max(1, int(long.Seconds()))), "-f", script,
		"-h", host, "-p", port, "-U", "areariservata_app", d.name,
	}
	command := exec.CommandContext(t.Context(), d.pgbench(), args...)
	command.Env = append(slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "PG") }),
		"PGOPTIONS=-c random_page_cost=1.1 -c lock_timeout=2000 -c statement_timeout=3000")
	out, err := command.CombinedOutput()
	found := tpsPattern.FindSubmatch(out)
	if err != nil || found == nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("pgbench: %v\n%s", err, out)
	}
	tps, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return 2 * tps
}
