package devpostgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// AppUser is the database user of the application in the demo and the tests. It has the privileges of AppRole and no
// others, so that a missing grant is found before production.
const AppUser = "areariservata_app"

// AppRole has the application's privileges; the migrations create it.
const AppRole = "areariservata"

// EnsureAppRole makes AppUser a member of AppRole. Run it after the migrations. An empty password is for clusters of
// Start, which need none. Roles are shared by all databases of a server, so concurrent calls are serialised by an
// advisory lock.
func EnsureAppRole(ctx context.Context, owner *pgxpool.Pool, password string) error {
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext($1))`, AppUser); err != nil {
			return err
		}
		var there bool
		if err := tx.QueryRow(ctx, `select exists (select 1 from pg_roles where rolname = $1)`, AppUser).Scan(&there); err != nil {
			return err
		}
		if !there {
			if _, err := tx.Exec(ctx, `create role `+AppUser+` login`); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `grant `+AppRole+` to `+AppUser); err != nil {
			return err
		}
		if password == "" {
			return nil
		}
		var statement string // a role's password cannot be a parameter
		if err := tx.QueryRow(ctx, `select format('alter role %I password %L', $1::text, $2::text)`, AppUser, password).
			Scan(&statement); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		return fmt.Errorf("application's database user: %w", err)
	}
	return nil
}
