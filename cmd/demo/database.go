package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/app"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
)

// backend starts the database and brings its schema up to date. The pool is the owner's; the configuration has the
// application's address.
func backend(ctx context.Context, env map[string]string, folder string) (*pgxpool.Pool, app.Config, func(), error) {
	c := app.Config{
		Env: "development", MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Scopes: []string{"openid"},
		ChangesPerMinute: 60,
		Manual:           env["MANUAL_URL"], Assistance: env["ASSISTANCE_URL"], Declaration: env["ACCESSIBILITY_DECLARATION_URL"],
		Feedback: env["ACCESSIBILITY_EMAIL"], Privacy: env["PRIVACY_EMAIL"],
	}
	address, stop, err := serverOf(ctx, env["DATABASE_URL"], folder)
	if err != nil {
		return nil, c, nil, err
	}
	secrets, err := secretsOf(filepath.Join(folder, "keys"))
	if err != nil {
		stop()
		return nil, c, nil, err
	}
	c.FindKey, c.SealKey = secrets[0], secrets[1]
	password := ""
	if env["DATABASE_URL"] != "" { // the demo's own server needs none
		password = secrets[2]
	}
	if c.DatabaseURL, err = asApplication(address, password); err != nil {
		stop()
		return nil, c, nil, err
	}
	owner, err := schema(ctx, address, password)
	if err != nil {
		stop()
		return nil, c, nil, err
	}
	return owner, c, stop, nil
}

// serverOf returns the database's address as a superuser, of the given server or of the demo's own.
func serverOf(ctx context.Context, address, folder string) (string, func(), error) {
	if address != "" {
		return address, func() {}, os.MkdirAll(folder, 0o700)
	}
	cluster, err := devpostgres.Start(ctx, devpostgres.Config{DataDir: folder})
	if err != nil {
		return "", nil, err
	}
	stop := func() { _ = cluster.Stop(context.WithoutCancel(ctx)) }
	admin, err := pgx.Connect(ctx, cluster.URL("postgres", devpostgres.Superuser))
	if err != nil {
		stop()
		return "", nil, err
	}
	defer func() { _ = admin.Close(ctx) }()
	var there bool
	err = admin.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)`, database).Scan(&there)
	if err == nil && !there {
		_, err = admin.Exec(ctx, `CREATE DATABASE `+database)
	}
	if err != nil {
		stop()
		return "", nil, err
	}
	return cluster.URL(database, devpostgres.Superuser), stop, nil
}

// asApplication returns a database's address with the application's user.
func asApplication(address, password string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		// not repeated: it can contain a password
		return "", errors.New("DATABASE_URL is not an address, such as postgres://postgres@localhost/areariservata")
	}
	u.User = url.User(devpostgres.AppUser)
	if password != "" {
		u.User = url.UserPassword(devpostgres.AppUser, password)
	}
	return u.String(), nil
}

func schema(ctx context.Context, address, password string) (*pgxpool.Pool, error) {
	owner, err := pgxpool.New(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, owner); err != nil {
		return nil, err
	}
	return owner, devpostgres.EnsureAppRole(ctx, owner, password)
}

// secretsOf returns the demo's two keys of fiscal codes and the password of the application's user, which are made once
// and kept beside its data.
func secretsOf(name string) ([]string, error) {
	const count = 3
	content, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		content = nil
		for range count {
			var secret [store.KeySize]byte
			_, _ = rand.Read(secret[:]) // never fails
			content = append(content, hex.EncodeToString(secret[:])+"\n"...)
		}
		err = os.WriteFile(name, content, 0o600)
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(string(content))
	if len(lines) != count {
		return nil, fmt.Errorf("%s: not the keys that the demo wrote", name)
	}
	return lines, nil
}
