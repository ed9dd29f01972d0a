package restore_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkDamaged restores from damaged and incomplete copies. PostgreSQL, the scripts or the consistency check must
// detect each.
func (d *drillResult) checkDamaged(t *testing.T) {
	segments := d.neededSegments(t)
	first := segments[0]
	const early = "before configured recovery target was reached"
	for name, c := range map[string]struct {
		harm func(*testing.T, string)
		says string
	}{
		"a piece is missing":   {remove, early},
		"a piece is damaged":   {corrupt, early},
		"a piece is cut short": {truncate, "wrong size"},
	} {
		archive := d.copyFolder(t, d.environment.archive, segments...)
		c.harm(t, filepath.Join(archive, first))
		m, err := d.environment.restoreMachine(t, filepath.Base(archive)+"-restored", d.backup, archive, d.namedMoment.target...)
		if m != nil {
			m.discard()
		}
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q in it", name, err, c.says)
		}
	}

	backup := d.copyFolder(t, d.backup)
	corrupt(t, largestFile(t, filepath.Join(backup, "base")))
	if _, err := d.environment.restoreMachine(
		t,
		"of-damaged",
		backup,
		d.environment.archive,
		"newest",
	); err == nil ||
		!strings.Contains(err.Error(), "checksum mismatch") {
		t.Errorf("a damaged backup is restored: %v", err)
	}

	// When it restores to the end of the archive, PostgreSQL cannot detect the gap: it ends recovery there and starts. The
	// consistency check must find missing acknowledged changes, and the log's recorded ends must show that it was
	// truncated.
	archive := d.copyFolder(t, d.environment.archive, segments...)
	remove(t, filepath.Join(archive, first))
	m, err := d.environment.restoreMachine(t, "with-a-hole", d.backup, archive, "newest")
	if err != nil {
		t.Fatal(err)
	}
	if missing, _ := d.compareChanges(t, m, d.namedMoment); len(missing) == 0 {
		t.Error("the consistency check does not notice a gap in the log")
	}
	if out, err := d.command(t, m, findKey, sealKey, "audit", "verify", d.headsAfter); err == nil {
		t.Errorf("audit verify does not report a gap in the log: %s", out)
	}
	m.discard()
}

// neededSegments are the archived segments between the backup's end and the named moment. The backup contains the
// earlier ones, and at times the beginning of the next, which is useless without the archive.
func (d *drillResult) neededSegments(t *testing.T) (names []string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.backup, "backup_manifest"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Ranges []struct {
			Timeline int
			End      string `json:"End-LSN"`
		} `json:"WAL-Ranges"`
	}
	if err := json.Unmarshal(content, &manifest); err != nil || len(manifest.Ranges) != 1 {
		t.Fatal(err, manifest)
	}
	var high, low uint32
	if _, err := fmt.Sscanf(manifest.Ranges[0].End, "%X/%X", &high, &low); err != nil {
		t.Fatal(err)
	}
	last := fmt.Sprintf("%08X%08X%08X", manifest.Ranges[0].Timeline, high, low>>24) // segments of 16 MB
	for _, name := range d.environment.segmentNames(t) {
		if name > last {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		t.Fatal("nothing was archived after the backup")
	}
	return names
}

// copyFolder copies a folder, or some of its files, to be damaged.
func (d *drillResult) copyFolder(t *testing.T, folder string, names ...string) string {
	t.Helper()
	copied, err := os.MkdirTemp(d.environment.backups, "harmed-")
	if err != nil {
		t.Fatal(err)
	}
	d.environment.makeFolder(t, copied)
	args := []string{"-R", folder + "/."}
	if len(names) > 0 {
		args = nil
	}
	for _, name := range names {
		args = append(args, filepath.Join(folder, name))
	}
	if _, err := d.environment.run(t.Context(), nil, "cp", append(args, copied)...); err != nil {
		t.Fatal(err)
	}
	return copied
}

// largestFile is the largest file of a folder, which has rows in it.
func largestFile(t *testing.T, folder string) (file string) {
	t.Helper()
	var most int64
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > most {
			file, most = path, info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}

// rewrite changes a file's content.
func rewrite(t *testing.T, file string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, change(slices.Clone(content)), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// corrupt flips a few bits behind the header of a file's first page, so that nothing after it can be read.
func corrupt(t *testing.T, file string) {
	t.Helper()
	rewrite(t, file, func(content []byte) []byte {
		at := min(len(content)/2, 100)
		for i := range content[at : at+64] {
			content[at+i] ^= 0x55
		}
		return content
	})
}

func truncate(t *testing.T, file string) {
	t.Helper()
	rewrite(t, file, func(content []byte) []byte { return content[:len(content)/2] })
}

// checkNoSecrets searches everything that a thief of backups would have for the keys and for the fiscal codes of the
// load.
func (d *drillResult) checkNoSecrets(t *testing.T) {
	needles := map[string][]byte{
		"the finding key": []byte(findKey), "the sealing key": []byte(sealKey),
		"the finding key, raw": bytes.Repeat([]byte("f"), len(findKey)/2), "the sealing key, raw": bytes.Repeat([]byte("s"), len(sealKey)/2),
	}
	for _, name := range []string{"Annaa Paesea", "Otoa Paesea", "Otob Paeseb", "Ugo Paesea", "Pia Paesea"} {
		needles["the fiscal code of "+name] = []byte(d.seed.FiscalCode(name).Reveal())
	}
	const inClear = "otoa.paesea@" // an unencrypted value, which the search must find
	found := false
	for _, folder := range []string{d.backup, d.environment.archive} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			for what, needle := range needles {
				if bytes.Contains(content, needle) {
					t.Errorf("%s is in %s", what, path)
				}
			}
			found = found || bytes.Contains(content, []byte(inClear))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Errorf("not even %q is found: this looks nowhere", inClear)
	}
}
