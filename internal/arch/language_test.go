package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const (
	maxPronounsPer10000Lines = 5
	maxColumns               = 140 // of a line of Go; a tab counts as one
)

// pronoun matches the words that make a sentence vague about who or what it means.
var pronoun = regexp.MustCompile(`(?i)\b(?:somebody|nobody|everybody|anybody|whoever|whomever|whatever)\b`)

// bannedParts are words that no identifier has as a part, in the lower case: the vague ones, and terms that another
// term of the field replaced.
func bannedParts() []string {
	return []string{
		"told", "tell", "tells", "telling", "tellings", "said", "anew", "whoever", "somebody", "nobody",
		"cessation", "several", "severaldone", "postman", "tally", "tallies", "tallied", "newcomer", "newcomers", "stranger", "untimely",
		"discreet", "impatient", "deed", "deeds", "oracle", "oracles", "reckon", "canary", "canaries", "pgembed",
	}
}

// bannedNames are whole identifiers that another term replaced; their parts alone may stand elsewhere.
func bannedNames() []string {
	return []string{
		"Mark", "Spent", "Spend", "Letter", "Letters", "HowMany", "Viewing", "Elsewhere", "NotAnywhere", "OnOneself", "NothingInCommon",
		"NotSeen", "frameOf", "toEdge", "lookEvery", "stopInPeace", "stopInAnyCase", "notThere", "onlyOne", "formOf", "readAgain", "hangUp",
	}
}

func TestVaguePronounsAreRare(t *testing.T) {
	t.Parallel()
	lines, found := 0, []string{}
	for _, f := range handWritten(t, ".go", ".templ", ".sql", ".md") {
		if f.name == "internal/arch/language_test.go" {
			continue // names the words
		}
		for i, line := range strings.Split(strings.TrimSuffix(f.text, "\n"), "\n") {
			lines++
			for _, word := range pronoun.FindAllString(strings.ReplaceAll(line, "http.NoBody", ""), -1) {
				found = append(found, fmt.Sprintf("%s:%d: %s", f.name, i+1, word))
			}
		}
	}
	if lines < 50_000 {
		t.Fatalf("only %d lines read", lines)
	}
	if len(found)*10_000 >= maxPronounsPer10000Lines*lines {
		t.Errorf("%d in %d lines, and fewer than %d in 10,000 are allowed:\n%s",
			len(found), lines, maxPronounsPer10000Lines, strings.Join(found, "\n"))
	}
}

func TestIdentifiersUseTheFieldsTerms(t *testing.T) {
	t.Parallel()
	read := 0
	for _, f := range handWritten(t, ".go", ".templ", ".sql", ".toml") {
		for name, line := range identifiers(t, f) {
			read++
			if fault := languageFault(name); fault != "" {
				t.Errorf("%s:%d: %s: %s", f.name, line, name, fault)
			}
		}
	}
	if read < 10_000 {
		t.Errorf("only %d identifiers read", read)
	}
}

func TestLinesOfGoFitOnAScreen(t *testing.T) {
	t.Parallel()
	read := 0
	for _, f := range handWritten(t, ".go") {
		for i, line := range strings.Split(f.text, "\n") {
			read++
			if n := utf8.RuneCountInString(line); n > maxColumns {
				t.Errorf("%s:%d: %d columns, at most %d are allowed", f.name, i+1, n, maxColumns)
			}
		}
	}
	if read < 40_000 {
		t.Errorf("only %d lines read", read)
	}
}

// languageFault is what is wrong with an identifier; empty if nothing is.
func languageFault(name string) string {
	if slices.Contains(bannedNames(), name) {
		return "the field has another term"
	}
	for _, part := range nameParts(name) {
		if slices.Contains(bannedParts(), part) {
			return "no name says " + part
		}
	}
	return ""
}

// nameParts splits "userTold", "user_told" and "HTTPTold2" at their words, in lower case.
func nameParts(name string) []string {
	var parts []string
	var part []rune
	letters := []rune(name)
	for i, r := range letters {
		starts := unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if starts || !unicode.IsLetter(r) {
			parts, part = append(parts, string(part)), nil
		}
		if unicode.IsLetter(r) {
			part = append(part, unicode.ToLower(r))
		}
	}
	return append(parts, string(part))
}

var (
	notIdentifier = regexp.MustCompile("(?s)" + `--[^\n]*|//[^\n]*|/\*.*?\*/|'[^'\n]*'|"[^"\n]*"` + "|`[^`]*`")
	identifier    = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)
	tomlKey       = regexp.MustCompile(`^\[*([\w.-]+)\]*\s*(?:=|$)`)
)

// identifiers are the names in a file, with the first line of each: of Go by its syntax tree, of SQL and templ without
// comments and string literals, of TOML the keys.
func identifiers(t *testing.T, f textFile) map[string]int {
	t.Helper()
	found := map[string]int{}
	note := func(name string, line int) {
		if _, noted := found[name]; !noted {
			found[name] = line
		}
	}
	if path.Ext(f.name) == ".go" {
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, f.name, f.text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if name, ok := n.(*ast.Ident); ok {
				note(name.Name, files.Position(name.Pos()).Line)
			}
			return true
		})
		return found
	}
	code := f.text
	if path.Ext(f.name) != ".toml" {
		code = notIdentifier.ReplaceAllStringFunc(code, func(s string) string { return strings.Repeat("\n", strings.Count(s, "\n")) })
	}
	for i, line := range strings.Split(code, "\n") {
		if path.Ext(f.name) == ".toml" {
			if m := tomlKey.FindStringSubmatch(line); m != nil {
				note(m[1], i+1)
			}
			continue
		}
		for _, name := range identifier.FindAllString(line, -1) {
			note(name, i+1)
		}
	}
	return found
}

func TestIdentifiersAreReadByTheirParts(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]bool{
		"told": true, "wasTold": true, "TellAll": true, "HTTPTold2": true, "user_told": true, "saidOf": true, "planAnew": true,
		"WhoeverAsks": true, "NobodyHere": true, "englishSomebody": true, "postmanStops": true, "form.nobody_yet": true, "Mark": true,
		"satellite": false, "TestANewX": false, "intellect": false, "MarkVerified": false, "IsLetter": false, "retold": false,
		"Battistella": false, "user_count": false, "X": false, "_": false,
	} {
		if got := languageFault(name); (got != "") != fault {
			t.Errorf("%s: found %q, want a fault %t", name, got, fault)
		}
	}
	for _, f := range []textFile{
		{"a.sql", "-- told\nCREATE TABLE 'said' (nobody int);"},
		{"a.templ", "// told\ntempl A(nobody string) {\n\t<p title=\"said\">\n}"},
		{"a.go", "package a\n\n// told\nvar nobody = \"said\""},
		{"a.toml", "# told\nnobody = \"said\""},
	} {
		var faults []string
		for name := range identifiers(t, f) {
			if languageFault(name) != "" {
				faults = append(faults, name)
			}
		}
		if !slices.Equal(faults, []string{"nobody"}) {
			t.Errorf("%s: found %q", f.name, faults)
		}
	}
}
