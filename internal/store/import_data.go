package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/audit"
)

// DataReport says how much an import of data added. What was there already isn't counted: the same file again gives zeros.
type DataReport struct {
	Institutions, Subscriptions, Groups, People, Users, Assignments, Memberships int
}

// ImportData adds a data file's content, as the owner of the tables: whole or not at all. What is there stays as it is;
// nothing is ever removed. Each assignment added gets its audit event, with no actor: the operator of the service did it.
//
// The error is [datafile.Faults] if the data goes against the catalogue, what is there or a rule, or has faults of its own:
// data that was read with faults may be handed over as it is, to be told all of them at once.
func ImportData(ctx context.Context, owner *pgxpool.Pool, keys Keys, d datafile.Data, now time.Time) (DataReport, error) {
	var report DataReport
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if err := beginImport(ctx, tx); err != nil {
			return err
		}
		l := &dataImport{tx: tx, keys: keys, data: d, now: now}
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

// dataImport is one import under way: what is there, and the rows to be added.
type dataImport struct {
	tx   pgx.Tx
	keys Keys
	data datafile.Data
	now  time.Time

	present      datafile.Existing
	institutions map[string]*institutionRow // by code
	people       map[access.FiscalCode]access.UserID
	users        map[inInstitution]*userRow // those who are users already
	groups       map[access.InstitutionID]map[datafile.GroupName]access.GroupID

	unusedIDs []string // UUIDs not used yet
	rows      newRows
	report    DataReport
}

type institutionRow struct {
	id     access.InstitutionID
	head   audit.Head
	exists bool
}

type inInstitution struct {
	institution access.InstitutionID
	person      access.UserID
}

// userRow is a user as lists show them.
type userRow struct {
	firstName, lastName, email string
}

// dataImports is the lock that lets one import of data run at a time: two that meet the same new person would otherwise both add them.
const dataImports = 0x7574656e7469

// lock locks the institutions that are there, in one order for all. From here on nobody changes anything in them, nor the
// catalogue, whose import waits for this one to end.
func (l *dataImport) lock(ctx context.Context) error {
	if _, err := l.tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, dataImports); err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	var codes []string
	for _, i := range l.data.Institutions {
		codes = append(codes, i.Code)
	}
	rows, err := l.tx.Query(ctx, `
		SELECT code, name, type, id, audit_seq, audit_head FROM institution
		WHERE code = ANY ($1) ORDER BY code FOR NO KEY UPDATE`, codes)
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	l.institutions = map[string]*institutionRow{}
	l.present.Institutions = map[string]datafile.ExistingInstitution{}
	var code string
	var present datafile.ExistingInstitution
	var row institutionRow
	_, err = pgx.ForEachRow(rows, []any{&code, &present.Name, &present.Type, &row.id, &row.head.Seq, &row.head.Hash}, func() error {
		copied := row
		copied.exists = true
		l.institutions[code] = &copied
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
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// check holds the file against what is there.
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

// identify asks the database for as many UUIDs as could be needed.
func (l *dataImport) identify(ctx context.Context) error {
	n := len(l.data.People)
	for _, i := range l.data.Institutions {
		n += 1 + len(i.Groups)
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
