package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/app"
)

// verifyAudit verifies the audit log. With a file, it also checks that each log still contains the end that the file
// recorded, and then records the new ends. Kept where the database's administrators cannot write, the file reveals a
// truncated log. So a file that is missing or empty is an error, except where the command is to create it.
func verifyAudit(ctx context.Context, env map[string]string, file string, isNew bool, stdout io.Writer) error {
	owner, keys, err := app.ConnectWithKeys(ctx, env)
	if err != nil {
		return err
	}
	defer owner.Close()
	known, err := readHeads(file, isNew)
	if err != nil {
		return err
	}
	report, err := admin.VerifyAudit(ctx, owner, keys, known)
	if err != nil {
		return err
	}
	if file != "" && !isNew && len(known) == 0 && report.Events > 0 {
		return fmt.Errorf("%s records no end, and the log has %d events: was it emptied? See the usage for a new one", file, report.Events)
	}
	if err := writeHeads(file, report.Heads); err != nil {
		return err
	}
	return printReport(stdout, report)
}

func readHeads(file string, isNew bool) (admin.AuditHeads, error) {
	if file == "" {
		return nil, nil
	}
	content, err := os.ReadFile(file)
	switch {
	case isNew && errors.Is(err, os.ErrNotExist):
		return nil, nil
	case isNew && err == nil:
		return nil, fmt.Errorf("%s exists: verify against it, without -new", file)
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("%w: without it, a truncated log is not noticed. If there never was one, create it with -new", err)
	case err != nil:
		return nil, err
	}
	var heads admin.AuditHeads
	if err := json.Unmarshal(content, &heads); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return heads, nil
}

// writeHeads replaces the file atomically.
func writeHeads(file string, heads admin.AuditHeads) error {
	if file == "" {
		return nil
	}
	content, err := json.Marshal(heads)
	if err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".*")
	if err != nil {
		return err
	}
	_, err = fresh.Write(append(content, '\n'))
	if err := errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return errors.Join(err, os.Remove(fresh.Name()))
	}
	return os.Rename(fresh.Name(), file)
}
