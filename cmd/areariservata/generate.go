package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/generate"
	"areariservata.example/utenti/internal/store"
)

// generateData fills an empty database with invented institutions and people, and tells how far it is on standard error. Where no
// catalogue was imported, the demo's is.
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
	owner, keys, err := connectWithKeys(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	present, err := store.Catalogue(ctx, owner)
	if err != nil {
		return err
	}
	if len(present.Products) == 0 {
		c, err := catalogue.Read("catalogue.json", demo.Catalogue())
		if err != nil {
			return err
		}
		if _, err := store.ImportCatalogue(ctx, owner, c); err != nil {
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
	return printReport(stdout, report)
}
