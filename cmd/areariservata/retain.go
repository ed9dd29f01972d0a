package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"time"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
)

// Retention periods that are options. The minimum covers what the site reads back: a form can be sent again during a
// session, and the limit of profile views counts those of the last minute.
const (
	defaultFormDays   = 30
	defaultViewMonths = 24
	minRetention      = 1
)

// retain deletes expired records. Run it from a scheduler.
func retain(ctx context.Context, env map[string]string, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("retain", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dry := flags.Bool("dry-run", false, "")
	forms := flags.Int("forms", defaultFormDays, "")
	views := flags.Int("views", defaultViewMonths, "")
	if flags.Parse(args) != nil || flags.NArg() != 0 {
		return errors.New(usage)
	}
	if *forms < minRetention || *views < minRetention {
		return errors.New("retain: -forms and -views are at least 1")
	}
	years, err := app.LogRetention(env)
	if err != nil {
		return err
	}
	owner, err := app.ConnectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	today := time.Now()
	gone, err := admin.Retain(ctx, owner, admin.Retention{
		Sessions: today.Add(-signin.EndedRetention), SavedForms: today, Prepared: today.Add(-store.PreparedFormTTL),
		FormResults: today.AddDate(0, 0, -*forms), ProfileViews: today.AddDate(0, -*views, 0), Histories: today.AddDate(-years, 0, 0),
		SentEmails: today.Add(-notify.SentRetention), FailedEmails: today.Add(-notify.FailedRetention),
	}, *dry)
	return errors.Join(err, printReport(stdout, gone))
}
