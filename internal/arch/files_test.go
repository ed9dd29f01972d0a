package arch

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

// textFile is a file of the repository with its path from the root.
type textFile struct{ name, text string }

// isTest reports whether the file belongs to the tests and not to a program.
func (f textFile) isTest() bool {
	return strings.HasSuffix(f.name, "_test.go") || strings.HasPrefix(f.name, "internal/test/")
}

// handWritten reads the files written by hand that have one of the extensions. Skips generated code, dependencies and
// the folder tmp of a developer.
func handWritten(t *testing.T, extensions ...string) []textFile {
	t.Helper()
	var all []textFile
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || name == ".git" || name == "tmp"):
			return fs.SkipDir
		case !slices.Contains(extensions, path.Ext(name)) || entry.IsDir() || strings.HasSuffix(name, "_templ.go"):
			return nil
		}
		all = append(all, textFile{name, readFile(t, name)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
