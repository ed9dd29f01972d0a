package restore_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// drillResult is what remains of the machine: a backup, the archive, the named moments, and the ends of the log as
// `audit verify` wrote them before and after those moments.
type drillResult struct {
	*service
	backup                   string
	namedMoment, timedMoment moment
	headsBefore, headsAfter  string
	lostAt                   time.Time
}

// runDrill takes a backup under load, names moments, lets the load continue, makes the mistake, and loses the
// machine.
func runDrill(t *testing.T) *drillResult {
	t.Helper()
	d := &drillResult{service: newService(t)}
	few, many := 40, 40
	if isFullDrill() {
		few, many = 1_000, 5_000
	}
	d.headsBefore, d.headsAfter = filepath.Join(d.environment.folder, "heads-then.json"), filepath.Join(d.environment.folder, "heads-now.json")
	d.load.start()
	d.load.waitAcknowledged(t, few)

	start := time.Now()
	d.backup = d.machine.backup()
	t.Logf("database %d MB; base backup %s, taken and verified in %.1f s while changes went on",
		queryValue[int64](t, d.machine, `SELECT pg_database_size(current_database())`)>>20, formatSize(t, d.backup), time.Since(start).Seconds())

	d.verify(t, d.headsBefore)
	d.load.waitAcknowledged(t, many)
	d.namedMoment = d.nameMoment(t, "before the mistake")
	d.load.waitAcknowledged(t, few)
	d.timedMoment = d.momentNow(t)
	d.load.waitAcknowledged(t, few)

	// The mistake is not in the log; an erasure is, and restoring to an older moment brings it back.
	if _, err := d.machine.owner.Exec(t.Context(), `DELETE FROM group_member WHERE product = 'prod-pn'`); err != nil {
		t.Fatal(err)
	}
	if out, err := d.command(t, d.machine, findKey, sealKey, "erase", "-"); err != nil {
		t.Fatalf("erase: %v\n%s", err, out)
	}
	d.verify(t, d.headsAfter)
	d.machine.waitArchived()
	d.load.waitAcknowledged(t, few)

	d.recordLog(t) // of later changes, only their requesters know whether they were acknowledged
	d.load.isLost.Store(true)
	d.lostAt = time.Now()
	d.machine.destroy()
	d.load.stop()
	t.Logf("the machine was lost after %d acknowledged changes; write-ahead log in the archive: %s in %d pieces",
		d.load.acknowledgedCount.Load(), formatSize(t, d.environment.archive), len(d.environment.segmentNames(t)))
	return d
}

// verify checks the chain of the log, and writes its ends to a file.
func (d *drillResult) verify(t testing.TB, heads string) {
	t.Helper()
	if out, err := d.command(t, d.machine, findKey, sealKey, "audit", "verify", "-new", heads); err != nil {
		t.Fatalf("audit verify: %v\n%s", err, out)
	}
}

// restore brings the service back on a new machine and measures the time.
func (d *drillResult) restore(t *testing.T, name string, moment ...string) *machine {
	t.Helper()
	start := time.Now()
	m, err := d.environment.restoreMachine(t, name, d.backup, d.environment.archive, moment...)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("restored to %s in %.1f s", strings.Join(moment, " "), time.Since(start).Seconds())
	return m
}

func TestALostServiceIsRestoredToTheRequestedMoment(t *testing.T) {
	t.Parallel()
	d := runDrill(t)
	t.Run("a restore point", func(t *testing.T) {
		m := d.restore(t, "to-name", d.namedMoment.target...)
		d.requireConsistent(t, m, d.namedMoment)
		d.checkChain(t, m)
		d.checkEncryption(t, m)
		if n := queryValue[int](t, m, `SELECT count(*) FROM group_member WHERE product = 'prod-pn'`); n == 0 {
			t.Error("the mistake is in it")
		}
		d.eraseAgain(t, m)
		t.Logf("first change acknowledged on the restored machine: %d ms", d.timeToFirstChange(t, m).Milliseconds())
		d.archiveAgain(t, m)
		m.discard()
	})
	t.Run("a time", func(t *testing.T) {
		m := d.restore(t, "to-time", d.timedMoment.target...)
		d.requireConsistent(t, m, d.timedMoment)
		m.discard()
	})
	t.Run("the newest", func(t *testing.T) {
		m := d.restore(t, "to-newest", "newest")
		d.checkLatest(t, m)
		m.discard()
	})
	t.Run("damaged copies are detected", d.checkDamaged)
	t.Run("backups contain neither keys nor fiscal codes", d.checkNoSecrets)
}

// checkChain checks the log's chain by the program's command: it agrees with the ends written before the moment; with
// those from after, it reports a truncated log and leaves the file unchanged.
func (d *drillResult) checkChain(t *testing.T, m *machine) {
	t.Helper()
	if out, err := d.command(t, m, findKey, sealKey, "audit", "verify", d.headsBefore); err != nil {
		t.Errorf("with the ends of before: %v\n%s", err, out)
	}
	kept, _ := os.ReadFile(d.headsAfter)
	out, err := d.command(t, m, findKey, sealKey, "audit", "verify", d.headsAfter)
	if err == nil || !strings.Contains(out, "and it had") {
		t.Errorf("a log that is shorter than it was passes: %v\n%s", err, out)
	}
	if left, _ := os.ReadFile(d.headsAfter); string(left) != string(kept) || len(kept) == 0 {
		t.Error("the recorded ends are overwritten by those of a log that contradicts them")
	}
}

// checkEncryption checks that with other keys neither the log can be verified nor a fiscal code be opened, and that
// with the service's keys all can.
func (d *drillResult) checkEncryption(t *testing.T, m *machine) {
	t.Helper()
	other := strings.Repeat("ab", store.KeySize)
	for _, keys := range [][2]string{{other, sealKey}, {other, strings.Repeat("cd", store.KeySize)}} {
		if out, err := d.command(t, m, keys[0], keys[1], "audit", "verify"); err == nil {
			t.Errorf("the log is verified with another key: %s", out)
		}
	}
	others, err := store.NewKeys([]byte(strings.Repeat("x", store.KeySize)), []byte(strings.Repeat("y", store.KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := m.owner.Query(t.Context(), `SELECT person::text, fiscal_code_sealed FROM app_user`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	people, opened := 0, 0
	for rows.Next() {
		var id access.UserID
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			t.Fatal(err)
		}
		people++
		if _, err := d.keys.Open(sealed, id); err != nil {
			t.Fatalf("a fiscal code is not decrypted with the service's keys: %v", err)
		}
		if _, err := others.Open(sealed, id); err == nil {
			opened++
		}
	}
	if err := rows.Err(); err != nil || people == 0 || opened > 0 {
		t.Errorf("%d of %d fiscal codes open with other keys (%v)", opened, people, err)
	}
}

// eraseAgain repeats the erasures after the moment, which the restore has undone.
func (d *drillResult) eraseAgain(t *testing.T, m *machine) {
	t.Helper()
	hash := d.keys.Hash(d.seed.FiscalCode("Pia Paesea"))
	const there = `SELECT count(*) FROM person WHERE fiscal_code_hash = $1`
	if queryValue[int](t, m, there, hash) != 1 {
		t.Error("a person erased after the moment is not restored: the test proves nothing")
	}
	if out, err := d.command(t, m, findKey, sealKey, "erase", "-"); err != nil {
		t.Errorf("erase again: %v\n%s", err, out)
	}
	if queryValue[int](t, m, there, hash) != 0 {
		t.Error("an erased person still exists after the second erasure")
	}
}

// archiveAgain makes the restored machine archive to a folder of its own, and backs it up. In the lost machine's
// archive it would add a timeline that branches off at the moment; a later restore would follow it and miss the later
// changes.
func (d *drillResult) archiveAgain(t *testing.T, m *machine) {
	t.Helper()
	archive := filepath.Join(d.environment.folder, "archive-of-restored")
	d.environment.makeFolder(t, archive)
	for _, sql := range []string{
		`ALTER SYSTEM RESET restore_command`, `ALTER SYSTEM RESET recovery_target_name`, `ALTER SYSTEM RESET recovery_target_time`,
		fmt.Sprintf(`ALTER SYSTEM SET archive_command = '%s %%p %s/%%f'`, d.environment.script("archive-wal"), archive),
		`SELECT pg_reload_conf()`,
	} {
		if _, err := m.owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	m.waitSegmentArchived(queryValue[string](t, m, `SELECT pg_walfile_name(pg_switch_wal())`)) // of the stopped load
	m.backup()
}

// checkLatest compares a machine restored to the end of the archive with the acknowledged changes. Only changes that
// were not archived yet may be missing.
func (d *drillResult) checkLatest(t *testing.T, m *machine) {
	t.Helper()
	if missing, _ := d.compareChanges(t, m, d.timedMoment); len(missing) > 0 {
		t.Errorf("%d changes are missing that were archived", len(missing))
	}
	// It has changes after the named moment: a restore that went too far would be noticed.
	if _, early := d.compareChanges(t, m, d.namedMoment); len(early) == 0 {
		t.Error("later changes are not detected")
	}
	all := moment{before: d.load.clock.Load() + 1, after: d.load.clock.Load() + 1}
	missing, _ := d.compareChanges(t, m, all)
	behind := time.Duration(0)
	for _, n := range missing {
		behind = max(behind, d.lostAt.Sub(n.at))
	}
	t.Logf(
		"the machine's loss cost %d acknowledged changes, the oldest %.1f s old (archive_timeout %d s)",
		len(missing),
		behind.Seconds(),
		archiveTimeout,
	)
	// It contains the mistake, which is found since it is not in the log.
	if err := d.baseline.Check(t.Context(), m.owner, d.keys); err == nil || !strings.Contains(err.Error(), "the log shows other memberships") {
		t.Errorf("a change made by hand is not found: %v", err)
	}
}
