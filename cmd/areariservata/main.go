// Command areariservata is the Users section of the Area Riservata.
//
//	areariservata serve                         the site, configured by the environment
//	areariservata migrate                       brings the database's schema up to date
//	areariservata import catalogue FILE         products and roles
//	areariservata import data FILE...           institutions, people, assignments
//	areariservata audit verify [[-new] FILE]    verifies the audit log, also against the ends that FILE recorded
//	areariservata erase [-dry-run] FILE         erases people, by fiscal codes, one per line (-: standard input)
//	areariservata retain [-dry-run] [-forms DAYS] [-views MONTHS]
//	                                            deletes expired records
//	areariservata repair listing                rebuilds lists and counts where they differ from their source tables
//	areariservata version                       what the program was made from
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // Europe/Rome, on machines that have no time zones

	"areariservata.example/utenti/internal/observe"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], environment(), os.Stdin, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "areariservata:", err)
		os.Exit(1)
	}
}

const usage = `usage:
  areariservata serve
  areariservata migrate
  areariservata import catalogue FILE
  areariservata import data FILE...
  areariservata audit verify [[-new] FILE]
  areariservata erase [-dry-run] FILE|-
  areariservata retain [-dry-run] [-forms DAYS] [-views MONTHS]
  areariservata repair listing
  areariservata healthcheck
  areariservata version`

// run runs one command. All that it depends on are arguments, so that tests can call it.
func run(ctx context.Context, args []string, env map[string]string, stdin io.Reader, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	word := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	switch {
	case word(0) == "serve" && len(args) == 1:
		return serve(ctx, env, log, stdout)
	case word(0) == "migrate" && len(args) == 1:
		return migrate(ctx, env)
	case word(0) == "import" && word(1) == "catalogue" && len(args) == 3:
		return importCatalogue(ctx, env, args[2], stdout)
	case word(0) == "import" && word(1) == "data" && len(args) > 2:
		return importData(ctx, env, args[2:], stdout)
	case word(0) == "audit" && word(1) == "verify" && word(2) == "-new" && len(args) == 4:
		return verifyAudit(ctx, env, word(3), true, stdout)
	case word(0) == "audit" && word(1) == "verify" && !strings.HasPrefix(word(2), "-") && len(args) <= 3:
		return verifyAudit(ctx, env, word(2), false, stdout)
	case word(0) == "erase":
		return erase(ctx, env, args[1:], stdin, stdout)
	case word(0) == "retain":
		return retain(ctx, env, args[1:], stdout)
	case word(0) == "repair" && word(1) == "listing" && len(args) == 2:
		return repairListing(ctx, env, stdout)
	case word(0) == "healthcheck" && len(args) == 1:
		return healthcheck(ctx, env)
	case word(0) == "version" && len(args) == 1:
		_, err := fmt.Fprintln(stdout, observe.ReadBuild())
		return err
	}
	return errors.New(usage)
}

// environment is the process's environment as a map.
func environment() map[string]string {
	env := map[string]string{}
	for _, pair := range os.Environ() {
		for i := range len(pair) {
			if pair[i] == '=' && i > 0 {
				env[pair[:i]] = pair[i+1:]
				break
			}
		}
	}
	return env
}
