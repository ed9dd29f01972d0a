package admin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// Erasure counts the rows that an erasure deleted.
type Erasure struct {
	People       int `json:"people"`
	Unknown      int `json:"unknown"` // fiscal codes of no person
	Users        int `json:"users"`
	Histories    int `json:"histories"` // keys and names of the audit log, also of institutions that they left before
	Assignments  int `json:"assignments"`
	Memberships  int `json:"memberships"`
	Sessions     int `json:"sessions"`
	SavedForms   int `json:"saved_forms"`
	Emails       int `json:"emails"` // of the queue
	ProfileViews int `json:"profile_views"`
}

// Add returns the sum of both.
func (e Erasure) Add(o Erasure) Erasure {
	return Erasure{
		People: e.People + o.People, Unknown: e.Unknown + o.Unknown, Users: e.Users + o.Users,
		Histories:   e.Histories + o.Histories,
		Assignments: e.Assignments + o.Assignments, Memberships: e.Memberships + o.Memberships, Sessions: e.Sessions + o.Sessions,
		SavedForms: e.SavedForms + o.SavedForms, Emails: e.Emails + o.Emails, ProfileViews: e.ProfileViews + o.ProfileViews,
	}
}

// InstitutionProduct is a product of an institution.
type InstitutionProduct struct {
	Institution string // its name
	Product     access.ProductID
}

// LastAdministratorError lists the products whose only active Administrator a person is (rule P3): they need another one
// first.
type LastAdministratorError struct{ Products []InstitutionProduct }

func (e *LastAdministratorError) Error() string {
	var all []string
	for _, p := range e.Products {
		all = append(all, fmt.Sprintf("%s of %s", p.Product, p.Institution))
	}
	return "the last active Administrator of " + strings.Join(all, "; of ")
}

// errDryRun rolls back a dry run.
var errDryRun = errors.New("dry run")

// Erase deletes the person with the fiscal code from every institution and from the database, as the owner of the
// tables: whole or not at all. deleteEmails removes their e-mails from the queue. A dry run does the same, counts, and
// rolls back.
//
// The audit log stays: each role gets its event, by the operator of the service. The names and e-mails of the person in
// the logs cannot be read any more, because their keys are deleted, also those of institutions of which the person is not
// a user any more. Also ids stay that lead to no person: in the logs, in the results of forms, and as the actor of profile
// views, which belong to the users viewed. The views of the person's own profile are deleted. No e-mail reports the
// erasure: no address is left to write to.
//
// The error is a [*LastAdministratorError] if a product would lose its last active Administrator (rule P3).
func Erase(
	ctx context.Context, owner *pgxpool.Pool, keys store.Keys, code access.FiscalCode,
	deleteEmails func(context.Context, pgx.Tx, []access.UserID) (int, error), now time.Time, dry bool,
) (Erasure, error) {
	var e Erasure
	err := store.New(owner, keys).Locked(ctx, func(ctx context.Context, l *store.Locks) (err error) {
		e, err = erase(ctx, l, keys.Hash(code), deleteEmails, now)
		if err == nil && dry {
			err = errDryRun
		}
		return err
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return Erasure{}, fmt.Errorf("erase: %w", err)
	}
	return e, nil
}

func erase(
	ctx context.Context, l *store.Locks, codeHash []byte,
	deleteEmails func(context.Context, pgx.Tx, []access.UserID) (int, error), now time.Time,
) (Erasure, error) {
	tx := l.Pgx()
	// A data import could be about to use the person's id.
	if err := lockDataImports(ctx, tx); err != nil {
		return Erasure{}, err
	}
	var person access.PersonID
	var changes []store.UserChange
	err := tx.QueryRow(ctx, `SELECT id FROM person WHERE fiscal_code_hash = $1`, codeHash).Scan(&person)
	if err == nil {
		changes, err = l.InstitutionsOf(ctx, person)
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) { // without a row, the person may be known to logs
		return Erasure{}, err
	}
	if err := checkSuccessor(ctx, tx, person); err != nil {
		return Erasure{}, err
	}
	for _, change := range changes {
		if err := recordErasure(ctx, change, now); err != nil {
			return Erasure{}, err
		}
	}
	rows, err := tx.Query(ctx, `SELECT person FROM user_history WHERE fiscal_code_hash = $1`, codeHash)
	if err != nil {
		return Erasure{}, err
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[access.UserID])
	if err != nil {
		return Erasure{}, err
	}
	e, err := deletePerson(ctx, tx, person, users)
	if err != nil {
		return Erasure{}, err
	}
	e.Emails, err = deleteEmails(ctx, tx, users)
	return e, err
}

// checkSuccessor returns a [*LastAdministratorError] if the person is the only active Administrator of a product.
func checkSuccessor(ctx context.Context, tx pgx.Tx, person access.PersonID) error {
	rows, err := tx.Query(ctx, `
		SELECT i.name, a.product FROM app_user u JOIN active_administrator a USING (institution, person)
		JOIN institution i ON i.id = a.institution
		WHERE u.identity = nullif($1, '')::uuid AND NOT EXISTS (
			SELECT 1 FROM active_administrator o
			WHERE o.institution = a.institution AND o.product = a.product AND o.person <> a.person)
		GROUP BY i.id, a.product ORDER BY i.name, a.product`, string(person))
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

// recordErasure writes an event for each of the user's roles.
func recordErasure(ctx context.Context, tx store.UserChange, now time.Time) error {
	rows, err := tx.Pgx().Query(ctx, `
		SELECT product, role, status FROM assignment WHERE institution = $1 AND person = $2
		ORDER BY product COLLATE "C", role COLLATE "C"`, tx.Institution(), tx.User)
	if err != nil {
		return err
	}
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (audit.Event, error) {
		e := audit.Event{At: now, Action: access.Remove, Subject: tx.User}
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

// deletePerson deletes all rows of the person, who is or was these users. Rows of lists are deleted with the enrolments.
func deletePerson(ctx context.Context, tx pgx.Tx, person access.PersonID, users []access.UserID) (e Erasure, err error) {
	var enrolments, checkPages int
	for _, table := range []struct {
		sql string
		id  any
		n   *int
	}{
		// Check pages are sealed, so those that may name the person are all of the person's institutions; they live two hours.
		{`DELETE FROM prepared_form WHERE institution IN (SELECT institution FROM app_user WHERE person = ANY ($1))`, users, &checkPages},
		{`DELETE FROM group_member WHERE person = ANY ($1)`, users, &e.Memberships},
		{`DELETE FROM assignment WHERE person = ANY ($1)`, users, &e.Assignments},
		{`DELETE FROM enrolment WHERE person = ANY ($1)`, users, &enrolments},
		{`DELETE FROM app_user WHERE person = ANY ($1)`, users, &e.Users},
		{`DELETE FROM user_history WHERE person = ANY ($1)`, users, &e.Histories},
		{`DELETE FROM profile_view WHERE subject = ANY ($1)`, users, &e.ProfileViews},
		{`DELETE FROM web_session WHERE person = nullif($1, '')::uuid`, string(person), &e.Sessions},
		{`DELETE FROM saved_form WHERE person = nullif($1, '')::uuid`, string(person), &e.SavedForms},
		{`DELETE FROM person WHERE id = nullif($1, '')::uuid`, string(person), &e.People},
	} {
		tag, err := tx.Exec(ctx, table.sql, table.id)
		if err != nil {
			return Erasure{}, err
		}
		*table.n = int(tag.RowsAffected())
	}
	if len(users) == 0 && e.People == 0 {
		e.Unknown = 1
	}
	_, err = tx.Exec(ctx, `SET CONSTRAINTS ALL IMMEDIATE`) // so that a dry run meets the deferred constraints too
	return e, err
}
