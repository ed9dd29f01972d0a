package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// newRows are the rows to add, by table, with their values in the order of the columns in [newRows.tables].
type newRows struct {
	categories map[access.Target]access.Category

	institutions, subscriptions, groups, people, histories, users, enrolments, assignments, listings, members [][]any

	returned  []inInstitution // removed users who are added again
	stale     []listingKey    // listing rows that new ones replace
	suspended map[access.InstitutionID][]access.GroupID
	events    []institutionEvents
}

// listingKey is the key of a listing row.
type listingKey struct {
	institution access.InstitutionID
	person      access.UserID
	product     access.ProductID
}

type institutionEvents struct {
	of     *institutionRow
	events []audit.Event
}

// institution collects the new rows of one institution, in the file's order.
func (l *dataImport) institution(i datafile.Institution) {
	row, known := l.institutions[i.Code]
	if !known {
		row = &institutionRow{id: access.InstitutionID(l.id())}
		l.institutions[i.Code] = row
		l.groups[row.id] = map[datafile.GroupName]access.GroupID{}
		l.rows.institutions = append(l.rows.institutions, []any{row.id, i.Code, i.Name, i.Type})
	}
	before := l.present.Institutions[i.Code]
	for _, s := range i.Subscriptions {
		if _, there := before.Subscriptions[s.Product]; !there {
			l.rows.subscriptions = append(l.rows.subscriptions, []any{row.id, s.Product, s.Active})
		}
	}
	for _, g := range i.Groups {
		if _, there := before.Groups[g.GroupName]; !there {
			l.group(row.id, g)
		}
	}
	log := institutionEvents{of: row}
	for _, u := range i.Users {
		log.events = append(log.events, l.user(row.id, u, before)...)
	}
	l.rows.events = append(l.rows.events, log)
}

// group adds a group. It is active while its members are added, and suspended afterwards if the file says so.
func (l *dataImport) group(in access.InstitutionID, g datafile.Group) {
	id := access.GroupID(l.id())
	l.groups[in][g.GroupName] = id
	l.rows.groups = append(l.rows.groups, []any{in, id, g.Product, g.Name, access.Active})
	if g.Status == access.Suspended {
		if l.rows.suspended == nil {
			l.rows.suspended = map[access.InstitutionID][]access.GroupID{}
		}
		l.rows.suspended[in] = append(l.rows.suspended[in], id)
	}
}

// person finds a person, or adds them.
func (l *dataImport) person(code access.FiscalCode) access.PersonID {
	id, known := l.people[code]
	if known {
		return id
	}
	id = access.PersonID(l.id())
	l.people[code] = id
	row := []any{id, l.keys.Hash(code), nil, nil, nil}
	if p, _ := l.data.Person(code); p.Verified {
		row[2], row[3], row[4] = p.FirstName, p.LastName, l.now
	}
	l.rows.people = append(l.rows.people, row)
	return id
}

// newUser adds a user, with the id of before if the person was a user already. Names that the file gives as verified hold
// at once.
func (l *dataImport) newUser(in access.InstitutionID, u datafile.User) inInstitution {
	key, of := inInstitution{institution: in}, institutionPerson{in, u.FiscalCode}
	kept := false
	if key.person, kept = l.histories[of]; kept {
		l.rows.returned = append(l.rows.returned, key)
	} else {
		key.person = access.UserID(l.id())
		l.histories[of] = key.person
		l.rows.histories = append(l.rows.histories, []any{in, key.person, l.keys.Hash(u.FiscalCode)})
	}
	var verified any
	shown := &userRow{u.FirstName, u.LastName, u.Email}
	if p, _ := l.data.Person(u.FiscalCode); p.Verified {
		verified, shown.firstName, shown.lastName = l.now, p.FirstName, p.LastName
	}
	l.users[key] = shown
	l.rows.users = append(l.rows.users, []any{
		in, key.person, l.person(u.FiscalCode), l.keys.Seal(u.FiscalCode, key.person), shown.firstName, shown.lastName, verified, u.Email,
	})
	return key
}

// user adds the new rows of a user, and returns their events.
func (l *dataImport) user(in access.InstitutionID, u datafile.User, before datafile.ExistingInstitution) []audit.Event {
	key := inInstitution{in, l.histories[institutionPerson{in, u.FiscalCode}]}
	if l.users[key] == nil {
		key = l.newUser(in, u)
	}
	shown := l.users[key]
	held := access.User{ID: key.person, Assignments: slices.Clone(before.Assignments[u.FiscalCode])}
	sortKey := store.SortKey(shown.firstName, shown.lastName)
	var events []audit.Event
	var touched []access.ProductID
	for _, r := range u.Roles {
		if _, there := held.FindAssignment(r.Product, r.Role); there {
			continue
		}
		category := l.rows.categories[r.Target]
		switch {
		case len(held.AssignmentsOn(r.Product)) == 0:
			l.rows.enrolments = append(l.rows.enrolments, []any{in, key.person, r.Product, category})
		case !slices.Contains(touched, r.Product):
			l.rows.stale = append(l.rows.stale, listingKey{in, key.person, r.Product})
		}
		if !slices.Contains(touched, r.Product) {
			touched = append(touched, r.Product)
		}
		held.Assignments = append(held.Assignments, access.Assignment{Product: r.Product, Role: r.Role, Category: category, Status: r.Status})
		l.rows.assignments = append(l.rows.assignments, []any{in, key.person, r.Product, r.Role, category, r.Status, sortKey, shown.email})
		events = append(events, audit.Event{
			At: l.now, Action: access.Load, Subject: key.person, Product: r.Product, Role: r.Role,
			After: audit.Details{Status: r.Status}.JSON(),
		})
	}
	for _, product := range touched {
		l.rows.listings = append(l.rows.listings, listingRow(in, held, product, *shown, sortKey))
	}
	for _, m := range u.Groups {
		if !before.Members[u.FiscalCode][m.GroupName] {
			l.rows.members = append(l.rows.members, []any{in, l.groups[in][m.GroupName], m.Product, key.person})
		}
	}
	return events
}

// listingRow is the listing row of a user of a product. Roles are in the order of their codes, because the catalogue's
// order can change.
func listingRow(in access.InstitutionID, u access.User, product access.ProductID, shown userRow, sortKey string) []any {
	on := u.AssignmentsOn(product)
	slices.SortFunc(on, func(a, b access.Assignment) int { return strings.Compare(string(a.Role), string(b.Role)) })
	var roles, statuses []string
	for _, a := range on {
		roles, statuses = append(roles, string(a.Role)), append(statuses, string(a.Status))
	}
	return []any{
		in, product, u.ID, sortKey, store.SearchKey(shown.firstName, shown.lastName, shown.email),
		shown.firstName, shown.lastName, shown.email, on[0].Category, roles, statuses,
	}
}

// tables are the rows by table. A table comes after those that its foreign keys refer to.
func (a *newRows) tables() []tableRows {
	return []tableRows{
		{"institution", "id code name type", a.institutions},
		{"institution_product", "institution product active", a.subscriptions},
		{"user_group", "institution id product name status", a.groups},
		{"person", "id fiscal_code_hash verified_first_name verified_last_name verified_at", a.people},
		{"user_history", "institution person fiscal_code_hash", a.histories},
		{"app_user", "institution person identity fiscal_code_sealed first_name last_name verified_at email", a.users},
		{"enrolment", "institution person product category", a.enrolments},
		{"assignment", "institution person product role category status sort_key email", a.assignments},
		{"listing", "institution product person sort_key search_key first_name last_name email category roles statuses", a.listings},
		{"group_member", "institution group product person", a.members},
	}
}

type tableRows struct {
	table, columns string
	rows           [][]any
}

// record writes the events. A new institution is locked only here, when its row exists.
func (l *dataImport) record(ctx context.Context) error {
	for _, log := range l.rows.events {
		if len(log.events) == 0 {
			continue
		}
		if log.of.change == nil {
			change, err := l.locks.Institution(ctx, log.of.id)
			if err != nil {
				return err
			}
			log.of.change = change
		}
		if err := log.of.change.Record(ctx, log.events...); err != nil {
			return err
		}
	}
	return nil
}

// write adds everything, with one COPY for each table.
func (l *dataImport) write(ctx context.Context) error {
	for _, k := range l.rows.stale {
		if _, err := l.tx.Exec(ctx, `DELETE FROM listing WHERE institution = $1 AND person = $2 AND product = $3`,
			k.institution, k.person, k.product); err != nil {
			return fmt.Errorf("listing: %w", err)
		}
	}
	for _, k := range l.rows.returned {
		if _, err := l.tx.Exec(ctx, `
			UPDATE user_history SET removed_at = NULL, name_sealed = NULL WHERE institution = $1 AND person = $2`,
			k.institution, k.person); err != nil {
			return fmt.Errorf("user_history: %w", err)
		}
	}
	for _, t := range l.rows.tables() {
		if len(t.rows) == 0 {
			continue
		}
		if _, err := l.tx.CopyFrom(ctx, pgx.Identifier{t.table}, strings.Fields(t.columns), pgx.CopyFromRows(t.rows)); err != nil {
			return fmt.Errorf("%s: %w", t.table, err)
		}
	}
	for in, groups := range l.rows.suspended {
		if _, err := l.tx.Exec(ctx, `UPDATE user_group SET status = 'suspended' WHERE institution = $1 AND id = ANY ($2)`,
			in, groups); err != nil {
			return fmt.Errorf("user_group: %w", err)
		}
	}
	if err := l.record(ctx); err != nil {
		return err
	}
	r := &l.rows
	l.report = DataReport{
		Institutions: len(r.institutions), Subscriptions: len(r.subscriptions), Groups: len(r.groups), People: len(r.people),
		Users: len(r.users), Assignments: len(r.assignments), Memberships: len(r.members),
	}
	return nil
}
