package pgtest

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/test/citus"
	"areariservata.example/utenti/migrations"
)

// server is the server of the test databases: a private one, that of TEST_DATABASE_URL (then cluster is nil), or the
// coordinator of a Citus cluster, whose workers have each database too.
type server struct {
	cluster  *devpostgres.Cluster
	citus    *citus.Cluster // nil: none
	base     *pgxpool.Pool
	external *url.URL

	mu        sync.Mutex
	templates map[string]bool // the existing ones, as far as known
}

func startServer(external string) (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := &server{templates: map[string]bool{}}
	if os.Getenv(citusVariable) != "" {
		var err error
		if s.citus, err = citus.Start(ctx, 2, ""); err != nil {
			return nil, err
		}
		s.cluster = s.citus.Nodes[0].Server
		external = s.cluster.URL("postgres", devpostgres.Superuser)
	} else if external == "" {
		var err error
		if s.cluster, err = devpostgres.Start(ctx, devpostgres.Config{Ephemeral: true}); err != nil {
			return nil, err
		}
		external = s.cluster.URL("postgres", devpostgres.Superuser)
	} else {
		var err error
		if s.external, err = url.Parse(external); err != nil || (s.external.Scheme != "postgres" && s.external.Scheme != "postgresql") {
			return nil, errors.New("TEST_DATABASE_URL: want postgres://user:password@host/database")
		}
	}
	if err := s.connect(ctx, external); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *server) connect(ctx context.Context, address string) (err error) {
	if s.base, err = pgxpool.New(ctx, address); err != nil {
		return err
	}
	var version int
	var super bool
	err = s.base.QueryRow(ctx, `select current_setting('server_version_num')::int, rolsuper from pg_roles where rolname = current_user`).
		Scan(&version, &super)
	switch {
	case err != nil:
		return err
	case version/10000 < devpostgres.OldestMajor:
		return fmt.Errorf("the server's version is %d, older than %d", version/10000, devpostgres.OldestMajor)
	case !super:
		return errors.New("TEST_DATABASE_URL: its user must be a superuser, to make databases and roles")
	}
	return nil
}

func (s *server) stop() error {
	if s.base != nil {
		s.base.Close()
	}
	if s.cluster == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if s.citus != nil {
		return s.citus.Stop(ctx)
	}
	return s.cluster.Stop(ctx)
}

// url is the address of a database for the user, or for the superuser if user is empty.
func (s *server) url(database, user string) string {
	if s.cluster != nil {
		if user == "" {
			user = devpostgres.Superuser
		}
		return s.cluster.URL(database, user)
	}
	u := *s.external
	u.Path = "/" + database
	if user != "" {
		u.User = url.UserPassword(user, s.password())
		query := u.Query()
		query.Del("user")
		query.Del("password")
		u.RawQuery = query.Encode()
	}
	return u.String()
}

// password is the application user's password on a server of TEST_DATABASE_URL. Test binaries share that server and run
// at the same time, so all must use the same password: it is derived from the superuser's.
func (s *server) password() string {
	if s.cluster != nil {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(s.external.User.String()))
	mac.Write([]byte(devpostgres.AppUser))
	return hex.EncodeToString(mac.Sum(nil))
}

// template returns the name of a migrated database to clone, a hash of the migrations. On a server of
// TEST_DATABASE_URL, the templates of earlier migrations stay until they are dropped by hand.
func (s *server) template(ctx context.Context, files fs.FS) (string, error) {
	name, err := templateName(files)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.templates[name] {
		return name, nil
	}
	if err := s.makeTemplate(ctx, name, files); err != nil {
		return "", fmt.Errorf("template database: %w", err)
	}
	if err := devpostgres.EnsureAppRole(ctx, s.base, s.password()); err != nil {
		return "", err
	}
	if err := s.ensureAppRoleOnWorkers(ctx); err != nil {
		return "", err
	}
	s.templates[name] = true
	return name, nil
}

func templateName(files fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("migrations: %w", err)
	}
	return fmt.Sprintf("areariservata_template_%x", hash.Sum(nil)[:8]), nil
}

// makeTemplate migrates a database under a temporary name and renames it at the end, so that a template is always
// complete. Test binaries on one server are serialised by an advisory lock.
func (s *server) makeTemplate(ctx context.Context, name string, files fs.FS) error {
	conn, err := s.base.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext($1))`, name); err != nil {
		return err
	}
	defer conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock(hashtext($1))`, name) // closing the connection unlocks too
	var there bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	draft := name + "_draft"
	empty := []string{
		`drop database if exists ` + draft + ` with (force)`,
		`create database ` + draft + ` template template0 strategy file_copy`,
	}
	if s.citus != nil {
		return s.makeDistributedTemplate(ctx, name, draft, empty, files)
	}
	for _, sql := range empty {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := migrate(ctx, s.url(draft, ""), files); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `alter database `+draft+` rename to `+name+`; alter database `+name+` is_template true allow_connections false`)
	return err
}

func migrate(ctx context.Context, address string, files fs.FS) error {
	pool, err := pgxpool.New(ctx, address)
	if err != nil {
		return err
	}
	defer pool.Close()
	provider, err := migrations.Provider(pool, files)
	if err != nil {
		return err
	}
	defer provider.Close()
	_, err = provider.Up(ctx)
	return err
}

// clone creates a database. Privileges on a database are not copied from its template, so what the migrations revoke
// from PUBLIC is revoked again here.
func (s *server) clone(ctx context.Context, name, template string) error {
	statements := []string{
		`create database ` + name + ` template ` + template + ` strategy file_copy`,
		`revoke temp on database ` + name + ` from public`,
	}
	if s.citus != nil {
		return s.citus.Exec(ctx, "postgres", statements...)
	}
	for _, sql := range statements {
		if _, err := s.base.Exec(ctx, sql); err != nil {
			return fmt.Errorf("clone %s: %w", template, err)
		}
	}
	return nil
}

func (s *server) drop(ctx context.Context, name string) error {
	if s.citus != nil {
		return s.citus.Exec(ctx, "postgres", `drop database if exists `+pgx.Identifier{name}.Sanitize()+` with (force)`)
	}
	if _, err := s.base.Exec(ctx, `drop database if exists `+pgx.Identifier{name}.Sanitize()+` with (force)`); err != nil {
		return fmt.Errorf("drop: %w", err)
	}
	return nil
}
