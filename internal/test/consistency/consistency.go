// Package consistency finds partial changes after faults: the log replayed through the reference model must give the
// state, the listing must agree with its sources, the hash chain must be complete, and every change must have its
// e-mail. Only tests use it.
package consistency

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/refmodel"
)

// Check checks every institution, verifies the audit log's chain, and counts the e-mails. The error lists all
// inconsistencies.
func Check(ctx context.Context, owner *pgxpool.Pool, keys store.Keys) error {
	return errors.Join(CheckLogs(ctx, owner, keys), checkEmails(ctx, owner))
}

// CheckLogs is Check without the e-mails, which an erasure deletes.
func CheckLogs(ctx context.Context, owner *pgxpool.Pool, keys store.Keys) error {
	return Baseline{}.Check(ctx, owner, keys)
}

// Baseline is the groups that each institution had before the first change: the import of groups is not in the log.
type Baseline map[access.InstitutionID][]refmodel.CatalogueGroup

// Record records the groups that an institution has now. Without a record, its last groups are used as the first ones.
func (b Baseline) Record(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, id access.InstitutionID) error {
	c, err := loadCatalogue(ctx, store.New(owner, keys), id)
	b[id] = c.Groups
	return err
}

// Check is [Check] for groups that were created and deleted since the baseline.
func (b Baseline) Check(ctx context.Context, owner *pgxpool.Pool, keys store.Keys) error {
	_, err := admin.VerifyAudit(ctx, owner, keys, nil)
	faults := []error{err}
	rows, err := owner.Query(ctx, `SELECT id::text FROM institution ORDER BY code`)
	if err != nil {
		return err
	}
	institutions, err := pgx.CollectRows(rows, pgx.RowTo[access.InstitutionID])
	if err != nil {
		return err
	}
	for _, i := range institutions {
		if err := b.checkInstitution(ctx, owner, keys, i); err != nil {
			faults = append(faults, fmt.Errorf("institution %s: %w", i, err))
		}
	}
	return errors.Join(faults...)
}

// checkInstitution replays the institution's log through the reference model and compares the result with the
// database.
func (b Baseline) checkInstitution(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, id access.InstitutionID) error {
	catalogue, err := loadCatalogue(ctx, store.New(owner, keys), id)
	if err != nil {
		return err
	}
	if baseline, known := b[id]; known {
		catalogue.Groups = baseline
	}
	state, faults, err := replay(ctx, owner, refmodel.NewState(catalogue), id)
	if err != nil {
		return err
	}
	compare := func(what string, got, want any, none bool) {
		if diff := gocmp.Diff(want, got); diff != "" && !none {
			faults = append(faults, fmt.Errorf("%s: %s", what, diff))
		}
	}
	assigned, err := queryRows[refmodel.Row](ctx, owner, `SELECT person::text, product, role, status FROM assignment WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", role COLLATE "C"`, id)
	if err != nil {
		return err
	}
	listed, err := queryRows[refmodel.Row](ctx, owner, `SELECT person::text, product, x.role, x.status
		FROM listing, unnest(roles, statuses) AS x (role, status)
		WHERE institution = $1 ORDER BY person::text COLLATE "C", product COLLATE "C", x.role COLLATE "C"`, id)
	if err != nil {
		return err
	}
	members, err := queryRows[refmodel.Membership](ctx, owner,
		`SELECT "group"::text, person::text FROM group_member WHERE institution = $1 ORDER BY 1, 2`, id)
	if err != nil {
		return err
	}
	groups, err := queryRows[refmodel.CatalogueGroup](ctx, owner,
		`SELECT id::text, product, name, status FROM user_group WHERE institution = $1 ORDER BY 1`, id)
	if err != nil {
		return err
	}
	compare("the log shows other groups", groups, state.Groups(), len(groups)+len(state.Groups()) == 0)
	compare("the log shows another state", assigned, state.Rows(), len(assigned)+len(state.Rows()) == 0)
	compare("the list shows another state", listed, assigned, len(listed)+len(assigned) == 0)
	compare("the log shows other memberships", members, state.Memberships(), len(members)+len(state.Memberships()) == 0)
	return errors.Join(append(faults, checkCounts(ctx, owner, id))...)
}

// ReplayState is the state that results from the institution's log.
func (b Baseline) ReplayState(ctx context.Context, owner *pgxpool.Pool, keys store.Keys, id access.InstitutionID) (*refmodel.State, error) {
	catalogue, err := loadCatalogue(ctx, store.New(owner, keys), id)
	if err != nil {
		return nil, err
	}
	catalogue.Groups = b[id]
	state, faults, err := replay(ctx, owner, refmodel.NewState(catalogue), id)
	return state, errors.Join(append(faults, err)...)
}

// checkCounts counts the institution's users by product, status, category and role, and compares the lists with the
// counts.
func checkCounts(ctx context.Context, owner *pgxpool.Pool, id access.InstitutionID) error {
	type number struct {
		Key string
		N   int
	}
	computed, err := queryRows[number](ctx, owner, `
		SELECT product || ' ' || coalesce(status, '') || '/' || coalesce(category, '') || '/' || coalesce(role, ''), count(DISTINCT person)
		FROM assignment WHERE institution = $1
		GROUP BY GROUPING SETS ((product), (product, category), (product, category, role),
		                        (product, status), (product, status, category), (product, status, category, role))
		ORDER BY 1`, id)
	if err != nil {
		return err
	}
	stored, err := queryRows[number](ctx, owner,
		`SELECT product || ' ' || key, value::int FROM user_count, jsonb_each_text(users) WHERE institution = $1 ORDER BY 1`,
		id)
	if err != nil {
		return err
	}
	if diff := gocmp.Diff(computed, stored); diff != "" {
		return fmt.Errorf("the lists show other counts: %s", diff)
	}
	return nil
}

func queryRows[T any](ctx context.Context, owner *pgxpool.Pool, sql string, id access.InstitutionID) ([]T, error) {
	rows, err := owner.Query(ctx, sql, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[T])
}

// replay applies the log's events in order. Each must be allowed in the state before it.
func replay(ctx context.Context, owner *pgxpool.Pool, state *refmodel.State, id access.InstitutionID) (*refmodel.State, []error, error) {
	rows, err := owner.Query(ctx, `
		SELECT seq, coalesce(actor::text, ''), action, coalesce(subject::text, ''), product, role,
		       coalesce(before::text, ''), coalesce(after::text, '')
		FROM audit_event WHERE institution = $1 ORDER BY seq`, id)
	if err != nil {
		return nil, nil, err
	}
	var faults []error
	var seq int64
	var e refmodel.Event
	_, err = pgx.ForEachRow(rows, []any{&seq, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &e.Before, &e.After}, func() error {
		event, err := toModelEvent(e)
		if err == nil {
			err = state.Apply(event)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("event %d: %w", seq, err))
		}
		return nil
	})
	return state, faults, err
}

// toModelEvent converts an event for the reference model.
func toModelEvent(e refmodel.Event) (refmodel.Event, error) {
	var before, after struct {
		Status, Group, Name string
		Fields, Roles       []string
	}
	for _, side := range []struct {
		text string
		into any
	}{{e.Before, &before}, {e.After, &after}} {
		if side.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(side.text), side.into); err != nil {
			return e, err
		}
	}
	e.Before, e.After = before.Status+strings.Join(before.Fields, " "), after.Status+strings.Join(after.Fields, " ")
	e.PreviousName, e.Name = before.Name, after.Name
	e.PreviousRoles, e.Roles = before.Roles, after.Roles
	e.Group = cmp.Or(after.Group, before.Group)
	return e, nil
}

// loadCatalogue is the institution's catalogue for the reference model.
func loadCatalogue(ctx context.Context, st *store.Store, id access.InstitutionID) (refmodel.Catalogue, error) {
	q := st.Query()
	var products []access.Product
	var groups []access.Group
	q.Products(&products, id)
	q.Groups(&groups, id)
	if err := q.Read(ctx); err != nil {
		return refmodel.Catalogue{}, err
	}
	var c refmodel.Catalogue
	for _, p := range products {
		of := refmodel.CatalogueProduct{ID: string(p.ID), Active: true, PhaseOut: p.PhaseOut}
		for _, r := range p.Roles {
			of.Roles = append(of.Roles,
				refmodel.CatalogueRole{ID: string(r.ID), Category: string(r.Category), Combines: r.Combines, Assignable: string(r.Assignable)})
		}
		c.Products = append(c.Products, of)
	}
	for _, g := range groups {
		c.Groups = append(c.Groups, refmodel.CatalogueGroup{ID: string(g.ID), Product: string(g.Product), Name: g.Name, Status: string(g.Status)})
	}
	return c, nil
}

// checkEmails compares the outbox and the queue with the keys of forms: each change of roles and each addition has one e-mail. It
// is for databases younger than the hour after which a sent e-mail is deleted.
func checkEmails(ctx context.Context, owner *pgxpool.Pool) error {
	rows, err := owner.Query(ctx, `
		SELECT coalesce(e.action, l.kind), coalesce(e.n, 0), coalesce(l.n, 0)
		FROM (SELECT action, count(*) AS n FROM idempotency_key
		      WHERE action IN ('add', 'assign', 'change-role', 'suspend', 'reactivate', 'remove') GROUP BY action) e
		FULL JOIN (SELECT kind, count(*) AS n FROM (
		               SELECT m->>'Kind' AS kind FROM river_job
		               CROSS JOIN jsonb_array_elements(jsonb_build_array(args->'Email') || coalesce(args->'More', '[]')) m
		               WHERE river_job.kind = 'email'
		               UNION ALL
		               SELECT payload #>> '{email,Email,Kind}' FROM outbox o LEFT JOIN outbox_position p USING (institution)
		               WHERE o.kind = 'email' AND o.seq > coalesce(p.seq, 0)) posted GROUP BY 1) l ON l.kind = e.action
		ORDER BY 1`)
	if err != nil {
		return err
	}
	var faults []error
	var kind string
	var events, queued int
	_, err = pgx.ForEachRow(rows, []any{&kind, &events, &queued}, func() error {
		if events != queued {
			faults = append(faults, fmt.Errorf("%s: %d changes, %d e-mails", kind, events, queued))
		}
		return nil
	})
	return errors.Join(append(faults, err)...)
}
