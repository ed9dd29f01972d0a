package ha

import (
	"context"
	"encoding/csv"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Balancer is HAProxy before two replicas of the application.
type Balancer struct {
	t      testing.TB
	socket string // of the runtime API
}

// StartBalancer starts HAProxy at the site's address.
func StartBalancer(t testing.TB, listen string, replicas [2]string) *Balancer {
	t.Helper()
	RequirePrograms(t)
	path, err := findProgram("haproxy")
	if err != nil {
		t.Fatal(err)
	}
	folder, as := openFolder(t), account(t)
	dismiss := removeAfter(t, folder)
	chown(t, folder, as)
	file := filepath.Join(folder, "haproxy.cfg")
	writeFile(
		t,
		file,
		renderConfig(t, "haproxy.cfg", map[string]string{"LISTEN": listen, "REPLICA_1": replicas[0], "REPLICA_2": replicas[1], "FOLDER": folder}),
		false,
		as,
	)
	haproxy := &process{t: t, credential: as, note: filepath.Join(folder, "haproxy"), args: []string{path, "-db", "-f", file}}
	haproxy.start()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(haproxy.log())
		}
		haproxy.kill()
		dismiss()
		_ = os.RemoveAll(folder)
	})
	b := &Balancer{t, filepath.Join(folder, "haproxy.sock")}
	b.WaitFor(0)
	b.WaitFor(1)
	return b
}

// WaitFor waits until HAProxy sends requests to a replica, counted from 0.
func (b *Balancer) WaitFor(replica int) {
	b.t.Helper()
	waitFor(b.t, 30*time.Second, "HAProxy uses the replica", func() bool { return b.status([2]string{"one", "two"}[replica]) == "UP" })
}

// status is a server's status according to HAProxy.
func (b *Balancer) status(server string) string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", b.socket)
	if err != nil {
		return ""
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "show stat\n"); err != nil {
		return ""
	}
	rows, err := csv.NewReader(conn).ReadAll()
	if err != nil {
		return ""
	}
	for _, row := range rows { // the 18th column is the status
		if row[1] == server {
			return row[17]
		}
	}
	return ""
}
