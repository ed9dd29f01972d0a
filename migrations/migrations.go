// Package migrations holds the database's schema, one step a file. A step that has landed is never edited; the next one
// expands first and contracts in a later release, so that two versions of the application can run side by side.
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// FS holds the steps, in goose's format.
//
//go:embed *.sql
var FS embed.FS

// Newest is the number of the last step.
func Newest() (int64, error) {
	names, err := fs.Glob(FS, "*.sql")
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_") // sorted by name, and so by number
	newest, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	return newest, nil
}
