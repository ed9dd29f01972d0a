package main

import (
	"context"
	"io"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/app"
)

// repairListing makes lists and their numbers anew from the truth, on a site that goes on working, and tells how many rows
// were otherwise: zeros, unless somebody wrote into the database by hand.
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
