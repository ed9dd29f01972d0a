package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/store"
)

// DataReport counts the rows that a data import added. The same file again adds none.
type DataReport struct {
	Institutions  int `json:"institutions"`
	Subscriptions int `json:"subscriptions"`
	Groups        int `json:"groups"`
	People        int `json:"people"`
	Users         int `json:"users"`
	Assignments   int `json:"assignments"`
	Memberships   int `json:"memberships"`
}

// ImportData adds a data file's content, as the owner of the tables: whole or not at all. Existing rows stay as they are,
// and none is removed. Each assignment added gets its audit event, without an actor: the operator of the service did it.
//
// The error is [datafile.Faults] if the data contradicts the catalogue, existing rows or a rule, or has faults of its own:
// data that was read with faults may be passed as it is, to get all of them at once.
func ImportData(
	ctx context.Context, owner *pgxpool.Pool, keys store.Keys, d datafile.Data, now time.Time,
) (DataReport, error) {
	var report DataReport
	err := store.New(owner, keys).Locked(ctx, func(ctx context.Context, locks *store.Locks) error {
		if err := beginImport(ctx, locks.Pgx()); err != nil {
			return err
		}
		l := &dataImport{tx: locks.Pgx(), locks: locks, keys: keys, data: d, now: now}
		for _, step := range []func(context.Context) error{l.lock, l.read, l.check, l.identify} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		for _, i := range d.Institutions {
			l.institution(i)
		}
		if err := l.write(ctx); err != nil {
			return err
		}
		report = l.report
		return nil
	})
	if err != nil {
		return DataReport{}, fmt.Errorf("import data: %w", err)
	}
	return report, nil
}

// dataImport is one import: the existing rows, and the rows to add.
type dataImport struct {
	tx    pgx.Tx
	locks *store.Locks
	keys  store.Keys
	data  datafile.Data
	now   time.Time

	present      datafile.Existing
	institutions map[string]*institutionRow // by code
	people       map[access.FiscalCode]access.PersonID
	histories    map[institutionPerson]access.UserID // ids of present and removed users
	users        map[inInstitution]*userRow          // existing users
	groups       map[access.InstitutionID]map[datafile.GroupName]access.GroupID

	unusedIDs []string // new UUIDs
	rows      newRows
	report    DataReport
}

type institutionRow struct {
	id     access.InstitutionID
	change *store.Tx // nil while the institution is new
}

type inInstitution struct {
	institution access.InstitutionID
	person      access.UserID
}

type institutionPerson struct {
	institution access.InstitutionID
	code        access.FiscalCode
}

// userRow is the part of a user that lists show.
type userRow struct {
	firstName, lastName, email string
}

// lockDataImports lets one data import run at a time: two with the same new person would both add them.
func lockDataImports(ctx context.Context, tx pgx.Tx) error {
	const dataImports = 0x7574656e7469
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, dataImports)
	return err
}

// lock locks the existing institutions, in the order of their ids. From here on no other transaction changes anything
// in them, nor the catalogue, whose import waits for this one to end.
func (l *dataImport) lock(ctx context.Context) error {
	if err := lockDataImports(ctx, l.tx); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	var codes []string
	for _, i := range l.data.Institutions {
		codes = append(codes, i.Code)
	}
	rows, err := l.tx.Query(ctx, `
		SELECT code, name, type, id FROM institution WHERE code = ANY ($1) ORDER BY id`, codes)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	l.institutions = map[string]*institutionRow{}
	l.present.Institutions = map[string]datafile.ExistingInstitution{}
	var code string
	var present datafile.ExistingInstitution
	var id access.InstitutionID
	var existing []*institutionRow
	_, err = pgx.ForEachRow(rows, []any{&code, &present.Name, &present.Type, &id}, func() error {
		row := &institutionRow{id: id}
		existing = append(existing, row)
		l.institutions[code] = row
		l.present.Institutions[code] = datafile.ExistingInstitution{
			Name: present.Name, Type: present.Type,
			Subscriptions: map[access.ProductID]bool{},
			Groups:        map[datafile.GroupName]access.Status{},
			Assignments:   map[access.FiscalCode][]access.Assignment{},
			Members:       map[access.FiscalCode]map[datafile.GroupName]bool{},
			Administered:  map[access.ProductID]bool{},
		}
		return nil
	})
	for _, row := range existing {
		if err == nil {
			row.change, err = l.locks.Institution(ctx, row.id)
		}
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// check compares the file with the catalogue and the existing rows.
func (l *dataImport) check(ctx context.Context) error {
	c, err := readCatalogue(ctx, l.tx)
	if err != nil {
		return err
	}
	if err := l.data.Check(c, l.present); err != nil {
		return err
	}
	l.rows.categories = map[access.Target]access.Category{}
	for _, p := range c.Products {
		for role, category := range p.Categories() {
			l.rows.categories[access.Target{Product: p.ID, Role: role}] = category
		}
	}
	return nil
}

// identify reads as many new UUIDs from the database as the file could need.
func (l *dataImport) identify(ctx context.Context) error {
	n := len(l.data.People)
	for _, i := range l.data.Institutions {
		n += 1 + len(i.Groups) + len(i.Users)
	}
	rows, err := l.tx.Query(ctx, `SELECT gen_random_uuid()::text FROM generate_series(1, $1)`, n)
	if err != nil {
		return fmt.Errorf("ids: %w", err)
	}
	if l.unusedIDs, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		return fmt.Errorf("ids: %w", err)
	}
	return nil
}

func (l *dataImport) id() string {
	id := l.unusedIDs[0]
	l.unusedIDs = l.unusedIDs[1:]
	return id
}
