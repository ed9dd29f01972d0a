package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/store"
)

// ConnectAsOwner opens the database as the owner of the tables, for the operator's commands. The site itself never
// connects as the owner.
func ConnectAsOwner(ctx context.Context, environment map[string]string) (*pgxpool.Pool, error) {
	environment, err := WithFiles(environment)
	if err != nil {
		return nil, err
	}
	url := environment["MIGRATIONS_DATABASE_URL"]
	if url == "" {
		return nil, errors.New("MIGRATIONS_DATABASE_URL is missing: the address of the database as the owner of its tables")
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return nil, fmt.Errorf("MIGRATIONS_DATABASE_URL: %w", err)
	}
	return pool, nil
}

// ConnectWithKeys is [ConnectAsOwner] for commands that read or write people. Of the configuration, it reads only the
// keys.
func ConnectWithKeys(ctx context.Context, environment map[string]string) (*pgxpool.Pool, store.Keys, error) {
	owner, err := ConnectAsOwner(ctx, environment)
	if err != nil {
		return nil, store.Keys{}, err
	}
	full, err := WithFiles(environment)
	if err == nil {
		var keys store.Keys
		if keys, err = (Config{FindKey: full["FISCAL_CODE_FIND_KEY"], SealKey: full["FISCAL_CODE_SEAL_KEY"]}).Keys(); err == nil {
			return owner, keys, nil
		}
	}
	owner.Close()
	return nil, store.Keys{}, err
}
