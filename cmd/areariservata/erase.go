package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/notify"
)

// erase erases people by their fiscal codes, one on each line of a file or of standard input ("-"): command-line arguments
// are visible to all users of the machine, and stay in a shell's history. Messages name lines by their numbers.
//
// Each person is erased completely or not at all. A product's last active Administrator is not erased; the others are, and
// the error names the remaining lines.
func erase(ctx context.Context, env map[string]string, args []string, stdin io.Reader, stdout io.Writer) error {
	flags := flag.NewFlagSet("erase", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dry := flags.Bool("dry-run", false, "")
	if flags.Parse(args) != nil || flags.NArg() != 1 {
		return errors.New(usage)
	}
	owner, keys, err := app.ConnectWithKeys(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	codes, err := readCodes(flags.Arg(0), stdin)
	if err != nil {
		return err
	}
	var total admin.Erasure
	var left []error
	for _, c := range codes {
		one, err := admin.Erase(ctx, owner, keys, c.code, notify.DeleteFor, time.Now(), *dry)
		if err != nil {
			left = append(left, fmt.Errorf("line %d: %w", c.line, err))
		}
		total = total.Add(one)
	}
	return errors.Join(append([]error{printReport(stdout, total)}, left...)...)
}

type codeLine struct {
	line int
	code access.FiscalCode
}

// readCodes reads all lines; the error names those that are no fiscal code.
func readCodes(name string, stdin io.Reader) ([]codeLine, error) {
	content, err := readAll(name, stdin)
	if err != nil {
		return nil, err
	}
	var codes []codeLine
	var faults []error
	for i, text := range strings.Split(string(content), "\n") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		code, err := access.ParseFiscalCode(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", i+1, err))
		}
		codes = append(codes, codeLine{i + 1, code})
	}
	if len(codes) == 0 {
		faults = append(faults, fmt.Errorf("%s: no fiscal codes", name))
	}
	return codes, errors.Join(faults...)
}

func readAll(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}
