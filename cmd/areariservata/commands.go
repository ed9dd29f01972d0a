package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/store"
)

func migrate(ctx context.Context, env map[string]string) error {
	owner, err := app.ConnectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	return store.Migrate(ctx, owner)
}

// file is the name and content of a file.
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
	owner, err := app.ConnectAsOwner(ctx, env)
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
	report, err := admin.ImportCatalogue(ctx, owner, c)
	if err != nil {
		return err
	}
	return printReport(stdout, report)
}

func importData(ctx context.Context, env map[string]string, names []string, stdout io.Writer) error {
	owner, keys, err := app.ConnectWithKeys(ctx, env)
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
		report, err := admin.ImportData(ctx, owner, keys, d, time.Now())
		if err != nil {
			return err
		}
		if err := printReport(stdout, report); err != nil {
			return err
		}
	}
	return nil
}

// printReport prints the result of a command as JSON.
func printReport(w io.Writer, report any) error {
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(w, string(text))
	return err
}
