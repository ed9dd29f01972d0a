package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"time"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// How long things are kept if nothing else is said, and at the least: a form may be sent again as long as somebody is
// signed in, and a minute's profiles are counted.
const (
	countForms         = 30 // days
	keptViews          = 24 // months
	keptAtLeast        = 1
	expiredRecordGrace = time.Hour // until then a session that is over can say why
)

// retain deletes what has had its day; it is for a clock to call.
func retain(ctx context.Context, env map[string]string, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("retain", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dry := flags.Bool("dry-run", false, "")
	forms := flags.Int("forms", countForms, "")
	views := flags.Int("views", keptViews, "")
	if flags.Parse(args) != nil || flags.NArg() != 0 {
		return errors.New(usage)
	}
	if *forms < keptAtLeast || *views < keptAtLeast {
		return errors.New("retain: a day of forms and a month of views are kept at the least")
	}
	owner, err := connectAsOwner(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	today := time.Now()
	gone, err := store.Retain(ctx, owner, store.Retention{
		Ended: today.Add(-expiredRecordGrace), Forms: today.AddDate(0, 0, -*forms), Views: today.AddDate(0, -*views, 0),
		Sent: today.Add(-notify.SentRetention), Failed: today.Add(-notify.FailedRetention),
	}, *dry)
	return errors.Join(err, printReport(stdout, gone))
}
