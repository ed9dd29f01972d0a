package arch

import (
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// vagueWords are words that a comment or a document does not need, each with what it usually hides: an operation, a
// record, a message, a sender. Use the field's term, or name what happens.
var vagueWords = regexp.MustCompile(`(?i)\b(?:` + strings.Join([]string{
	"told", "tells?", "telling", "retold", // reports, shows, contains, distinguishes
	"anew", "afresh", // again
	"postm[ae]n",              // worker
	"tall(?:y|ies|ied)",       // count
	"newcomers?", "strangers", // new user, unknown user
	"hears?", "believes?", // receives, accepts
	"in vain", "lest", "whence", "(?:noted|written|writes) down", "ways? out", "goes along", "hand(?:s|ed) over",
	"mend(?:s|ed|ing)?", // fix
	"done to (?:it|them|him|her)", "what becomes of", "who has it",
}, "|") + `)\b`)

func TestCommentsUsePlainTerms(t *testing.T) {
	t.Parallel()
	read := 0
	files := handWritten(t, ".go", ".templ", ".sql", ".md", ".mjs", ".js", ".css", ".yml", ".yaml", ".toml", ".cfg")
	for _, f := range append(files, scripts(t)...) {
		if f.name == "internal/arch/comments_test.go" || strings.HasPrefix(f.name, "web/static/") {
			continue // the list of the words; built files
		}
		comments := commentsOf(f)
		read += len(comments)
		for _, c := range comments {
			for _, word := range vagueWords.FindAllString(c.text, -1) {
				t.Errorf("%s:%d: %q: use a plain term", f.name, c.line, word)
			}
		}
	}
	if read < 5_000 {
		t.Errorf("only %d lines of comments read", read)
	}
}

// scripts are the files without an extension that have comments.
func scripts(t *testing.T) (all []textFile) {
	t.Helper()
	for _, pattern := range []string{"Makefile", "Dockerfile", ".ci/*", "deploy/backup/*", "tools/go/npm-audit"} {
		names, err := fs.Glob(os.DirFS("../.."), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %q, %v", pattern, names, err)
		}
		for _, name := range names {
			all = append(all, textFile{name, readFile(t, name)})
		}
	}
	return all
}

// comment is a line of a comment, or of a document.
type comment struct {
	line int
	text string
}

// commentMark starts a comment of one line, by the extension of the file.
var commentMark = map[string]*regexp.Regexp{
	".templ": regexp.MustCompile(`^\s*//(.*)|\s//\s(.*)`),
	".mjs":   regexp.MustCompile(`^\s*//(.*)|\s//\s(.*)`),
	".js":    regexp.MustCompile(`^\s*//(.*)|\s//\s(.*)`),
	".sql":   regexp.MustCompile(`--(.*)`),
	".css":   regexp.MustCompile(`/\*(.*)`),
	".md":    regexp.MustCompile(`(.*)`),
	"":       regexp.MustCompile(`(?:^|\s)##? (.*)`), // shell, Makefile, YAML, TOML
}

// commentsOf returns the lines of a file's comments; of a Markdown file all lines.
func commentsOf(f textFile) (all []comment) {
	if path.Ext(f.name) == ".go" {
		return goComments(f)
	}
	mark := commentMark[path.Ext(f.name)]
	if mark == nil {
		mark = commentMark[""]
	}
	for i, line := range strings.Split(f.text, "\n") {
		if m := mark.FindStringSubmatch(line); m != nil {
			all = append(all, comment{i + 1, strings.Join(m[1:], "")})
		}
	}
	return all
}

func goComments(f textFile) (all []comment) {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile(f.name, -1, len(f.text)), []byte(f.text), nil, scanner.ScanComments)
	for {
		at, kind, text := s.Scan()
		if kind == token.EOF {
			return all
		}
		if kind == token.COMMENT {
			for i, line := range strings.Split(text, "\n") {
				all = append(all, comment{files.Position(at).Line + i, line})
			}
		}
	}
}

func TestVagueWordsAreFoundInComments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file textFile
		want []string
	}{
		{textFile{"a.go", "package a\n\n// The server is told so.\nvar told = \"told\" // by the postman\n"}, []string{"3 told", "4 postman"}},
		{textFile{"a.templ", "// Tells all.\ntempl a() {\n\t<a href=\"https://tells.example\">told</a>\n}"}, []string{"1 Tells"}},
		{textFile{"a.sql", "SELECT 'told'; -- anew\n"}, []string{"1 anew"}},
		{textFile{"a.yml", "told: no # lest it fails\n"}, []string{"1 lest"}},
		{textFile{"Makefile", "a: ## tells all\n\techo told\n"}, []string{"1 tells"}},
		{textFile{"a.md", "It hears\nnothing of the intellect.\n"}, []string{"1 hears"}},
	} {
		var got []string
		for _, line := range commentsOf(c.file) {
			for _, word := range vagueWords.FindAllString(line.text, -1) {
				got = append(got, fmt.Sprint(line.line, " ", word))
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: found %q, want %q", c.file.name, got, c.want)
		}
	}
}
