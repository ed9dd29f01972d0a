package ha

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// account runs the programs where the test is root: PostgreSQL and PgBouncer refuse root. Nil: the test's own.
func account(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Getuid() != 0 {
		return nil
	}
	found, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err1 := strconv.ParseUint(found.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(found.Gid, 10, 32)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// process is one program, which can be ended and started again. Its id is in a file beside its log, for the watchdog.
type process struct {
	t          testing.TB
	credential *syscall.Credential
	note       string // folder/name, without .pid or .log
	args       []string

	running *exec.Cmd
	ended   chan struct{}
}

func (p *process) start() {
	p.t.Helper()
	log, err := os.OpenFile(p.note+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	command := exec.Command(p.args[0], p.args[1:]...) // ended by kill; the test says what is run
	command.Dir = "/"
	command.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"}
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.credential}
	if err := command.Start(); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(p.note+".pid", fmt.Appendln(nil, command.Process.Pid), 0o600); err != nil {
		p.t.Error(err)
	}
	ended := make(chan struct{})
	p.running, p.ended = command, ended
	go func() {
		_ = command.Wait() // how it ended is in its log
		close(ended)
	}()
}

// signal sends the process a signal, if it runs.
func (p *process) signal(s syscall.Signal) {
	if p.running == nil {
		return
	}
	select {
	case <-p.ended:
	default:
		_ = p.running.Process.Signal(s)
	}
}

// kill ends the process and waits for it.
func (p *process) kill() {
	if p.running == nil {
		return
	}
	p.signal(syscall.SIGKILL)
	<-p.ended
	_ = os.Remove(p.note + ".pid")
	p.running = nil
}

// log is the end of the process's log.
func (p *process) log() string {
	text, _ := os.ReadFile(p.note + ".log") // none is an empty one
	return string(text[max(0, len(text)-30000):])
}

// watchdogScript ends the processes recorded below a folder when the test process ends, even by SIGKILL, and removes
// the folder. PostgreSQL is not Patroni's child, and its own children may be paused: they are ended too.
const watchdogScript = `
trap '' HUP INT TERM
read -r _
for round in 1 2 3; do
	for note in "$1"/*.pid "$1"/*/*.pid "$1"/*/data/postmaster.pid; do
		[ -s "$note" ] || continue
		read -r process <"$note"
		kill -9 $process $(cat "/proc/$process/task/$process/children" 2>/dev/null) 2>/dev/null
	done
	sleep 0.3
done
rm -rf "$1"
`

// killScript ends the process with the given id when the test process ends, even by SIGKILL.
const killScript = `trap '' HUP INT TERM; read -r _; kill -9 "$1" 2>/dev/null`

// KillAfter ends a process when the test's process ends, however it ends, unless stop is called before. Call stop only after
// waiting for the process: its id may be another process's by then.
func KillAfter(t testing.TB, pid int) (stop func()) {
	t.Helper()
	return startWatcher(t, killScript, strconv.Itoa(pid))
}

// removeAfter removes the folder when the test's process ends, however it ends, unless dismiss is called before.
func removeAfter(t testing.TB, folder string) (dismiss func()) {
	t.Helper()
	return startWatcher(t, watchdogScript, folder)
}

// startWatcher starts a shell that outlives the test process, whose end closes the shell's standard input.
func startWatcher(t testing.TB, script, argument string) (stop func()) {
	t.Helper()
	watcher := exec.Command("/bin/sh", "-c", script, "sh", argument) // outlives the test, so it has no context
	watcher.Dir = "/"
	watcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := watcher.StdinPipe()
	if err == nil {
		err = watcher.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		_ = watcher.Process.Kill()
		_ = watcher.Wait()
		_ = pipe.Close()
	}
}

// processTree is the postmaster of a data folder with all its children, the postmaster first; nil if there is none.
func processTree(data string) []int {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return nil
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil || !isRunning(pid, "postgres") {
		return nil
	}
	all := []int{pid}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	for word := range strings.FieldsSeq(string(children)) {
		if child, err := strconv.Atoi(word); err == nil {
			all = append(all, child)
		}
	}
	return all
}

// isRunning reports whether a process runs the program and is not a zombie.
func isRunning(pid int, program string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(stat), "("+program+") ") && !strings.Contains(string(stat), ") Z ")
}

// processTitle is the title of a process in ps.
func processTitle(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.ReplaceAll(string(text), "\x00", " ")
}
