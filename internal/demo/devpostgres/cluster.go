// Package devpostgres runs a private PostgreSQL server for the demo and the tests. It uses an installation that it
// finds on the machine, listens on a Unix socket only, and ends with the process that started it, even if that is
// killed.
//
// It is not for production: any account that can enter the socket's folder (the current user and root) signs in without
// a password.
package devpostgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Superuser is the database user that owns the cluster.
const Superuser = "postgres"

const port = "5432" // part of the socket file's name; no TCP port is opened

// Config is the cluster to run. The zero value is the demo's: a durable cluster in DefaultDataDir.
type Config struct {
	// DataDir is the folder of a durable cluster. If the current user is root, the server runs as another user, who must
	// be able to enter this folder. For an ephemeral cluster, a temporary folder is created in it (empty: in memory if
	// there is enough, else in the system's temporary folder).
	DataDir string

	// Ephemeral is for tests: data is not flushed to disk, and is deleted at the end.
	Ephemeral bool

	// Binaries are the programs to run. The zero value: those that Find returns.
	Binaries Binaries

	// NodeModules is passed to Find.
	NodeModules string

	// Settings are more of PostgreSQL's settings, each as name=value. They override those of a cluster.
	Settings []string

	// Log receives the server's log; nil drops it. The log contains neither parameters nor error details, which may be
	// personal data.
	Log io.Writer
}

// Cluster is a running server. Call Stop; the server also stops if the process ends without it.
type Cluster struct {
	Binaries Binaries

	data, sockets string
	ephemeral     bool
	more          []string // settings
	lock          *os.File
	server        *exec.Cmd
	log           *logTail
	ended         chan struct{} // closed when the server and its watcher have ended
}

// Start runs the cluster and returns when it accepts connections. The cluster is created if it does not exist. One
// process at a time can use a DataDir; for another one the error names the process that uses it.
func Start(ctx context.Context, config Config) (*Cluster, error) {
	as, err := serverAccount()
	if err != nil {
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if config.Binaries.Dir == "" {
		if config.Binaries, err = Find(ctx, config.NodeModules); err != nil {
			return nil, err
		}
	}
	c := &Cluster{
		Binaries: config.Binaries, ephemeral: config.Ephemeral, more: config.Settings,
		log: &logTail{to: config.Log}, ended: make(chan struct{}),
	}
	if err := c.prepare(ctx, config.DataDir, as); err != nil {
		_ = c.cleanUp()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := c.launch(as); err != nil {
		_ = c.cleanUp()
		return nil, fmt.Errorf("start PostgreSQL: %w", err)
	}
	if err := c.ready(ctx); err != nil {
		_ = c.kill()
		return nil, fmt.Errorf("start PostgreSQL: %w\n%s", err, c.log)
	}
	return c, nil
}

// prepare creates the folders, takes the lock and creates the cluster's files.
func (c *Cluster) prepare(ctx context.Context, dataDir string, as *account) (err error) {
	switch {
	case c.ephemeral:
		if dataDir == "" {
			dataDir = ephemeralRoot()
		}
		if dataDir, err = os.MkdirTemp(dataDir, "areariservata-test-"); err != nil {
			return err
		}
	case dataDir == "":
		if dataDir, err = DefaultDataDir(); err != nil {
			return err
		}
	}
	if c.data, err = filepath.Abs(dataDir); err != nil {
		return err
	}
	if err := as.claimFolder(c.data); err != nil {
		return err
	}
	if c.lock, err = lockFolder(c.data); err != nil {
		return err
	}
	if c.sockets, err = socketFolder(as); err != nil {
		return err
	}
	if !fileExists(c.dataFiles()) {
		return c.initialise(ctx, as)
	}
	return waitForPredecessor(ctx, c.dataFiles())
}

// dataFiles is the data directory: one for each major version, because no version can read another's.
func (c *Cluster) dataFiles() string {
	return filepath.Join(c.data, fmt.Sprintf("pg%d", c.Binaries.Major))
}

func (c *Cluster) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // recovery after a kill may take long
	defer cancel()
	again := time.NewTicker(15 * time.Millisecond)
	defer again.Stop()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres", Superuser))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.ended:
			return errors.New("the server ended at once")
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", err)
		case <-again.C:
		}
	}
}

// URL is a pgx connection URL for the socket, without a password.
func (c *Cluster) URL(database, user string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.sockets}, "port": {port}}.Encode()
	return u.String()
}

// Stop stops the server: a durable cluster with a checkpoint, an ephemeral one immediately, deleting its data. If ctx
// ends first, the server is killed; a durable cluster recovers at the next start.
func (c *Cluster) Stop(ctx context.Context) error {
	signal := syscall.SIGINT
	if c.ephemeral {
		signal = syscall.SIGQUIT
	}
	if err := c.server.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop PostgreSQL: %w", err)
	}
	select {
	case <-c.ended:
		return c.cleanUp()
	case <-ctx.Done():
		return errors.Join(fmt.Errorf("stop PostgreSQL: %w", ctx.Err()), c.kill())
	}
}

func (c *Cluster) kill() error {
	err := c.server.Process.Signal(syscall.SIGQUIT)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-c.ended
	return errors.Join(err, c.cleanUp())
}

// cleanUp can be called twice, and after a start that failed.
func (c *Cluster) cleanUp() error {
	var faults []error
	if c.sockets != "" {
		faults = append(faults, os.RemoveAll(c.sockets))
	}
	if c.ephemeral && c.data != "" {
		faults = append(faults, os.RemoveAll(c.data))
	}
	if c.lock != nil {
		_ = c.lock.Close() // releases the lock
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("after PostgreSQL: %w", err)
	}
	return nil
}

// socketFolder returns a short path: on macOS, a socket's path has at most 103 bytes.
func socketFolder(as *account) (string, error) {
	root := os.TempDir()
	if len(root) > 60 || !as.canEnter(root) {
		root = "/tmp"
	}
	dir, err := os.MkdirTemp(root, "areariservata-pg-")
	if err != nil {
		return "", err
	}
	if as != nil {
		err = os.Chown(dir, int(as.uid), int(as.gid))
	}
	return dir, err
}
