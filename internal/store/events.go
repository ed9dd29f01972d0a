package store

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// EventPageSize is how many events a page of a log shows.
const EventPageSize = 50

// Events reads a page of a log, the newest event first: what [access.SeesEvent] lets the reader see, no more than the limit.
// The filter's period must be one. What the reader administers is read with the events, on the same snapshot.
//
// A log is walked by its numbers, along its key, or along the index of the user whose log it is: the last page costs what
// the first does. A narrow filter reads on until the page is full.
func (v *View) Events(institution access.InstitutionID, reader access.UserID, f access.EventFilter, limit int) *access.EventList {
	list := &access.EventList{}
	q := eventQuery{filter: f}
	v.batch.Queue(q.sql(institution, reader, limit), q.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			e, err := scanEvent(rows)
			if err != nil {
				return err
			}
			list.Events = append(list.Events, e)
		}
		cutEvents(list, f.Page, limit)
		return rows.Err()
	})
	return list
}

func scanEvent(rows pgx.Rows) (access.Event, error) {
	var e access.Event
	var before, after *string
	err := rows.Scan(&e.Number, &e.At, &e.Actor.ID, &e.Actor.Name, &e.Action, &e.Subject.ID, &e.Subject.Name, &e.Product, &e.Role, &e.Group, &e.Was, &before, &after)
	if err != nil {
		return access.Event{}, err
	}
	was, err := details(before)
	if err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	is, err := details(after)
	if err != nil {
		return access.Event{}, fmt.Errorf("event %d: %w", e.Number, err)
	}
	e.Before, e.After, e.Data = was.Status, is.Status, is.Fields
	return e, nil
}

// detail is what the log keeps of before and after. What is sealed in it stays sealed.
type detail struct {
	Status access.Status  `json:"status"`
	Fields []access.Datum `json:"fields"`
}

func details(text *string) (d detail, err error) {
	if text == nil {
		return d, nil
	}
	return d, json.Unmarshal([]byte(*text), &d)
}

// cutEvents takes off the event too many, which only told that there are more, and says where the pages beside this one are.
func cutEvents(list *access.EventList, page access.EventPage, limit int) {
	more := len(list.Events) > limit
	if more {
		list.Events = list.Events[:limit]
	}
	if page.Above != 0 {
		slices.Reverse(list.Events) // they were read from the oldest on
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

// eventQuery puts a log's statement together.
type eventQuery struct {
	pieces
	filter access.EventFilter
}

// sql is the statement: the events first, no more than a page of them, then the names that the institution has for their
// people and groups. Whoever is no user of it has no name here, though other institutions may know one.
func (q *eventQuery) sql(institution access.InstitutionID, reader access.UserID, limit int) string {
	order := `DESC`
	if q.filter.Page.Above != 0 {
		order = `ASC`
	}
	i := q.arg(institution)
	where := q.where(i, q.arg(reader))
	return `
		WITH seen AS (
			SELECT e.* FROM audit_event e WHERE ` + where + `
			ORDER BY e.seq ` + order + ` LIMIT ` + q.arg(limit+1) + `)
		SELECT e.seq, e.at, coalesce(e.actor::text, ''),
		       coalesce(coalesce(ap.verified_first_name, au.first_name) || ' ' || coalesce(ap.verified_last_name, au.last_name), ''),
		       e.action, coalesce(e.subject::text, ''),
		       coalesce(coalesce(sp.verified_first_name, su.first_name) || ' ' || coalesce(sp.verified_last_name, su.last_name), ''),
		       e.product, e.role,
		       coalesce(e.after->>'name', e.before->>'name', (
		           SELECT g.name FROM user_group g WHERE g.institution = e.institution AND g.product = e.product
		           AND g.id::text = coalesce(e.after, e.before)->>'group'), ''),
		       coalesce(e.before->>'name', ''),
		       e.before::text, e.after::text
		FROM seen e
		LEFT JOIN app_user au ON au.institution = e.institution AND au.person = e.actor
		LEFT JOIN person ap ON ap.id = au.person
		LEFT JOIN app_user su ON su.institution = e.institution AND su.person = e.subject
		LEFT JOIN person sp ON sp.id = su.person
		ORDER BY e.seq ` + order
}

// where is what the reader sees of the log, as [access.SeesEvent] has it, narrowed by the filter.
func (q *eventQuery) where(institution, reader string) string {
	f := q.filter
	// Null, which nothing equals, for who administers nothing; else the products, and '' for what is about none.
	sql := `e.institution = ` + institution + ` AND (e.product = ANY ((
		SELECT array_append(array_agg(a.product), '') FROM assignment a JOIN active_product USING (institution, product)
		WHERE a.institution = ` + institution + ` AND a.person = ` + reader + ` AND a.category = 'administrator' AND a.status = 'active'
		HAVING count(*) > 0)::text[])`
	if f.Of != "" {
		sql += ` OR e.subject = ` + reader
	}
	sql += `)`
	if f.Of != "" {
		sql += ` AND e.subject = ` + q.arg(f.Of)
	}
	if f.Person != "" {
		person := q.arg(f.Person)
		sql += ` AND (e.subject = ` + person + ` OR e.actor = ` + person + `)`
	}
	if f.Product != "" {
		sql += ` AND e.product = ` + q.arg(f.Product)
	}
	if f.Action != "" {
		sql += ` AND e.action = ` + q.arg(f.Action)
	}
	return sql + q.period() + q.page()
}

// period is the filter's days, as they begin and end in Italy.
func (q *eventQuery) period() (sql string) {
	if q.filter.From != "" {
		sql += ` AND e.at >= (` + q.arg(q.filter.From) + `::date)::timestamp AT TIME ZONE 'Europe/Rome'`
	}
	if q.filter.To != "" {
		sql += ` AND e.at < (` + q.arg(q.filter.To) + `::date + 1)::timestamp AT TIME ZONE 'Europe/Rome'`
	}
	return sql
}

func (q *eventQuery) page() string {
	switch page := q.filter.Page; {
	case page.Above != 0:
		return ` AND e.seq > ` + q.arg(page.Above)
	case page.Below != 0:
		return ` AND e.seq < ` + q.arg(page.Below)
	default:
		return ``
	}
}
