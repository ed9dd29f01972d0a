// Package store reads and writes the data of package access in PostgreSQL. It decides nothing: it reads the present state,
// and writes changes in one transaction under the institution's lock. SQL is written by hand, one file for each noun.
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

// Store is the database as the application uses it, with least privileges and short timeouts.
type Store struct {
	pool *pgxpool.Pool
	keys Keys
	// lock is lockInstitution, except in the test that shows what happens without it.
	lock func(context.Context, pgx.Tx, access.InstitutionID) (audit.Head, error)
	// catalogue is the version last read.
	catalogue *atomic.Pointer[catalogue]
}

// New makes a store on a pool of connections from [Open].
func New(pool *pgxpool.Pool, keys Keys) *Store {
	return &Store{pool: pool, keys: keys, lock: lockInstitution, catalogue: &atomic.Pointer[catalogue]{}}
}

// Timeouts of the database. A page or a change that exceeds one ends in 503, and does not delay others.
const (
	lockTimeout      = 2 * time.Second
	statementTimeout = 3 * time.Second
	idleTimeout      = 5 * time.Second
	changeTimeout    = 10 * time.Second // a whole change, also after the request is cancelled
	readTimeout      = 5 * time.Second  // the queries of a page, including the wait for a connection
	connectTimeout   = 3 * time.Second
)

// limits are the timeouts that PostgreSQL enforces, by the names of its settings.
func limits() map[string]time.Duration {
	return map[string]time.Duration{
		"lock_timeout": lockTimeout, "statement_timeout": statementTimeout,
		"idle_in_transaction_session_timeout": idleTimeout,
	}
}

// Open makes the pool of connections. The tracer can be nil. The pool connects when it is first used: the application
// starts also while the database is down.
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
		return withResponseTimeout(conn, responseTimeout, func() { // the other connections lead to the same server, and would time out too
			if p := pool.Load(); p != nil {
				p.Reset()
			}
		}), nil
	}
	config.ConnConfig.Tracer = tracer
	config.ConnConfig.RuntimeParams["application_name"] = "areariservata"
	// A generic plan assumes an institution of average size, where sorting the whole list seems no more expensive than an
	// index scan. In memory and on SSDs, random reads cost about as much as sequential ones; with this setting, the planner
	// uses the index for institutions of any size.
	config.ConnConfig.RuntimeParams["random_page_cost"] = "1.1"
	opened, err := pgxpool.NewWithConfig(context.Background(), config)
	pool.Store(opened)
	return opened, err
}

// Tx is a change of one institution: its lock is held, so what it reads stays true until the end.
type Tx struct {
	tx          pgx.Tx
	keys        Keys
	institution access.InstitutionID
	head        audit.Head
	catalogue   *atomic.Pointer[catalogue]
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

// refusal translates the violation of a constraint that restates a rule. On a distributed database the constraint's name
// arrives in the hint only.
func refusal(action access.Action, err error) error {
	const lastAdministrator = "product_has_active_administrator"
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.ConstraintName == lastAdministrator || pg.Hint == lastAdministrator) {
		return errors.Join(&access.Refusal{Action: action, Reason: access.LastAdministrator}, err)
	}
	return err
}

// Ready reports whether the database answers, on its own connection: with a pool that is all in use, it is not down.
func (s *Store) Ready(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	return conn.Ping(ctx)
}
