// Package devpostgres runs a private PostgreSQL for the demo and the tests: found on the machine, reached over a Unix
// socket only (no port, nothing to configure), and gone with the process that started it, however that one ends.
//
// It is not for production: any account that can enter the socket's folder (our user and root) signs in without a password.
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

const port = "5432" // names the socket file; nothing listens on it

// Config says which cluster to run. Its zero value is the demo's: a durable one in DefaultDataDir.
type Config struct {
	// DataDir keeps the cluster between runs. Where we are root the server runs as another user, who must be able to
	// enter this folder. For an ephemeral cluster: the folder to make its own, removable folder in (empty: memory if
	// there is room, else the system's temporary folder).
	DataDir string

	// Ephemeral is for tests: nothing is flushed to disk, and nothing is left at the end.
	Ephemeral bool

	// Binaries to run; the zero value means Find.
	Binaries Binaries

	// NodeModules is handed to Find.
	NodeModules string

	// Log receives what the server writes; nil drops it. Neither parameters nor details of errors, which
	// may be personal data, are in it.
	Log io.Writer
}

// Cluster is a running server. Stop it; it is stopped anyway if the process ends without doing so.
type Cluster struct {
	Binaries Binaries

	data, sockets string
	ephemeral     bool
	lock          *os.File
	server        *exec.Cmd
	log           *logTail
	ended         chan struct{} // closed when the server and its watcher have ended
}

// Start runs the cluster, making it first if it isn't there, and returns when it takes connections.
// One process at a time may use a DataDir; the second one is told who has it.
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
	c := &Cluster{Binaries: config.Binaries, ephemeral: config.Ephemeral, log: &logTail{to: config.Log}, ended: make(chan struct{})}
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

// prepare makes the folders, takes the lock and makes the cluster's files.
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

// dataFiles is the cluster proper: one folder per major version, as no version reads another's.
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

// URL is a pgx connection URL for the socket. No password is asked for.
func (c *Cluster) URL(database, user string) string {
	u := url.URL{Scheme: "postgres", User: url.User(user), Path: "/" + database}
	u.RawQuery = url.Values{"host": {c.sockets}, "port": {port}}.Encode()
	return u.String()
}

// Stop ends the server: a durable one after writing everything down, an ephemeral one at once and with its data.
// When ctx ends first the server is stopped the hard way, which a durable cluster recovers from.
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

// cleanUp may be called twice, and on a cluster that never got far.
func (c *Cluster) cleanUp() error {
	var faults []error
	if c.sockets != "" {
		faults = append(faults, os.RemoveAll(c.sockets))
	}
	if c.ephemeral && c.data != "" {
		faults = append(faults, os.RemoveAll(c.data))
	}
	if c.lock != nil {
		_ = c.lock.Close() // gives the lock back
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("after PostgreSQL: %w", err)
	}
	return nil
}

// socketFolder is short: the path of a socket may have no more than 103 bytes on macOS.
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
