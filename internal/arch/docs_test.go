package arch

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documents lists the documents whose citations are checked.
func documents() []string {
	return []string{
		"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "deploy/README.md", "deploy/citus/README.md", "internal/demo/README.md",
		"docs/asvs.md", "docs/availability.md", "docs/backup.md", "docs/configuration.md", "docs/incident.md", "docs/operations.md",
		"docs/performance.md", "docs/providers.md", "docs/quality.md", "docs/rules.md", "docs/scale.md", "docs/threats.md",
		"docs/upgrading.md",
	}
}

var (
	span     = regexp.MustCompile("`([^`\n]+)`")
	link     = regexp.MustCompile(`\]\(([^)#]+)[^)]*\)`)
	citation = regexp.MustCompile(`^(\.?[\w-]+/)*(\.?[\w-]+\.(go|sql|md|yml|yaml|toml|css|js|templ|mjs)|` +
		`Makefile|Dockerfile|go\.mod|go\.sum|npm-audit|\.dockerignore)$`)
	folder  = regexp.MustCompile(`^(cmd|internal|web|migrations|docs|tools)(/[\w-]+)*/?$`)
	command = regexp.MustCompile(`^(?:[A-Z_]+=\S+ )?(make|areariservata) ([\w-]+)`)
)

// Every file, test, name in a file, make target and command that a document names exists.
func TestDocumentsCiteWhatExists(t *testing.T) {
	t.Parallel()
	makefile, usage := readFile(t, "Makefile"), readFile(t, "cmd/areariservata/main.go")
	citations := 0
	for _, name := range documents() {
		text := readFile(t, name)
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if target := m[1]; !strings.Contains(target, ":") && !exists(filepath.Join(filepath.Dir(name), target)) {
				t.Errorf("%s links to %s, which does not exist", name, target)
			}
		}
		for _, m := range span.FindAllStringSubmatch(text, -1) {
			if words := strings.Fields(m[1]); citation.MatchString(words[0]) || folder.MatchString(words[0]) {
				citations++
				if fault := missingFrom(t, words[0], words[1:]); fault != "" {
					t.Errorf("%s cites `%s`: %s", name, m[1], fault)
				}
				continue
			}
			c := command.FindStringSubmatch(m[1])
			switch {
			case c == nil:
			case c[1] == "make" && !strings.Contains(makefile, "\n"+c[2]+":"):
				t.Errorf("%s cites `%s`: there is no such target", name, m[1])
			case c[1] == "areariservata" && !strings.Contains(usage, "\n  areariservata "+c[2]):
				t.Errorf("%s cites `%s`: there is no such command", name, m[1])
			}
		}
	}
	if citations < 200 {
		t.Errorf("%d citations found: the expressions do not match how they are written", citations)
	}
}

// missingFrom returns what a citation lacks: the file or a name in it. Empty if both exist. A test's name is a
// function's.
func missingFrom(t *testing.T, file string, names []string) string {
	t.Helper()
	if !exists(file) {
		return "no such file"
	}
	if len(names) == 0 {
		return ""
	}
	text := readFile(t, file)
	for _, name := range names {
		word := `\b` + regexp.QuoteMeta(name) + `\b`
		if strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz") {
			word = `(?m)^func ` + name + `\(`
		}
		if !regexp.MustCompile(word).MatchString(text) {
			return "no " + name + " in it"
		}
	}
	return ""
}

// requirements lists ASVS 5.0.0's sections, each with the levels of its requirements in order.
const requirements = `
1.1: 22, 1.2: 1111122223, 1.3: 112222222223, 1.4: 222, 1.5: 123, 2.1: 122, 2.2: 112, 2.3: 12223, 2.4: 23,
3.1: 3, 3.2: 113, 3.3: 12223, 3.4: 11222233, 3.5: 11122333, 3.6: 3, 3.7: 22333, 4.1: 12233, 4.2: 23333, 4.3: 22, 4.4: 1222,
5.1: 2, 5.2: 112333, 5.3: 113, 5.4: 222, 6.1: 122, 6.2: 111111112222, 6.3: 11223333,
6.4: 112233, 6.5: 22222333, 6.6: 2223, 6.7: 33, 6.8: 2222,
7.1: 222, 7.2: 1111, 7.3: 22, 7.4: 11222, 7.5: 223, 7.6: 22, 8.1: 1233, 8.2: 1123, 8.3: 133, 8.4: 23, 9.1: 111, 9.2: 1222,
10.1: 22, 10.2: 223, 10.3: 22223, 10.4: 1111122222233333, 10.5: 22222, 10.6: 22, 10.7: 222,
11.1: 2233, 11.2: 22233, 11.3: 11233, 11.4: 1222, 11.5: 23, 11.6: 23, 11.7: 33, 12.1: 12233, 12.2: 11, 12.3: 22223,
13.1: 2333, 13.2: 222223, 13.3: 2233, 13.4: 1222233, 14.1: 22, 14.2: 12223333, 14.3: 122,
15.1: 12233, 15.2: 12233, 15.3: 1222222, 15.4: 3333,
16.1: 2, 16.2: 22222, 16.3: 2222, 16.4: 222, 16.5: 2223, 17.1: 23, 17.2: 22223333, 17.3: 22`

var (
	section = regexp.MustCompile(`([\d.]+): (\d+)`)
	line    = regexp.MustCompile(`(?m)^\| ([\d.]+)(?: to ([\d.]+))? \| ([12, ]+) \| .+ \| (yes|partly|no|deploy|n\.a\.) \| (.+) \|$`)
)

// docs/asvs.md answers every requirement of levels 1 and 2 once, and cites evidence for those that are held.
func TestEveryRequirementIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	levels, answered := map[string]string{}, map[string]int{}
	for _, s := range section.FindAllStringSubmatch(requirements, -1) {
		for i, level := range s[2] {
			levels[fmt.Sprintf("%s.%d", s[1], i+1)] = string(level)
		}
	}
	held := map[string]int{}
	for _, row := range line.FindAllStringSubmatch(readFile(t, "docs/asvs.md"), -1) {
		numbers := requirementRange(t, row[1], row[2])
		var of []string
		for _, n := range numbers {
			answered[n]++
			if level := levels[n]; level != "3" {
				of = append(of, level)
				held[row[4]]++
			}
		}
		slices.Sort(of)
		if want := strings.Join(slices.Compact(of), ", "); row[3] != want {
			t.Errorf("%s has level %q, want %q", row[1], row[3], want)
		}
		if (row[4] == "yes" || row[4] == "partly") && !strings.Contains(row[5], "`") {
			t.Errorf("%s is held and cites no evidence", row[1])
		}
	}
	for n, level := range levels {
		if got := answered[n]; got > 1 || (got == 0 && level != "3") {
			t.Errorf("%s, level %s, is answered %d times", n, level, got)
		}
	}
	for n := range answered {
		if levels[n] == "" {
			t.Errorf("there is no requirement %s", n)
		}
	}
	document := readFile(t, "docs/asvs.md")
	for _, mark := range slices.Sorted(maps.Keys(held)) {
		if want := fmt.Sprintf("| %s | %d |", mark, held[mark]); !strings.Contains(document, want) {
			t.Errorf("the sums at the top lack %q", want)
		}
	}
}

// requirementRange returns the numbers from first to last of one section.
func requirementRange(t *testing.T, first, last string) []string {
	t.Helper()
	if last == "" {
		return []string{first}
	}
	var of, to int
	dot := strings.LastIndex(first, ".")
	if _, err := fmt.Sscan(first[dot+1:], &of); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(strings.TrimPrefix(last, first[:dot+1]), &to); err != nil {
		t.Fatalf("%s to %s: %v", first, last, err)
	}
	var all []string
	for n := of; n <= to; n++ {
		all = append(all, fmt.Sprintf("%s.%d", first[:dot], n))
	}
	return all
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func exists(name string) bool {
	_, err := os.Stat(filepath.Join("../..", name))
	return err == nil
}
