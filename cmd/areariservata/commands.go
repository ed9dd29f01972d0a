package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/store"
)

// connectAsOwner opens the database as the owner of the tables, which the application itself never is.
func connectAsOwner(ctx context.Context, environment map[string]string) (*pgxpool.Pool, error) {
	environment, err := app.WithFiles(environment)
	if err != nil {
		return nil, err
	}
	url := environment["MIGRATIONS_DATABASE_URL"]
	if url == "" {
		return nil, errors.New("MIGRATIONS_DATABASE_URL is missing: the address of the database as the owner of its tables")
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("MIGRATIONS_DATABASE_URL: %w", err)
	}
	return pool, nil
}

// connectWithKeys is [connectAsOwner] for commands that read or write people: with the keys alone, for they need no more of the
// configuration.
func connectWithKeys(ctx context.Context, env map[string]string) (*pgxpool.Pool, store.Keys, error) {
	owner, err := connectAsOwner(ctx, env)
	if err != nil {
		return nil, store.Keys{}, err
	}
	full, err := app.WithFiles(env)
	if err == nil {
		var keys store.Keys
		if keys, err = (app.Config{FindKey: full["FISCAL_CODE_FIND_KEY"], SealKey: full["FISCAL_CODE_SEAL_KEY"]}).Keys(); err == nil {
			return owner, keys, nil
		}
	}
	owner.Close()
	return nil, store.Keys{}, err
}

func migrate(ctx context.Context, env map[string]string) error {
	owner, err := connectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	return store.Migrate(ctx, owner)
}

// file is a file's name and content.
type file struct {
	name    string
	content []byte
}

func readFiles(names ...string) ([]file, error) {
	var files []file
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, content})
	}
	return files, nil
}

func importCatalogue(ctx context.Context, env map[string]string, name string, stdout io.Writer) error {
	owner, err := connectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	files, err := readFiles(name)
	if err != nil {
		return err
	}
	c, err := catalogue.Read(name, files[0].content)
	if err != nil {
		return err
	}
	report, err := store.ImportCatalogue(ctx, owner, c)
	if err != nil {
		return err
	}
	return printReport(stdout, report)
}

func importData(ctx context.Context, env map[string]string, names []string, stdout io.Writer) error {
	owner, keys, err := connectWithKeys(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	files, err := readFiles(names...)
	if err != nil {
		return err
	}
	for _, f := range files {
		d, err := datafile.Read(f.name, f.content)
		if err != nil {
			return err
		}
		report, err := store.ImportData(ctx, owner, keys, d, time.Now())
		if err != nil {
			return err
		}
		if err := printReport(stdout, report); err != nil {
			return err
		}
	}
	return nil
}

// printIdentities prints the people of the first data file as spidbridge reads them: one identity each, with a note that
// says who they are in all the files.
func printIdentities(catalogueName string, names []string, stdout io.Writer) error {
	files, err := readFiles(append([]string{catalogueName}, names...)...)
	if err != nil {
		return err
	}
	products, err := catalogue.Read(files[0].name, files[0].content)
	if err != nil {
		return err
	}
	var all []datafile.Data
	for _, f := range files[1:] {
		d, err := datafile.Read(f.name, f.content)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	return printReport(stdout, datafile.Identities(all[0].People, products, all...))
}

// printReport prints what a command did.
func printReport(w io.Writer, report any) error {
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, string(text))
	return err
}
