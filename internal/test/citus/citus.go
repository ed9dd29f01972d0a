// Package citus runs a Citus cluster on one machine, of a coordinator and workers, with the settings and the distribution
// of deploy/citus. Only tests use it. Citus is an extension of PostgreSQL that is installed apart: where it is absent,
// [Available] says so.
package citus

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// ErrMissing means that the extension is not installed for the PostgreSQL that the tests use.
var ErrMissing = errors.New("the extension citus is not installed for this PostgreSQL")

// Shards is the number of shards of each table: several on each worker, so that one can be moved.
const Shards = 6

// Available returns [ErrMissing] if the extension is not installed.
func Available(ctx context.Context) error {
	found, err := devpostgres.Find(ctx, "")
	if err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, filepath.Join(found.Dir, "pg_config"), "--sharedir").Output()
	if err != nil {
		return fmt.Errorf("%w (%s has no pg_config)", ErrMissing, found.Dir)
	}
	if _, err := os.Stat(filepath.Join(strings.TrimSpace(string(out)), "extension", "citus.control")); err != nil {
		return fmt.Errorf("%w (version %s, %s)", ErrMissing, found.Version, found.Dir)
	}
	return nil
}

// Node is one server. Its name, by which the others know it, stays when it is started again: a folder with its socket.
type Node struct {
	Server *devpostgres.Cluster

	config devpostgres.Config
	name   string
}

// Cluster is a coordinator, which is the first node, and workers.
type Cluster struct {
	Nodes []*Node

	folder     string
	deployment string // deploy/citus
}

// Start starts a coordinator and workers. The servers of a durable cluster keep their data below folder; those of an
// ephemeral one (no folder) are fast, and lose it.
func Start(ctx context.Context, workers int, folder string) (*Cluster, error) {
	if err := Available(ctx); err != nil {
		return nil, err
	}
	c := &Cluster{}
	var err error
	if c.deployment, err = deployment(); err != nil {
		return nil, err
	}
	settings, err := readSettings(filepath.Join(c.deployment, "postgresql.conf"))
	if err != nil {
		return nil, err
	}
	if c.folder, err = os.MkdirTemp("/tmp", "areariservata-citus-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(c.folder, 0o755); err != nil {
		return nil, err
	}
	for n := range workers + 1 {
		node := &Node{name: filepath.Join(c.folder, fmt.Sprint("node", n))}
		node.config = devpostgres.Config{Ephemeral: folder == "", Settings: append(settings,
			"max_wal_senders=20", "max_replication_slots=20", "max_worker_processes=64", "citus.enable_statistics_collection=off",
			"citus.local_hostname="+node.name)}
		if folder != "" {
			node.config.DataDir = filepath.Join(folder, fmt.Sprint("node", n))
		}
		c.Nodes = append(c.Nodes, node)
		if err := node.Start(ctx); err != nil {
			return nil, errors.Join(err, c.Stop(ctx))
		}
	}
	return c, nil
}

// Start starts the node's server, at first or again.
func (n *Node) Start(ctx context.Context) error {
	server, err := devpostgres.Start(ctx, n.config)
	if err != nil {
		return err
	}
	n.Server = server
	u, err := url.Parse(server.URL("postgres", devpostgres.Superuser))
	if err != nil {
		return err
	}
	if err := os.Remove(n.name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.Symlink(u.Query().Get("host"), n.name)
}

// Kill kills the server of a durable cluster outright. [Node.Start] starts it again.
func (n *Node) Kill(ctx context.Context) error {
	text, err := os.ReadFile(filepath.Join(n.config.DataDir, fmt.Sprintf("pg%d", n.Server.Binaries.Major), "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	return n.Server.Stop(ctx)
}

// Name is the node's name in Citus' list of nodes.
func (n *Node) Name() string { return n.name }

// URL is the address of a database on the node.
func (n *Node) URL(database, user string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {n.name}, "port": {"5432"}}.Encode()
	return u.String()
}

// Exec runs statements on the node, each by itself.
func (n *Node) Exec(ctx context.Context, database string, statements ...string) error {
	conn, err := pgx.Connect(ctx, n.URL(database, devpostgres.Superuser))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return fmt.Errorf("%.200s: %w", sql, err)
		}
	}
	return nil
}

// Exec runs statements on every node, the workers first.
func (c *Cluster) Exec(ctx context.Context, database string, statements ...string) error {
	for n := len(c.Nodes) - 1; n >= 0; n-- {
		if err := c.Nodes[n].Exec(ctx, database, statements...); err != nil {
			return fmt.Errorf("node %d: %w", n, err)
		}
	}
	return nil
}

// Join makes a database that exists on every node one of the cluster.
func (c *Cluster) Join(ctx context.Context, database string) error {
	if err := c.Exec(ctx, database, `create extension citus`); err != nil {
		return err
	}
	statements := []string{fmt.Sprintf(`select citus_set_coordinator_host('%s', 5432)`, c.Nodes[0].name)}
	for _, worker := range c.Nodes[1:] {
		statements = append(statements, fmt.Sprintf(`select citus_add_node('%s', 5432)`, worker.name))
	}
	return c.Nodes[0].Exec(ctx, database, statements...)
}

// Distribute distributes the tables of a migrated database, as deploy/citus/distribute.sql does.
func (c *Cluster) Distribute(ctx context.Context, database string) error {
	text, err := os.ReadFile(filepath.Join(c.deployment, "distribute.sql"))
	if err != nil {
		return err
	}
	// One by one, as psql sends them: of a SET, Citus passes on the whole text that it came in.
	statements := []string{`begin`, fmt.Sprintf(`set local citus.shard_count = %d`, Shards)}
	statement := ""
	for line := range strings.Lines(string(text)) {
		statement += line
		code, _, _ := strings.Cut(line, "--")
		if strings.HasSuffix(strings.TrimSpace(code), ";") && strings.Count(statement, "$$")%2 == 0 {
			statements, statement = append(statements, statement), ""
		}
	}
	return c.Nodes[0].Exec(ctx, database, append(statements, `commit`)...)
}

// Stop stops all servers and deletes the names of the nodes.
func (c *Cluster) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	var faults []error
	for _, n := range c.Nodes {
		if n.Server != nil {
			faults = append(faults, n.Server.Stop(ctx))
		}
	}
	return errors.Join(append(faults, os.RemoveAll(c.folder))...)
}

// readSettings reads the settings of a configuration file, each as name=value.
func readSettings(path string) (settings []string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if name, value, found := strings.Cut(text, "="); found {
			settings = append(settings, strings.TrimSpace(name)+"="+strings.Trim(strings.TrimSpace(value), "'"))
		}
	}
	return settings, lines.Err()
}

// deployment is the folder deploy/citus of the checkout.
func deployment() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, "deploy", "citus"); exists(path) {
			return path, nil
		}
	}
	return "", errors.New("no deploy/citus above the working directory")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
