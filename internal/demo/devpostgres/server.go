package devpostgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// initialise creates the cluster in a temporary folder and renames it, so that an interrupted initdb leaves no
// incomplete cluster.
func (c *Cluster) initialise(ctx context.Context, as *account) error {
	draft := c.dataFiles() + ".draft"
	if err := os.RemoveAll(draft); err != nil {
		return err
	}
	args := []string{"-D", draft, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=" + systemLocale(), "--no-instructions"}
	switch {
	case c.Binaries.Major >= 17:
		args = append(args, "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
	case systemLocale() != "C.UTF-8":
		args = append(args, "--locale-provider=icu", "--icu-locale=und")
	}
	if c.ephemeral {
		args = append(args, "--no-sync")
	}
	initdb := exec.CommandContext(ctx, filepath.Join(c.Binaries.Dir, "initdb"), args...)
	as.applyTo(initdb)
	initdb.Cancel = func() error { return syscall.Kill(-initdb.Process.Pid, syscall.SIGKILL) } // with its child processes
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return os.Rename(draft, c.dataFiles())
}

func (c *Cluster) settings() []string {
	settings := []string{
		"listen_addresses=", "unix_socket_directories=" + c.sockets, "unix_socket_permissions=0700", "port=" + port,
		"cluster_name=areariservata", "timezone=UTC", "log_timezone=UTC", "logging_collector=off",
		// Keeps personal data out of the log: no parameters, and no DETAIL lines, which quote rows.
		"log_parameter_max_length=0", "log_parameter_max_length_on_error=0", "log_error_verbosity=terse",
	}
	if c.ephemeral {
		settings = append(settings, "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off",
			"wal_level=minimal", "max_wal_senders=0", "max_connections=400")
	} else {
		settings = append(settings, "fsync=on", "synchronous_commit=on", "full_page_writes=on")
	}
	return append(settings, c.more...)
}

// launch starts the server and a watchdog shell that outlives this process. The watchdog reads a pipe that the system
// closes when this process ends, even by SIGKILL, and then stops the server as Stop does.
func (c *Cluster) launch(as *account) error {
	args := []string{"-D", c.dataFiles()}
	for _, setting := range c.settings() {
		args = append(args, "-c", setting)
	}
	c.server = exec.Command(filepath.Join(c.Binaries.Dir, "postgres"), args...)
	as.applyTo(c.server)
	c.server.Stdout, c.server.Stderr = c.log, c.log
	c.server.WaitDelay = 5 * time.Second

	signal, leavings := "INT", []string{c.sockets}
	if c.ephemeral {
		signal, leavings = "QUIT", append(leavings, c.data)
	}
	if err := c.server.Start(); err != nil {
		return err
	}
	watcher := exec.Command("/bin/sh", append([]string{"-c", watchdogScript, "sh", signal, fmt.Sprint(c.server.Process.Pid)}, leavings...)...)
	as.applyTo(watcher)
	pipe, err := watcher.StdinPipe()
	if err == nil {
		err = watcher.Start()
	}
	go func() {
		_ = c.server.Wait() // the log has its exit status
		if watcher.Process != nil {
			// Before the pipe is closed: after that, the server's process number may belong to another process.
			_ = watcher.Process.Kill()
			_ = watcher.Wait()
			_ = pipe.Close()
		}
		close(c.ended)
	}()
	if err != nil {
		return errors.Join(fmt.Errorf("watcher: %w", err), c.kill())
	}
	return nil
}

// A zombie counts as ended: its parent may be slow to reap it.
const watchdogScript = `
trap '' HUP INT TERM
read -r _
signal=$1 server=$2
shift 2
kill -s "$signal" "$server" 2>/dev/null
rounds=0
while [ $rounds -lt 300 ] && kill -0 "$server" 2>/dev/null && ! grep -q ') Z ' "/proc/$server/stat" 2>/dev/null; do
	sleep 0.1
	rounds=$((rounds + 1))
done
rm -rf "$@"
`
