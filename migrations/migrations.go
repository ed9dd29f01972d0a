// Package migrations holds the database schema. A released migration is never edited: changes are new migrations, which
// expand the schema first and contract it in a later release, so that two versions of the application can run side by
// side. Up to 00008 there was no release, and these drop at once what they replace.
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

// FS holds the migrations in goose's format: SQL, and the source of those written in Go.
//
//go:embed 0*
var FS embed.FS

// Newest returns the number of the last migration.
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

// Provider runs the migrations in files ([FS], except in tests) and those written in Go. The pool connects as the owner
// and needs more than one connection: one may hold goose's lock while another works. Closing the provider leaves the
// pool open.
func Provider(pool *pgxpool.Pool, files fs.FS, options ...goose.ProviderOption) (*goose.Provider, error) {
	written := []*goose.Migration{emailQueue(pool)}
	if _, err := fs.Stat(files, "00009_search_keys.go"); err == nil { // of the application's own tables
		written = append(written, searchKeys(pool))
	}
	if _, err := fs.Stat(files, "00016_partitioned_log.go"); err == nil {
		written = append(written, partitionedLog(pool))
	}
	options = append(options, goose.WithGoMigrations(written...), goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool), files, options...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return provider, nil
}
