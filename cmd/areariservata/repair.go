package main

import (
	"context"
	"io"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/app"
)

// repairListing rebuilds lists and counts from their source tables while the site runs, and prints how many rows differed:
// none, unless the database was changed by hand.
func repairListing(ctx context.Context, env map[string]string, stdout io.Writer) error {
	owner, err := app.ConnectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	report, err := admin.RepairListing(ctx, owner)
	if err != nil {
		return err
	}
	return printReport(stdout, report)
}
