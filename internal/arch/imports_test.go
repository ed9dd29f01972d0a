// Package arch has the rules of this repository that no compiler checks, as tests: imports, calls, names, citations.
package arch

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "areariservata.example/utenti/"

// row has a package's imports, without those of its tests.
type row struct {
	ours   string // packages of this module without its path, separated by blanks
	others string // other modules, or folders of one
	std    string // of guardedPackages only
}

// importTable gives the direction of imports: cmd -> server -> users -> store -> access, server -> web -> access. It
// lists exactly the present imports: a new package or import is a decision, made here.
func importTable() map[string]row {
	return map[string]row{
		// Rules and data.
		"internal/access":          {},
		"internal/audit":           {ours: "internal/access"},
		"internal/form":            {ours: "internal/access", others: "golang.org/x/net golang.org/x/text"},
		"internal/admin/catalogue": {ours: "internal/access"},
		"internal/spreadsheet":     {others: "github.com/xuri/excelize golang.org/x/net/html/charset golang.org/x/text"},
		"internal/admin/datafile": {
			ours:   "internal/access internal/admin/catalogue internal/form",
			others: "go.yaml.in/yaml",
		},

		// Storage and changes.
		"migrations": {
			ours:   "internal/form",
			others: "github.com/jackc/pgx github.com/pressly/goose github.com/riverqueue/river",
			std:    "database/sql",
		},
		"internal/store": {
			ours:   "internal/access internal/audit internal/form internal/store/listsql internal/store/outbox migrations",
			others: "github.com/google/uuid github.com/jackc/pgx github.com/pressly/goose",
		},
		"internal/store/outbox":  {ours: "internal/access", others: "github.com/jackc/pgx"},
		"internal/store/listsql": {ours: "internal/access internal/form"},
		"internal/admin": {
			ours:   "internal/access internal/admin/catalogue internal/admin/datafile internal/audit internal/store",
			others: "github.com/jackc/pgx",
		},
		"internal/notify": {
			ours: "internal/access internal/store/outbox web/locale",
			others: `github.com/a-h/templ github.com/jackc/pgx github.com/riverqueue/river
				github.com/wneessen/go-mail`,
		},
		"internal/observe": {
			ours:   "internal/notify",
			others: "github.com/jackc/pgx github.com/prometheus/client_golang go.opentelemetry.io/otel",
		},
		"internal/users": {
			ours:   "internal/access internal/audit internal/form internal/notify internal/store internal/store/outbox",
			others: "github.com/jackc/pgx",
		},

		// Pages.
		"web/locale": {ours: "internal/access", others: "github.com/BurntSushi/toml golang.org/x/text"},
		"web":        {ours: "internal/access web/locale", others: "github.com/a-h/templ github.com/google/uuid golang.org/x/text"},
		"internal/signin": {
			ours:   "internal/access",
			others: "github.com/alexedwards/scs github.com/coreos/go-oidc github.com/jackc/pgx golang.org/x/oauth2",
			std:    "net/http",
		},
		"internal/server": {
			ours: `internal/access internal/audit internal/form internal/signin internal/spreadsheet internal/store internal/users
				web`,
			others: `github.com/a-h/templ github.com/go-chi/chi github.com/go-chi/httprate github.com/google/uuid
				github.com/jackc/pgx github.com/klauspost/compress github.com/prometheus/client_golang golang.org/x/net golang.org/x/sync
				golang.org/x/text`,
			std: "net/http",
		},

		// Stand-ins for the demo and the tests.
		"internal/bridge":           {others: "github.com/go-jose/go-jose", std: "net/http"},
		"internal/demo/devpostgres": {others: "github.com/jackc/pgx", std: "os os/exec"},
		"web/gallery":               {ours: "internal/access web", others: "github.com/a-h/templ"},
		"internal/demo":             {},

		// Programs.
		"internal/demo/generate": {
			ours: `internal/access internal/admin internal/admin/catalogue internal/audit internal/demo/invented
				internal/form internal/store`,
			others: "github.com/jackc/pgx", std: "math/rand/v2",
		},
		"internal/app": {
			ours:   "internal/notify internal/observe internal/server internal/signin internal/store internal/store/outbox internal/users",
			others: "github.com/caarlos0/env github.com/jackc/pgx github.com/prometheus/client_golang",
			std:    "net/http os",
		},
		"cmd/areariservata": {
			ours: `internal/access internal/admin internal/admin/catalogue internal/admin/datafile internal/app
				internal/notify internal/observe internal/signin internal/store`,
			std: "net/http os",
		},
		"cmd/demo": {
			ours: `internal/admin internal/admin/catalogue internal/admin/datafile internal/app internal/bridge
				internal/demo internal/demo/devpostgres internal/demo/generate internal/demo/identities
				internal/notify internal/store web web/gallery`,
			others: "github.com/a-h/templ github.com/jackc/pgx",
			std:    "net/http os",
		},
		"cmd/spidbridge":                   {ours: "internal/bridge", std: "net/http os"},
		"internal/demo/devpostgres/locate": {ours: "internal/demo/devpostgres", std: "os"},

		// For tests and tools only.
		"internal/arch":      {},
		"internal/test/leak": {},
		"internal/test/browsertest": {
			others: "github.com/andybalholm/brotli github.com/chromedp/cdproto github.com/chromedp/chromedp",
			std:    "os os/exec testing",
		},
		"internal/test/htmltest": {others: "golang.org/x/net", std: "testing"},
		"internal/test/refmodel": {},
		"internal/test/chaos":    {},
		"internal/test/ha": {
			ours:   "internal/demo/devpostgres",
			others: "github.com/jackc/pgx",
			std:    "net/http os os/exec testing",
		},
		"internal/test/bench":                   {},
		"internal/test/fuzz":                    {},
		"internal/test/attack":                  {},
		"internal/test/e2e":                     {},
		"internal/test/perf":                    {},
		"internal/test/restore":                 {},
		"internal/test/containers":              {},
		"internal/test/containers/mailreceiver": {others: "github.com/emersion/go-smtp", std: "log net/http"},
		"internal/test/site": {
			ours: `internal/access internal/bridge internal/server internal/signin internal/store internal/test/htmltest
				internal/test/outboxtest internal/test/pgtest internal/test/seed internal/users`,
			others: "github.com/google/uuid github.com/jackc/pgx",
			std:    "net/http testing",
		},
		"internal/test/consistency": {
			ours:   "internal/access internal/admin internal/store internal/test/refmodel",
			others: "github.com/google/go-cmp github.com/jackc/pgx",
		},
		"internal/test/outboxtest": {
			ours: "internal/notify internal/store/outbox internal/users", others: "github.com/jackc/pgx", std: "testing",
		},
		"internal/test/citus":           {ours: "internal/demo/devpostgres", others: "github.com/jackc/pgx", std: "os os/exec"},
		"internal/test/citus/installed": {ours: "internal/test/citus", std: "os"},
		"internal/test/pgtest": {
			ours:   "internal/demo/devpostgres internal/test/citus migrations",
			others: "github.com/jackc/pgx",
			std:    "os testing",
		},
		"internal/test/seed": {
			ours: `internal/access internal/admin internal/admin/catalogue internal/admin/datafile internal/demo
				internal/demo/invented internal/form internal/store`,
			others: "github.com/jackc/pgx", std: "testing",
		},
		"internal/demo/identities": {ours: "internal/access internal/admin/catalogue internal/admin/datafile"},
		"internal/demo/invented":   {ours: "internal/access internal/form"},
		"internal/demo/thousand":   {ours: "internal/access internal/demo/invented internal/form", std: "math/rand/v2 os"},
	}
}

// words joins the words of a row's text with single blanks.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// guardedPackages are the packages of the standard library that a row must name: network, files, processes, randomness.
func guardedPackages() []string {
	return []string{"database/sql", "log", "math/rand", "math/rand/v2", "net/http", "os", "os/exec", "testing", "unsafe"}
}

// testOnlyPackages are the packages, and folders of packages, that no program may contain.
func testOnlyPackages() []string { return []string{"testing", module + "internal/test"} }

type goPackage struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
	Dir          string
}

// touchInputs stats the files that `go list` reads. go test caches a result until a file changes that the test itself
// read.
func touchInputs(t *testing.T) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || path == ".git" || path == "tmp"):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go"):
			_, _ = os.Stat("../../" + path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// list returns this module's packages, as `go list` reports them. The folder tmp belongs to the developer.
func list(t *testing.T) []goPackage {
	t.Helper()
	touchInputs(t)
	command := exec.CommandContext(t.Context(), "go", "list", "-json", "./...")
	command.Dir = "../.."
	var messages strings.Builder
	command.Stderr = &messages
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, messages.String())
	}
	var all []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.ImportPath, module+"tmp/") {
			all = append(all, p)
		}
	}
	return all
}

// importRow returns a package's imports as a row.
func (p goPackage) importRow(others []string) row {
	var ours, modules, std []string
	for _, path := range p.Imports {
		switch first, _, _ := strings.Cut(path, "/"); {
		case strings.HasPrefix(path, module):
			ours = append(ours, strings.TrimPrefix(path, module))
		case !strings.Contains(first, "."):
			if slices.Contains(guardedPackages(), path) {
				std = append(std, path)
			}
		default:
			named := slices.IndexFunc(others, func(m string) bool { return path == m || strings.HasPrefix(path, m+"/") })
			if named >= 0 {
				path = others[named]
			}
			modules = append(modules, path)
		}
	}
	join := func(paths []string) string {
		slices.Sort(paths)
		return strings.Join(slices.Compact(paths), " ")
	}
	return row{ours: join(ours), others: join(modules), std: join(std)}
}

func TestImportsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	rows := importTable()
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		want, known := rows[name]
		if !known {
			t.Errorf("%s has no row in the table", name)
			continue
		}
		delete(rows, name)
		got := p.importRow(strings.Fields(want.others))
		for kind, pair := range map[string][2]string{
			"this module": {got.ours, words(want.ours)}, "other modules": {got.others, words(want.others)}, "guarded": {got.std, want.std},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s, %s:\n imports %s\n table   %s", name, kind, pair[0], pair[1])
			}
		}
	}
	for name := range rows {
		t.Errorf("%s has a row in the table and does not exist", name)
	}
}

// No program contains packages of the tests. The service's own program contains no package of the demo either: none of
// its data, and no way to sign in as any person.
func TestProgramsContainNoTestPackage(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		if name != "internal/server" && !strings.HasPrefix(name, "cmd/") {
			continue
		}
		ran++
		banned := testOnlyPackages()
		if name == "cmd/areariservata" {
			banned = append(banned, module+"internal/bridge", module+"internal/demo", module+"web/gallery")
		}
		for _, dependency := range p.Deps {
			isIn := func(folder string) bool { return dependency == folder || strings.HasPrefix(dependency, folder+"/") }
			if slices.ContainsFunc(banned, isIn) {
				t.Errorf("%s contains %s", name, dependency)
			}
		}
	}
	if ran < 4 {
		t.Errorf("only %d packages checked", ran)
	}
}

func TestRulesAndPagesCannotReachTheDatabase(t *testing.T) {
	t.Parallel()
	touched := 0
	for _, p := range list(t) {
		switch strings.TrimPrefix(p.ImportPath, module) {
		case "internal/access", "internal/audit", "web", "web/gallery":
			touched++
			isDriver := func(d string) bool { return d == "database/sql" || strings.HasPrefix(d, "github.com/jackc/pgx/") }
			if slices.ContainsFunc(p.Deps, isDriver) {
				t.Errorf("%s reaches the database", p.ImportPath)
			}
		}
	}
	if touched != 4 {
		t.Errorf("%d packages checked", touched)
	}
}

// At most 14 packages are directly under internal, beside the two folders of the tests and the demo.
func TestInternalHasAtMost14Packages(t *testing.T) {
	t.Parallel()
	const most = 14
	met := map[string]bool{}
	for _, p := range list(t) {
		name, internal := strings.CutPrefix(p.ImportPath, module+"internal/")
		if first, _, _ := strings.Cut(name, "/"); internal && first != "test" && first != "demo" {
			met[first] = true
		}
	}
	if len(met) > most {
		t.Errorf("%d packages, want at most %d: %v", len(met), most, slices.Sorted(maps.Keys(met)))
	}
	if !met["access"] {
		t.Errorf("internal/access is not among the packages found: %v", slices.Sorted(maps.Keys(met)))
	}
}
