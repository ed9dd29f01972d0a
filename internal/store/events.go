package store

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// EventPageSize is the number of events on a page of a log.
const EventPageSize = 50

// Events reads a page of a log, the newest event first, at most limit of the events that [access.CanSeeEvent] lets the
// reader see. The filter's period must be valid. The products that the reader administers are read on the same
// snapshot.
//
// The statement scans the events' numbers along the index of its filter, product by product, or of the user whose log
// it is: the last page costs as much as the first, a filter as much as none, and a period is a range of numbers. Only a
// filter by person and action together scans all events of the person.
func (q *Query) Events(dst *access.EventList, institution access.InstitutionID, reader access.UserID, f access.EventFilter, limit int) {
	log := eventQuery{filter: f}
	q.batch.Queue(log.sql(institution, reader, limit), log.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			e, err := scanEvent(rows)
			if err != nil {
				return err
			}
			dst.Events = append(dst.Events, e)
		}
		trimEvents(dst, f.Page, limit)
		return rows.Err()
	})
}

func scanEvent(rows pgx.Rows) (access.Event, error) {
	var e access.Event
	var before, after []byte
	var actor, subject partyRow
	err := rows.Scan(&e.Number, &e.At, &actor.id, &actor.name, &actor.key, &actor.sealed, &e.Action,
		&subject.id, &subject.name, &subject.key, &subject.sealed, &e.Product, &e.Role, &e.Group, &e.PreviousName, &before, &after)
	if err != nil {
		return access.Event{}, err
	}
	if e.Actor, err = actor.party(); err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	if e.Subject, err = subject.party(); err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	was, err := audit.ParseDetails(before)
	if err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	is, err := audit.ParseDetails(after)
	if err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	e.Before, e.After, e.Data = was.Status, is.Status, is.Fields
	e.Was, e.Is = openAll(subject.key, was.Sealed), openAll(subject.key, is.Sealed)
	e.PreviousRoles, e.Roles = was.Roles, is.Roles
	e.IsLog = is.ExportDetails != nil && is.IsLog
	return e, nil
}

// openAll opens values of the log; none if their key is gone, or is that of a person who was added again since.
func openAll(key []byte, sealed []string) []string {
	var all []string
	for _, value := range sealed {
		plain, err := OpenHistory(key, value)
		if err != nil {
			return nil
		}
		all = append(all, plain)
	}
	return all
}

// partyRow has the columns of a person in the log.
type partyRow struct {
	id     access.UserID
	name   string
	key    []byte // of a removed user: decrypts sealed
	sealed string
}

// party opens the name of a removed user.
func (r partyRow) party() (access.Party, error) {
	p := access.Party{ID: r.id, Name: r.name, Removed: r.sealed != ""}
	if !p.Removed {
		return p, nil
	}
	var err error
	p.Name, err = OpenHistory(r.key, r.sealed)
	return p, err
}

// partyColumns are the columns of a [partyRow] from user_history h and app_user u, which exists unless they were removed.
const partyColumns = `coalesce(ltrim(u.first_name || ' ' || u.last_name), '') AS name, coalesce(h.key, '') AS key,
	CASE WHEN u.person IS NULL THEN coalesce(h.name_sealed, '') ELSE '' END AS sealed`

// Party reads the name by which the log knows a user, also a removed one; without one, there is no name for the id.
func (q *Query) Party(dst *access.Party, institution access.InstitutionID, id access.UserID) {
	q.queryRow(func(row pgx.Row) error {
		read := partyRow{id: id}
		if err := row.Scan(&read.name, &read.key, &read.sealed); err != nil {
			return err
		}
		var err error
		*dst, err = read.party()
		return err
	}, `
		SELECT `+partyColumns+` FROM user_history h LEFT JOIN app_user u ON u.institution = $1 AND u.person = $2
		WHERE h.institution = $1 AND h.person = $2`, institution, id)
}

// trimEvents removes the extra event, which shows that there are more, and sets the neighbouring pages.
func trimEvents(list *access.EventList, page access.EventPage, limit int) {
	more := len(list.Events) > limit
	if more {
		list.Events = list.Events[:limit]
	}
	if page.Above != 0 {
		slices.Reverse(list.Events) // the page was read from its oldest event
	}
	if len(list.Events) == 0 {
		return
	}
	newest, oldest := list.Events[0].Number, list.Events[len(list.Events)-1].Number
	if page.Below != 0 || (page.Above != 0 && more) {
		list.Newer = access.EventPage{Above: newest}
	}
	if page.Above != 0 || more {
		list.Older = access.EventPage{Below: oldest}
	}
}

// eventQuery builds the statement of a log.
type eventQuery struct {
	sqlBuilder
	filter              access.EventFilter
	institution, reader string // their placeholders
	order, limit        string
}

// sql is the statement. It selects at most a page of events, then reads them with the institution's names of people and
// groups: each by its key (LIMIT 1), however many the planner expects from the partitions. Names of removed users are
// sealed, and kept for the log's retention (rule P7).
func (q *eventQuery) sql(institution access.InstitutionID, reader access.UserID, limit int) string {
	order := `DESC`
	if q.filter.Page.Above != 0 {
		order = `ASC`
	}
	q.institution, q.reader = q.addArg(institution), q.addArg(reader)
	q.order, q.limit = ` ORDER BY e.seq `+order, ` LIMIT `+strconv.Itoa(limit+1) // as in [listOrder.rewrite]
	return `
		WITH administers AS MATERIALIZED (
			SELECT DISTINCT a.product FROM assignment a
			JOIN active_product p ON p.institution = ` + q.institution + ` AND p.product = a.product
			WHERE a.institution = ` + q.institution + ` AND a.person = ` + q.reader + `
			AND a.category = 'administrator' AND a.status = 'active'),
		readable AS MATERIALIZED (SELECT product FROM administers UNION ALL SELECT '' WHERE EXISTS (SELECT 1 FROM administers)),
		found AS MATERIALIZED (` + q.visibleEvents() + q.order + q.limit + `),
		seen AS MATERIALIZED (
			SELECT e.* FROM found CROSS JOIN LATERAL (
				SELECT * FROM audit_event e WHERE e.institution = ` + q.institution + ` AND e.seq = found.seq LIMIT 1) e` +
		q.order + q.limit + `),
		people AS MATERIALIZED (
			SELECT h.person, ` + partyColumns + `
			FROM (SELECT actor AS id FROM seen UNION SELECT subject FROM seen) s
			CROSS JOIN LATERAL (
				SELECT * FROM user_history h WHERE h.institution = ` + q.institution + ` AND h.person = s.id LIMIT 1) h
			LEFT JOIN LATERAL (
				SELECT * FROM app_user u WHERE u.institution = ` + q.institution + ` AND u.person = s.id LIMIT 1) u ON true),
		groups AS MATERIALIZED (
			SELECT g.id, g.product, g.name FROM (
				SELECT DISTINCT coalesce(after, before)->>'group' AS id
				FROM seen WHERE coalesce(after, before)->>'group' ~ '^[0-9a-f-]{36}$') s
			CROSS JOIN LATERAL (
				SELECT * FROM user_group g WHERE g.institution = ` + q.institution + ` AND g.id = s.id::uuid LIMIT 1) g)
		SELECT e.seq, e.at, coalesce(e.actor::text, ''), coalesce(a.name, ''), a.key, coalesce(a.sealed, ''), e.action,
		       coalesce(e.subject::text, ''), coalesce(s.name, ''), s.key, coalesce(s.sealed, ''),
		       e.product, e.role, coalesce(e.after->>'name', e.before->>'name', g.name, ''), coalesce(e.before->>'name', ''),
		       e.before::text, e.after::text
		FROM seen e
		LEFT JOIN people a ON a.person = e.actor
		LEFT JOIN people s ON s.person = e.subject
		LEFT JOIN groups g ON g.product = e.product AND g.id::text = coalesce(e.after, e.before)->>'group'` + q.order
}

// visibleEvents selects the numbers of the events that the reader can see by [access.CanSeeEvent], and that pass the
// filter: those of one user over all products, all others product by product, each along an index.
func (q *eventQuery) visibleEvents() string {
	f := q.filter
	narrowed := q.conditions()
	about := func(person string, orOwn string) string {
		return `SELECT e.seq FROM audit_event e WHERE e.institution = ` + q.institution + ` AND e.subject = ` + person + `
			AND (e.product IN (SELECT product FROM readable)` + orOwn + `)` +
			q.product(`e.product`) + narrowed + q.order + q.limit
	}
	if f.Subject != "" {
		of := q.addArg(f.Subject)
		if f.Person != "" {
			person := q.addArg(f.Person)
			narrowed += ` AND (e.subject = ` + person + ` OR e.actor = ` + person + `)`
		}
		return `SELECT e.seq FROM (` + about(of, ` OR e.subject = `+q.reader) + `) e`
	}
	by := func(actor string) string {
		return `SELECT e.seq FROM readable CROSS JOIN LATERAL (
			SELECT e.seq FROM audit_event e WHERE e.institution = ` + q.institution + ` AND e.product = readable.product` +
			actor + narrowed + q.order + q.limit + `) e
			WHERE true` + q.product(`readable.product`)
	}
	if f.Person != "" {
		person := q.addArg(f.Person)
		return `SELECT e.seq FROM ((` + about(person, ``) + `) UNION ` + by(` AND e.actor = `+person) + `) e`
	}
	return by(``)
}

func (q *eventQuery) product(column string) string {
	if q.filter.Product == "" {
		return ``
	}
	return ` AND ` + column + ` = ` + q.addArg(q.filter.Product)
}

// conditions are the filter's action, period and page.
func (q *eventQuery) conditions() (sql string) {
	f := q.filter
	if f.Action != "" {
		sql += ` AND e.action = ` + q.addArg(f.Action)
	}
	switch page := f.Page; {
	case page.Above != 0:
		sql += ` AND e.seq > ` + q.addArg(page.Above)
	case page.Below != 0:
		sql += ` AND e.seq < ` + q.addArg(page.Below)
	}
	return sql + q.period()
}

// period selects the filter's days, which begin and end in Italian time, and the range of their events' numbers.
func (q *eventQuery) period() (sql string) {
	if q.filter.From == "" && q.filter.To == "" {
		return ``
	}
	days := ` FROM audit_day d WHERE d.institution = ` + q.institution
	if q.filter.From != "" {
		from := q.addArg(q.filter.From) + `::date`
		sql += ` AND e.at >= (` + from + `)::timestamp AT TIME ZONE 'Europe/Rome'`
		days += ` AND d.day >= ` + from
	}
	if q.filter.To != "" {
		to := q.addArg(q.filter.To) + `::date`
		sql += ` AND e.at < (` + to + ` + 1)::timestamp AT TIME ZONE 'Europe/Rome'`
		days += ` AND d.day <= ` + to
	}
	return sql + ` AND e.seq >= (SELECT min(d.first_seq)` + days + `) AND e.seq <= (SELECT max(d.last_seq)` + days + `)`
}
