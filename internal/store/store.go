// Package store keeps the words of package access in PostgreSQL. It decides nothing: it reads what is, and writes what it
// is told, in the one transaction of a change, under the institution's lock. SQL is written by hand, one file a noun.
package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// Store is the database as the application uses it: least privileges, short time limits.
type Store struct {
	pool *pgxpool.Pool
	keys Keys
	// lock is lockInstitution, but for the test that shows what happens without it.
	lock func(context.Context, pgx.Tx, access.InstitutionID) (audit.Head, error)
}

// New works on a pool of connections made by [Open].
func New(pool *pgxpool.Pool, keys Keys) *Store {
	return &Store{pool: pool, keys: keys, lock: lockInstitution}
}

// How long the database may take. A page or a change that meets one of these ends in 503, and somebody else's doesn't wait behind it.
const (
	lockTimeout      = 2 * time.Second
	statementTimeout = 3 * time.Second
	idleTimeout      = 5 * time.Second
	changeTimeout    = 10 * time.Second // a whole change, also when the browser has left
	readTimeout      = 5 * time.Second  // a page's reading, the wait for a connection included
	connectTimeout   = 3 * time.Second
)

// limits are those that PostgreSQL holds, by their names there.
func limits() map[string]time.Duration {
	return map[string]time.Duration{"lock_timeout": lockTimeout, "statement_timeout": statementTimeout, "idle_in_transaction_session_timeout": idleTimeout}
}

// Open makes the pool of connections; a tracer, if there is one, sees what is asked. It connects when first used: a
// database that is down doesn't keep the application from starting.
func Open(url string, tracer pgx.QueryTracer) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database address: %w", err)
	}
	for name, limit := range limits() {
		config.ConnConfig.RuntimeParams[name] = fmt.Sprint(limit.Milliseconds())
	}
	if given := config.ConnConfig.ConnectTimeout; given == 0 || given > connectTimeout {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	var pool atomic.Pointer[pgxpool.Pool]
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return withResponseTimeout(conn, responseTimeout, func() { // the others lead to the same machine: who takes one next would wait as long
			if p := pool.Load(); p != nil {
				p.Reset()
			}
		}), nil
	}
	config.ConnConfig.Tracer = tracer
	config.ConnConfig.RuntimeParams["application_name"] = "areariservata"
	// A plan that is made for any institution is made for one of average size, where reading the whole list and sorting it
	// seems no dearer than walking its index. What is in memory or on an SSD costs about the same wherever it lies: told so,
	// the planner walks the index, whatever the size.
	config.ConnConfig.RuntimeParams["random_page_cost"] = "1.1"
	opened, err := pgxpool.NewWithConfig(context.Background(), config)
	pool.Store(opened)
	return opened, err
}

// Tx is a change under way: the institution's lock is held, everything read through it is true until the end.
type Tx struct {
	tx          pgx.Tx
	keys        Keys
	institution access.InstitutionID
	head        audit.Head
}

// Institution is the institution that is changed.
func (tx *Tx) Institution() access.InstitutionID { return tx.institution }

// Change is the single write path: one transaction that first locks the institution, then runs do, and takes effect
// whole or not at all. It completes even if the request is cancelled meanwhile.
//
// Errors: [access.ErrNotFound] if there is no such institution; a [*access.Refusal] of the action where a constraint of
// the database refused what a rule should have; any other error is the database's.
func (s *Store) Change(
	ctx context.Context, institution access.InstitutionID, action access.Action, do func(context.Context, *Tx) error,
) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), changeTimeout)
	defer cancel()
	err := s.Locked(ctx, func(ctx context.Context, l *Locks) error {
		tx, err := l.Institution(ctx, institution)
		if err != nil {
			return err
		}
		return do(ctx, tx)
	})
	return refusal(action, err)
}

// refusal translates the violation of a constraint that restates a rule.
func refusal(action access.Action, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "product_has_active_administrator" {
		return errors.Join(&access.Refusal{Action: action, Reason: access.LastAdministrator}, err)
	}
	return err
}

// Ready reports whether the database answers, on a connection of its own: a pool that is all in use is busy, not down.
func (s *Store) Ready(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return conn.Ping(ctx)
}
