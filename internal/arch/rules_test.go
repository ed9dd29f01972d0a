package arch

import (
	"fmt"
	"go/scanner"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const rulesDocument = "docs/rules.md"

var (
	ruleEntry  = regexp.MustCompile(`(?m)^\* ([VPDA]\d+)( \(not built yet\))?`)
	ruleNumber = regexp.MustCompile(`\b([VPDA])(\d{1,2})(?:(?: ?[-–] ?| to )[VPDA](\d{1,2}))?\b`)
	sheetCell  = regexp.MustCompile(`\bA\d{1,2}\b`) // looks like a rule of section 5
)

// docs/rules.md and the citations of its numbers agree: a number that is cited exists, a number without the mark
// "(not built yet)" is cited by code or tests, a number with the mark is cited by no program.
func TestRuleNumbersAgreeWithTheDocument(t *testing.T) {
	t.Parallel()
	files := slices.DeleteFunc(handWritten(t, ".go", ".sql", ".templ", ".md"), func(f textFile) bool {
		return f.name == "internal/arch/rules_test.go" // invents citations to find
	})
	for _, fault := range ruleFaults(readFile(t, rulesDocument), files) {
		t.Error(fault)
	}
	cited := 0
	for _, f := range files {
		cited += len(ruleCitations(f))
	}
	if cited < 500 {
		t.Errorf("%d citations found: the expression does not match how they are written", cited)
	}
}

// ruleFaults compares the document with the files that cite it.
func ruleFaults(document string, files []textFile) []string {
	marked, citedByCode := map[string]bool{}, map[string]bool{} // marked has every rule of the document
	var faults []string
	for _, entry := range ruleEntry.FindAllStringSubmatch(document, -1) {
		if _, twice := marked[entry[1]]; twice {
			faults = append(faults, rulesDocument+": "+entry[1]+" is there twice")
		}
		marked[entry[1]] = entry[2] != ""
	}
	for _, f := range files {
		for _, c := range ruleCitations(f) {
			mark, exists := marked[c.rule]
			switch document := path.Ext(f.name) == ".md"; {
			case !exists:
				faults = append(faults, fmt.Sprintf("%s:%d: there is no rule %s", f.name, c.line, c.rule))
			case document: // may describe what is planned, and implements nothing
			case mark && !f.isTest():
				faults = append(faults, fmt.Sprintf("%s:%d: %s is marked (not built yet)", f.name, c.line, c.rule))
			default:
				citedByCode[c.rule] = true
			}
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(marked)) {
		if !marked[rule] && !citedByCode[rule] {
			faults = append(faults, rulesDocument+": no code and no test cites "+rule+", and it isn't marked (not built yet)")
		}
	}
	return faults
}

// ruleCitation is a rule's number and the line that names it.
type ruleCitation struct {
	rule string
	line int
}

// ruleCitations finds the numbers in a file; of Go code, in comments and string literals. A range counts as every
// number in it.
func ruleCitations(f textFile) []ruleCitation {
	if path.Ext(f.name) != ".go" {
		return ruleCitationsIn(f.text, 1)
	}
	var all []ruleCitation
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(f.name, -1, len(f.text)), []byte(f.text), nil, scanner.ScanComments)
	for {
		at, kind, text := s.Scan()
		if kind == token.EOF {
			return all
		}
		if kind == token.STRING {
			text = sheetCell.ReplaceAllString(text, "")
		}
		if kind == token.STRING || kind == token.COMMENT {
			all = append(all, ruleCitationsIn(text, files.Position(at).Line)...)
		}
	}
}

func ruleCitationsIn(text string, firstLine int) []ruleCitation {
	var all []ruleCitation
	for i, line := range strings.Split(text, "\n") {
		for _, m := range ruleNumber.FindAllStringSubmatch(line, -1) {
			first, _ := strconv.Atoi(m[2])
			last := first
			if m[3] != "" {
				last, _ = strconv.Atoi(m[3])
			}
			for n := first; n <= max(first, last); n++ {
				all = append(all, ruleCitation{m[1] + strconv.Itoa(n), firstLine + i})
			}
		}
	}
	return all
}

// Each kind of fault is found in a document of two rules, and nothing that only looks like a number.
func TestRuleFaultsAreFound(t *testing.T) {
	t.Parallel()
	const document = "* P1 `[S]` Built.\n* D2 (not built yet) `[D]` Planned. See P1.\n"
	sound := textFile{"internal/a.go", "package a\n\n// a: P1.\nvar P9, x = 0xD5, \"A944 @SUM(A1) V123\"\n"}
	for name, c := range map[string]struct {
		document string
		file     textFile
		fault    string
	}{
		"nothing":                 {document, textFile{"docs/a.md", "D2 and P1"}, ""},
		"a test of a planned one": {document, textFile{"a_test.go", "package a // D2"}, ""},
		"unknown in Go":           {document, textFile{"a.go", "package a\n\n// b: P1, V7."}, "a.go:3: there is no rule V7"},
		"unknown in a string":     {document, textFile{"a.go", "package a\n\nvar b = \"rule P3\""}, "a.go:3: there is no rule P3"},
		"unknown in a template":   {document, textFile{"web/a.templ", "<p>\n// A4"}, "web/a.templ:2: there is no rule A4"},
		"unknown in SQL":          {document, textFile{"migrations/1.sql", "-- rule D3"}, "migrations/1.sql:1: there is no rule D3"},
		"unknown in a document":   {document, textFile{"docs/a.md", "(rule P12)"}, "docs/a.md:1: there is no rule P12"},
		"a range too far":         {document, textFile{"a.go", "package a // P1 to P2"}, "a.go:1: there is no rule P2"},
		"stale mark":              {document, textFile{"a.go", "package a // D2"}, "a.go:1: D2 is marked (not built yet)"},
		"cited by no code": {
			document + "* V3 `[S]` Built?\n",
			textFile{"docs/a.md", "V3"},
			rulesDocument + ": no code and no test cites V3, and it isn't marked (not built yet)",
		},
		"twice": {document + "* P1 Again.\n", sound, rulesDocument + ": P1 is there twice"},
	} {
		got := ruleFaults(c.document, []textFile{sound, c.file})
		if strings.Join(got, "\n") != c.fault {
			t.Errorf("%s: found %q, want %q", name, got, c.fault)
		}
	}
}
