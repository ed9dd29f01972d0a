package devpostgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestADurableClusterKeepsItsDataAndAnEphemeralOneLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	first := start(t, Config{DataDir: dir})
	execSQL(t, first, `create table kept as select 'here' as word`)
	stop(t, first)
	second := start(t, Config{DataDir: dir})
	if got := queryValue(t, second, `select word from kept`); got != "here" {
		t.Errorf("after a stop and a start: %q", got)
	}
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		if got := queryValue(t, second, `select current_setting($1)`, setting); got != "on" {
			t.Errorf("%s = %q in a cluster that is to last", setting, got)
		}
	}
	stop(t, second)

	brief := start(t, Config{Ephemeral: true})
	stop(t, brief)
	for _, left := range []string{brief.data, brief.sockets} {
		if fileExists(left) {
			t.Errorf("%s is left", left)
		}
	}
}

func TestTheLocaleLowersAccentedLetters(t *testing.T) {
	t.Parallel()
	cluster := start(t, Config{Ephemeral: true})
	if got := queryValue(t, cluster, `select lower('ÈÀÙ')`); got != "èàù" {
		t.Errorf("lower = %q", got)
	}
	if got := queryValue(
		t,
		cluster,
		`select string_agg(w, ' ' order by w collate "it-x-icu") from unnest(array['z','é','a','e','f']) w`,
	); got != "a e é f z" {
		t.Errorf("Italian order = %q", got)
	}
}

func TestItListensOnNoPortAndItsSocketIsPrivate(t *testing.T) {
	t.Parallel()
	cluster := start(t, Config{Ephemeral: true})
	if got := queryValue(t, cluster, `select current_setting('listen_addresses')`); got != "" {
		t.Errorf("listens on %q", got)
	}
	info, err := os.Stat(cluster.sockets)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o700 {
		t.Errorf("the socket's folder has mode %o", mode)
	}
}

func TestPersonalDataStaysOutOfTheLog(t *testing.T) {
	t.Parallel()
	var log syncBuffer
	cluster := start(t, Config{Ephemeral: true, Log: &log})
	conn, err := pgx.Connect(t.Context(), cluster.URL("postgres", Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), `create table person (code text primary key)`); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		_, err = conn.Exec(t.Context(), `insert into person values ($1)`, "SECRETCODE")
	}
	if err == nil {
		t.Fatal("the same row went in twice")
	}
	waitUntil(t, "the error is in the log", func() bool { return strings.Contains(log.String(), "duplicate key") })
	if strings.Contains(log.String(), "SECRETCODE") {
		t.Errorf("the log quotes a value:\n%s", log.String())
	}
}

func TestASecondStartOnTheSameFolderNamesItsOwner(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	start(t, Config{DataDir: dir})
	_, err := Start(t.Context(), Config{DataDir: dir})
	want := fmt.Sprintf("already in use by process %d", os.Getpid())
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q in it", err, want)
	}
}

func TestTheServerEndsWithAParentThatIsKilled(t *testing.T) {
	t.Parallel()
	v := startChild(t, "")
	if !isAlive(v.server) {
		t.Fatal("the server is not running at first")
	}
	v.kill(t)
	waitUntil(t, "the server has ended", func() bool { return !isAlive(v.server) })
	waitUntil(t, "its data are deleted", func() bool { return !fileExists(v.data) && !fileExists(v.sockets) })
}

func TestAStartRightAfterAKillFindsEverythingThatWasCommitted(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	v := startChild(t, dir)
	conn, err := pgx.Connect(t.Context(), (&Cluster{sockets: v.sockets}).URL("postgres", Superuser))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `create table kept as select 'here' as word`); err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	v.kill(t)
	again := start(t, Config{DataDir: dir})
	if got := queryValue(t, again, `select word from kept`); got != "here" {
		t.Errorf("word = %q", got)
	}
}

func TestAServerKilledOutrightIsStartedAgain(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	first := start(t, Config{DataDir: dir})
	if err := first.server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-first.ended
	if err := first.cleanUp(); err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(first.dataFiles(), "postmaster.pid")
	if !fileExists(note) {
		t.Fatal("no stale postmaster.pid to try it on")
	}
	stop(t, start(t, Config{DataDir: dir}))
}

func TestAStalePidFileDoesNotPreventTheStart(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	first := start(t, Config{DataDir: dir})
	stop(t, first)
	startImpostor(t, "other", first.dataFiles())
	stop(t, start(t, Config{DataDir: dir}))
}

func TestTwoClustersRunSideBySide(t *testing.T) {
	t.Parallel()
	one, two := start(t, Config{Ephemeral: true}), start(t, Config{Ephemeral: true})
	execSQL(t, one, `create table only_here ()`)
	if got := queryValue(t, two, `select count(*)::text from pg_class where relname = 'only_here'`); got != "0" {
		t.Error("what one cluster holds is in the other")
	}
}

func TestAFolderTheServerCannotEnterIsNamed(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs root, whose folders the server's user cannot enter")
	}
	dir := filepath.Join(t.TempDir(), "data")
	_, err := Start(t.Context(), Config{DataDir: dir})
	if err == nil || !strings.Contains(err.Error(), "can't enter "+dir) {
		t.Errorf("error = %v", err)
	}
}

func TestAFolderThatHoldsOtherFilesIsNotTakenOver(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root could take it over")
	}
	dir := openFolder(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Config{DataDir: dir}); err == nil {
		t.Error("a folder with a letter in it became a cluster")
	}
}

func TestAnAbandonedStartDoesNotPreventTheNextOne(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	found, err := Find(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := Start(ctx, Config{DataDir: dir, Binaries: found})
		ended <- err
	}()
	half := filepath.Join(dir, fmt.Sprintf("pg%d.draft", found.Major), "base")
	waitUntil(t, "the cluster is half made", func() bool { return fileExists(half) })
	cancel()
	if err := <-ended; err == nil {
		t.Fatal("started although its context was cancelled")
	}
	stop(t, start(t, Config{DataDir: dir, Binaries: found}))
}

func TestAServerThatStillEndsIsWaitedForAndNamed(t *testing.T) {
	t.Parallel()
	dir := openFolder(t)
	first := start(t, Config{DataDir: dir})
	stop(t, first)
	end, pid := startImpostor(t, "postgres", first.dataFiles())
	shortContext, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := Start(shortContext, Config{DataDir: dir, Binaries: first.Binaries})
	if want := fmt.Sprintf("in use by PostgreSQL, process %d", pid); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error = %v, want %q in it", err, want)
	}
	end()
	stop(t, start(t, Config{DataDir: dir}))
}

func TestTheDemosDataAreInTheCheckoutOrForRootInVarTmp(t *testing.T) {
	t.Parallel()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(root, ".demo")
	if os.Getuid() == 0 {
		want = "/var/tmp/areariservata-" + filepath.Base(root) + "-"
	}
	got, err := DefaultDataDir()
	if err != nil || !strings.HasPrefix(got, want) {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}
