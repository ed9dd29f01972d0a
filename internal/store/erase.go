package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// Erasure says how much went with somebody who was erased.
type Erasure struct {
	People, Unknown                 int // Unknown: a code that nobody has
	Users, Assignments, Memberships int
	Sessions, Forms, Letters, Views int
}

// Add is what went with both.
func (e Erasure) Add(o Erasure) Erasure {
	return Erasure{
		e.People + o.People, e.Unknown + o.Unknown, e.Users + o.Users, e.Assignments + o.Assignments, e.Memberships + o.Memberships,
		e.Sessions + o.Sessions, e.Forms + o.Forms, e.Letters + o.Letters, e.Views + o.Views,
	}
}

// InstitutionProduct is a product of an institution.
type InstitutionProduct struct {
	Institution string // its name
	Product     access.ProductID
}

// LastAdministratorError says of what a person is the only active Administrator (rule P3): another must be named there before.
type LastAdministratorError struct{ Products []InstitutionProduct }

func (e *LastAdministratorError) Error() string {
	var all []string
	for _, p := range e.Products {
		all = append(all, fmt.Sprintf("%s of %s", p.Product, p.Institution))
	}
	return "the last active Administrator of " + strings.Join(all, "; of ")
}

// errDryRun takes back what was done to be counted.
var errDryRun = errors.New("dry run")

// Erase takes who has the fiscal code out of every institution and out of the database, as the owner of the tables: whole or
// not at all. letters takes their letters out of the queue. A dry run does it, counts, and takes it back.
//
// The audit log stays: each role gets its event, by the operator of the service. What the log has of the person's names and
// e-mails can't be read any more, as the key to it goes with their row. What stays besides is ids that lead to nobody: in
// the log, in what forms have done, and in whose profiles the person opened, which is the others' affair. Who opened the
// person's own goes: nobody is left who could ask. No letter tells of it: there is no address left to write to.
//
// The error is a [*LastAdministratorError] if a product would lose its last active Administrator.
func (s *Store) Erase(ctx context.Context, code access.FiscalCode, emails func(context.Context, pgx.Tx, access.UserID) (int, error), now time.Time, dry bool) (Erasure, error) {
	for {
		var e Erasure
		err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
			if e, err = s.erase(ctx, tx, code, emails, now); err == nil && dry {
				err = errDryRun
			}
			return err
		})
		switch {
		case errors.Is(err, errInstitutionAdded):
			continue
		case err != nil && !errors.Is(err, errDryRun):
			return Erasure{}, fmt.Errorf("erase: %w", err)
		}
		return e, nil
	}
}

func (s *Store) erase(ctx context.Context, tx pgx.Tx, code access.FiscalCode, emails func(context.Context, pgx.Tx, access.UserID) (int, error), now time.Time) (Erasure, error) {
	// An import of data may be about to use the person's id.
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, dataImports); err != nil {
		return Erasure{}, err
	}
	var person access.UserID
	err := tx.QueryRow(ctx, `SELECT id FROM person WHERE fiscal_code_hash = $1`, s.keys.Hash(code)).Scan(&person)
	if errors.Is(err, pgx.ErrNoRows) {
		return Erasure{Unknown: 1}, nil
	}
	if err != nil {
		return Erasure{}, err
	}
	changes, err := s.lockAll(ctx, tx, person)
	if err != nil {
		return Erasure{}, err
	}
	if err := checkSuccessor(ctx, tx, person); err != nil {
		return Erasure{}, err
	}
	for _, change := range changes {
		if err := change.recordErasure(ctx, person, now); err != nil {
			return Erasure{}, err
		}
	}
	e, err := deletePerson(ctx, tx, person)
	if err != nil {
		return Erasure{}, err
	}
	e.Letters, err = emails(ctx, tx, person)
	return e, err
}

// checkSuccessor makes sure that somebody else administers, actively, whatever the person does.
func checkSuccessor(ctx context.Context, tx pgx.Tx, person access.UserID) error {
	rows, err := tx.Query(ctx, `
		SELECT DISTINCT i.name, a.product FROM assignment a JOIN institution i ON i.id = a.institution
		WHERE a.person = $1 AND a.category = 'administrator' AND a.status = 'active' AND NOT EXISTS (
			SELECT FROM assignment o WHERE o.institution = a.institution AND o.product = a.product AND o.person <> $1
			AND o.category = 'administrator' AND o.status = 'active')
		ORDER BY i.name, a.product`, person)
	if err != nil {
		return err
	}
	posts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[InstitutionProduct])
	if err != nil {
		return err
	}
	if len(posts) > 0 {
		return &LastAdministratorError{posts}
	}
	return nil
}

// recordErasure writes an event for each of the person's roles in the institution.
func (tx *Tx) recordErasure(ctx context.Context, person access.UserID, now time.Time) error {
	rows, err := tx.tx.Query(ctx, `
		SELECT product, role, status FROM assignment WHERE institution = $1 AND person = $2
		ORDER BY product COLLATE "C", role COLLATE "C"`, tx.institution, person)
	if err != nil {
		return err
	}
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (audit.Event, error) {
		e := audit.Event{At: now, Action: access.Remove, Subject: person}
		var status access.Status
		err := row.Scan(&e.Product, &e.Role, &status)
		e.Before = audit.Details{Status: status}.JSON()
		return e, err
	})
	if err != nil {
		return err
	}
	return tx.Record(ctx, events...)
}

// deletePerson deletes whatever is theirs. Rows of lists go with the enrolments.
func deletePerson(ctx context.Context, tx pgx.Tx, person access.UserID) (e Erasure, err error) {
	var enrolments int
	for _, table := range []struct {
		sql string
		n   *int
	}{
		{`DELETE FROM group_member WHERE person = $1`, &e.Memberships},
		{`DELETE FROM assignment WHERE person = $1`, &e.Assignments},
		{`DELETE FROM enrolment WHERE person = $1`, &enrolments},
		{`DELETE FROM app_user WHERE person = $1`, &e.Users},
		{`DELETE FROM web_session WHERE person = $1`, &e.Sessions},
		{`DELETE FROM saved_form WHERE person = $1`, &e.Forms},
		{`DELETE FROM profile_view WHERE subject = $1`, &e.Views},
		{`DELETE FROM person WHERE id = $1`, &e.People},
	} {
		tag, err := tx.Exec(ctx, table.sql, person)
		if err != nil {
			return Erasure{}, err
		}
		*table.n = int(tag.RowsAffected())
	}
	_, err = tx.Exec(ctx, `SET CONSTRAINTS ALL IMMEDIATE`) // a dry run too is told what would be refused at the end
	return e, err
}
