package admin

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/datafile"
)

// read reads the existing rows of what the file names.
func (l *dataImport) read(ctx context.Context) error {
	l.people = map[access.FiscalCode]access.PersonID{}
	l.present.People = map[access.FiscalCode]datafile.ExistingPerson{}
	l.users = map[inInstitution]*userRow{}
	l.groups = map[access.InstitutionID]map[datafile.GroupName]access.GroupID{}
	institutions := map[access.InstitutionID]datafile.ExistingInstitution{}
	var ids []access.InstitutionID
	for code, row := range l.institutions {
		institutions[row.id] = l.present.Institutions[code]
		l.groups[row.id] = map[datafile.GroupName]access.GroupID{}
		ids = append(ids, row.id)
	}
	codes, err := l.readPeople(ctx, ids)
	if err != nil {
		return err
	}
	people := slices.Collect(maps.Keys(codes))
	batch := &pgx.Batch{}
	l.queryInstitutions(batch, institutions, ids)
	l.queryUsers(batch, institutions, codes, ids, people)
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}

// readPeople finds the file's people by the keyed hash of their codes, as people and as present and removed users of the
// institutions. It returns the codes by user.
func (l *dataImport) readPeople(ctx context.Context, ids []access.InstitutionID) (map[access.UserID]access.FiscalCode, error) {
	var hashes [][]byte
	byHash := map[string]access.FiscalCode{}
	for _, p := range l.data.People {
		hash := l.keys.Hash(p.FiscalCode)
		hashes = append(hashes, hash)
		byHash[string(hash)] = p.FiscalCode
	}
	codes := map[access.UserID]access.FiscalCode{}
	batch := &pgx.Batch{}
	var id access.PersonID
	var hash []byte
	var p datafile.ExistingPerson
	queueRows(batch, []any{&id, &hash, &p.Verified, &p.FirstName, &p.LastName}, func() {
		code := byHash[string(hash)]
		l.people[code], l.present.People[code] = id, p
	}, `
		SELECT id, fiscal_code_hash, verified_at IS NOT NULL, coalesce(verified_first_name, ''), coalesce(verified_last_name, '')
		FROM person WHERE fiscal_code_hash = ANY ($1)`, hashes)
	l.histories = map[institutionPerson]access.UserID{}
	var in access.InstitutionID
	var user access.UserID
	queueRows(batch, []any{&in, &user, &hash}, func() {
		code := byHash[string(hash)]
		codes[user], l.histories[institutionPerson{in, code}] = code, user
	}, `
		SELECT institution, person, fiscal_code_hash FROM user_history
		WHERE institution = ANY ($1) AND fiscal_code_hash = ANY ($2)`, ids, hashes)
	if err := l.tx.SendBatch(ctx, batch).Close(); err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	return codes, nil
}

// queueRows queues a query; for each row, the fields are scanned and row is called.
func queueRows(batch *pgx.Batch, fields []any, row func(), sql string, args ...any) {
	batch.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, fields, func() error {
			row()
			return nil
		})
		return err
	})
}

func (l *dataImport) queryInstitutions(
	batch *pgx.Batch, institutions map[access.InstitutionID]datafile.ExistingInstitution, ids []access.InstitutionID,
) {
	var in access.InstitutionID
	var product access.ProductID
	var active bool
	queueRows(batch, []any{&in, &product, &active}, func() { institutions[in].Subscriptions[product] = active },
		`SELECT institution, product, active FROM institution_product WHERE institution = ANY ($1)`, ids)

	queueRows(batch, []any{&in, &product}, func() { institutions[in].Administered[product] = true }, `
		SELECT DISTINCT institution, product FROM active_administrator WHERE institution = ANY ($1)`, ids)

	var group access.GroupID
	var name datafile.GroupName
	var status access.Status
	queueRows(batch, []any{&in, &group, &name.Product, &name.Name, &status}, func() {
		institutions[in].Groups[name], l.groups[in][name] = status, group
	}, `SELECT institution, id, product, name, status FROM user_group WHERE institution = ANY ($1)`, ids)
}

func (l *dataImport) queryUsers(batch *pgx.Batch, institutions map[access.InstitutionID]datafile.ExistingInstitution,
	codes map[access.UserID]access.FiscalCode, ids []access.InstitutionID, people []access.UserID,
) {
	var u inInstitution
	var shown userRow
	queueRows(batch, []any{&u.institution, &u.person, &shown.firstName, &shown.lastName, &shown.email}, func() {
		row := shown
		l.users[u] = &row
		institutions[u.institution].Assignments[codes[u.person]] = nil
		institutions[u.institution].Members[codes[u.person]] = map[datafile.GroupName]bool{}
	}, `
		SELECT institution, person, first_name, last_name, email FROM app_user
		WHERE institution = ANY ($1) AND person = ANY ($2)`, ids, people)

	var a access.Assignment
	queueRows(batch, []any{&u.institution, &u.person, &a.Product, &a.Role, &a.Category, &a.Status}, func() {
		assignments := institutions[u.institution].Assignments
		assignments[codes[u.person]] = append(assignments[codes[u.person]], a)
	}, `
		SELECT institution, person, product, role, category, status FROM assignment
		WHERE institution = ANY ($1) AND person = ANY ($2)`, ids, people)

	var g datafile.GroupName
	queueRows(batch, []any{&u.institution, &u.person, &g.Product, &g.Name}, func() {
		institutions[u.institution].Members[codes[u.person]][g] = true
	}, `
		SELECT m.institution, m.person, g.product, g.name FROM group_member m
		JOIN user_group g ON g.institution = m.institution AND g.id = m."group"
		WHERE m.institution = ANY ($1) AND m.person = ANY ($2)`, ids, people)
}
