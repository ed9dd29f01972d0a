package devpostgres

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that runs the server if the current user is root, as whom PostgreSQL refuses to run. Nil: the
// current user.
type account struct {
	name     string
	uid, gid uint32
}

func serverAccount() (*account, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(found.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(found.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &account{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

// applyTo makes cmd run as the account, in its own process group (so that Ctrl-C reaches only this process, which then
// stops the server) and in a folder that every account can enter.
func (a *account) applyTo(cmd *exec.Cmd) {
	cmd.Dir = "/"
	cmd.Env = environment()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
}

func (a *account) canEnter(dir string) bool {
	cmd := exec.Command("/bin/sh", "-c", `cd "$1"`, "sh", dir)
	a.applyTo(cmd)
	return cmd.Run() == nil
}

// claimFolder creates dir, private to the account. An existing folder with another account's files is refused.
func (a *account) claimFolder(dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder", dir)
	}
	want := os.Getuid()
	if a != nil {
		want = int(a.uid)
	}
	if owner := int(info.Sys().(*syscall.Stat_t).Uid); owner != want {
		inside, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		if owner != os.Getuid() || len(inside) > 0 {
			return fmt.Errorf("%s belongs to user %d and the server runs as user %d: remove it or name another folder", dir, owner, want)
		}
		if err := os.Chown(dir, int(a.uid), int(a.gid)); err != nil {
			return err
		}
	}
	if !a.canEnter(dir) {
		return fmt.Errorf("user %s, who runs the server, can't enter %s: name a folder outside private ones (as /var/tmp/...)", a.label(), dir)
	}
	return nil
}

func (a *account) label() string {
	if a == nil {
		return strconv.Itoa(os.Getuid())
	}
	return a.name
}
