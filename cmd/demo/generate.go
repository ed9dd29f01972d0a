package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/generate"
)

// generateData fills an empty, migrated database with invented institutions and people, and reports its progress on
// stderr. If the database has no catalogue, the demo's is imported first.
func generateData(ctx context.Context, env map[string]string, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	users := flags.Int("users", 1_000_000, "")
	institutions := flags.Int("institutions", 10_000, "")
	largest := flags.Int("largest", 100_000, "")
	seed := flags.Uint64("seed", 1, "")
	if flags.Parse(args) != nil || flags.NArg() != 0 {
		return errors.New(usage)
	}
	owner, keys, err := app.ConnectWithKeys(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	present, err := admin.ReadCatalogue(ctx, owner)
	if err != nil {
		return err
	}
	if len(present.Products) == 0 {
		c, err := catalogue.Read("catalogue.json", demo.Catalogue())
		if err != nil {
			return err
		}
		if _, err := admin.ImportCatalogue(ctx, owner, c); err != nil {
			return err
		}
	}
	start, reported := time.Now(), 0
	size := generate.Size{Users: *users, Institutions: *institutions, Largest: *largest, Seed: *seed}
	report, err := generate.Fill(ctx, owner, keys, size, func(r generate.Report) {
		if done := r.Users * 100 / *users; done > reported {
			reported = done
			_, _ = fmt.Fprintf(stderr, "%3d %%: %d users of %d institutions, %.0f users a second\n",
				done, r.Users, r.Institutions, float64(r.Users)/time.Since(start).Seconds())
		}
	})
	if err != nil {
		return err
	}
	return printJSON(stdout, report)
}
