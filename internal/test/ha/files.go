package ha

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// waitFor waits for a condition.
func waitFor(t testing.TB, most time.Duration, what string, holds func() bool) {
	t.Helper()
	limit := time.After(most)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("after %s still not: %s", most, what)
		case <-again.C:
		}
	}
}

// FreeAddress is an unused address of this machine. Its port is below the range that the system assigns, so that it
// stays free while the program that listened there is down.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		var drawn [4]byte
		_, _ = rand.Read(drawn[:]) // never fails
		address := fmt.Sprintf("127.0.0.1:%d", 10_000+binary.BigEndian.Uint32(drawn[:])%20_000)
		listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", address)
		if err == nil {
			_ = listener.Close()
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}

// openFolder is a folder that the programs' account can enter, in memory if possible, since no test cuts the power.
func openFolder(t testing.TB) string {
	t.Helper()
	root := "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(root, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < 3<<30 {
		root = "/var/tmp"
	}
	folder, err := os.MkdirTemp(root, "areariservata-ha-")
	if err == nil {
		err = os.Chmod(folder, 0o755) // another account must be able to enter
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// renderConfig returns a file of deploy/ha with its values filled in. A missing value is an error.
func renderConfig(t testing.TB, name string, values map[string]string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../deploy/ha", name))
	if err != nil {
		t.Fatal(err)
	}
	return os.Expand(string(text), func(value string) string {
		filled, known := values[value]
		if !known {
			t.Fatalf("%s wants a value for %q", name, value)
		}
		return filled
	})
}

// writeFile writes a file that the programs' account can read; if it is private, only that account.
func writeFile(t testing.TB, path, text string, private bool, as *syscall.Credential) {
	t.Helper()
	mode := os.FileMode(0o644)
	if private {
		mode = 0o600
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	chown(t, path, as)
}

// chown gives the programs' account a file or folder.
func chown(t testing.TB, path string, as *syscall.Credential) {
	t.Helper()
	if as == nil {
		return
	}
	if err := os.Chown(path, int(as.Uid), int(as.Gid)); err != nil {
		t.Fatal(err)
	}
}
