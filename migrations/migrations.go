// Package migrations holds the database's schema, one step a file. A step that has landed is never edited; the next one
// expands first and contracts in a later release, so that two versions of the application can run side by side.
package migrations

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// FS holds the steps, in goose's format: SQL, and the source of those that are written in Go.
//
//go:embed 0*
var FS embed.FS

// Newest is the number of the last step.
func Newest() (int64, error) {
	names, err := fs.Glob(FS, "0*")
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

// Provider takes the steps in files, [FS] but for tests, and those written in Go. The pool is the owner's, and must have more
// than one connection: one may hold goose's lock while another works. Closing the provider leaves the pool open.
func Provider(pool *pgxpool.Pool, files fs.FS, options ...goose.ProviderOption) (*goose.Provider, error) {
	options = append(options, goose.WithGoMigrations(letters(pool)), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool), files, options...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}
