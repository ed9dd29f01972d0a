package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// auditTables are the audit log and its partitions; none without a schema.
const auditTables = `pg_partition_tree(to_regclass('public.audit_event'))`

// checkRole reports rights that the application must not have: its own, and those of roles that it is a member of and
// could switch to. A superuser is a member of every role, so that nothing else is reported of it.
func (s *Store) checkRole(ctx context.Context, fault func(string, ...any)) error {
	var role, attributes, memberships string
	var super, owner, rewrite bool
	err := s.pool.QueryRow(ctx, `
		SELECT current_user, bool_or(r.rolsuper OR r.rolbypassrls),
		       coalesce(string_agg(DISTINCT r.rolname, ', ') FILTER (WHERE r.rolname LIKE 'pg\_%'), ''),
		       concat_ws(', ', CASE WHEN bool_or(r.rolcreaterole) THEN 'CREATEROLE' END,
		                       CASE WHEN bool_or(r.rolcreatedb) THEN 'CREATEDB' END,
		                       CASE WHEN bool_or(r.rolreplication) THEN 'REPLICATION' END),
		       EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
		               AND pg_has_role(c.relowner, 'MEMBER')),
		       bool_or(EXISTS (
		           SELECT 1 FROM `+auditTables+` WHERE has_table_privilege(r.oid, relid, 'DELETE, TRUNCATE, TRIGGER')
		               OR has_any_column_privilege(r.oid, relid, 'UPDATE')))
		FROM pg_roles r WHERE pg_has_role(r.oid, 'MEMBER')`).
		Scan(&role, &super, &memberships, &attributes, &owner, &rewrite)
	if err != nil {
		return err
	}
	if super {
		fault("role %s is a superuser: give the application a member of areariservata", role)
		return nil
	}
	if owner {
		fault("role %s owns tables: give the application a member of areariservata", role)
	} else if rewrite {
		fault("role %s can rewrite the audit log", role)
	}
	if attributes != "" {
		fault("role %s has %s, itself or by a role that it is a member of: take that away", role, attributes)
	}
	if memberships != "" {
		fault("role %s is a member of %s: revoke that", role, memberships)
	}
	return nil
}

// checkTriggers reports triggers that do not run. They hold the rules that must always be true, and the audit log.
func (s *Store) checkTriggers(ctx context.Context, fault func(string, ...any)) error {
	rows, err := s.pool.Query(ctx, `
		SELECT c.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relnamespace = 'public'::regnamespace AND t.tgenabled NOT IN ('O', 'A') ORDER BY 1`)
	if err != nil {
		return err
	}
	var name string
	if _, err := pgx.ForEachRow(rows, []any{&name}, func() error {
		fault("trigger %s is disabled: enable it, and verify the audit log", name)
		return nil
	}); err != nil {
		return err
	}
	var isLogGuarded, areSkipped bool
	err = s.pool.QueryRow(ctx, `
		SELECT NOT EXISTS (
		           SELECT 1 FROM `+auditTables+` CROSS JOIN unnest(ARRAY['audit_log_is_append_only', 'audit_log_is_not_truncated']) AS guard
		           WHERE NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgrelid = relid AND tgname = guard)),
		       current_setting('session_replication_role') = 'replica'`).Scan(&isLogGuarded, &areSkipped)
	if err != nil {
		return err
	}
	if !isLogGuarded {
		fault("the trigger audit_log_is_append_only or audit_log_is_not_truncated of the audit log or of one of its partitions is missing: " +
			"restore it, and verify the audit log")
	}
	if areSkipped {
		fault("session_replication_role=replica: no trigger runs")
	}
	return nil
}
