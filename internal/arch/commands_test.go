package arch

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	goTest     = regexp.MustCompile("(?m)(?:`|^)(?:[A-Z_]+=\\S+ )?go test ([^`#\n]+)")
	runPattern = regexp.MustCompile(`-run '?([^' ]+)'?`)
	testName   = regexp.MustCompile(`(?m)^func (Test\w+)\(`)
)

// Every `go test` command in a document, in a sentence or on a line of its own, names folders that exist, and runs at
// least one test for each alternative of its pattern.
func TestCommandsInDocumentsRunTests(t *testing.T) {
	t.Parallel()
	commands := 0
	for _, document := range documents() {
		for _, m := range goTest.FindAllStringSubmatch(readFile(t, document), -1) {
			arguments := strings.ReplaceAll(m[1], `\|`, "|") // as a table's cell writes it
			if strings.Contains(arguments, "NAME") {         // to be filled in by the reader
				continue
			}
			commands++
			var names []string
			for word := range strings.FieldsSeq(arguments) {
				if folder, ok := strings.CutPrefix(word, "./"); ok && folder != "..." {
					names = append(names, testsIn(t, document, folder)...)
				}
			}
			pattern := runPattern.FindStringSubmatch(arguments)
			if pattern == nil {
				continue
			}
			for one := range strings.SplitSeq(pattern[1], "|") {
				if !regexp.MustCompile(one).MatchString(strings.Join(names, "\n")) {
					t.Errorf("%s: `%s`: no test matches %s", document, m[0], one)
				}
			}
		}
	}
	if commands < 15 {
		t.Errorf("%d commands found: the expression does not match how they are written", commands)
	}
}

// testsIn returns the names of the tests in a folder; with /... at its end, in the folders below too.
func testsIn(t *testing.T, document, folder string) (names []string) {
	t.Helper()
	folder, below := strings.CutSuffix(folder, "/...")
	pattern := path.Join("../..", folder, "*_test.go")
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 && !below {
		t.Errorf("%s: no tests in %s", document, folder)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range testName.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	return names
}
