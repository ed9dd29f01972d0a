package leak_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// All marked people's codes, surnames and mailboxes begin alike, and nothing else does: one search finds any of them,
// complete or not, valid or not.
const (
	codes = "QZXJKW"
	names = "QUZAXI"
)

// searchPattern finds a word in any case, as hexadecimal digits, and as base64 at any offset.
type searchPattern struct {
	anyCase, exact [][]byte
}

func newSearchPattern(word string) searchPattern {
	w := searchPattern{anyCase: [][]byte{[]byte(word), []byte(strings.ToUpper(hex.EncodeToString([]byte(word))))}}
	for shift, cut := range []int{0, 2, 3} { // the first characters also carry bits of what is before the word
		text := base64.StdEncoding.EncodeToString(append(make([]byte, shift), word...))
		whole := (shift + len(word)) * 8 / 6
		w.exact = append(w.exact, []byte(text[cut:whole]))
	}
	return w
}

// countIn counts the occurrences. A text is read in overlapping blocks; a match in an overlap may count twice.
func (w searchPattern) countIn(t testing.TB, text io.Reader) (n int) {
	t.Helper()
	const piece, overlap = 1 << 20, 64
	buffer := make([]byte, 0, piece+overlap)
	for {
		kept := len(buffer)
		read, err := io.ReadFull(text, buffer[kept:kept+piece])
		buffer = buffer[:kept+read]
		upper := bytes.ToUpper(buffer)
		for _, needle := range w.anyCase {
			n += bytes.Count(upper, needle)
		}
		for _, needle := range w.exact {
			n += bytes.Count(buffer, needle)
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return n
		}
		if err != nil {
			t.Fatal(err)
		}
		buffer = append(buffer[:0], buffer[max(0, len(buffer)-overlap):]...)
	}
}

func (w searchPattern) isIn(t testing.TB, text string) bool {
	t.Helper()
	return w.countIn(t, strings.NewReader(text)) > 0
}

// countInFiles counts the occurrences in all files of a folder.
func (w searchPattern) countInFiles(t testing.TB, folder string, chosen func(path string) bool) (n int, size int64) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !chosen(path) {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		if info, err := file.Stat(); err == nil {
			size += info.Size()
		}
		n += w.countIn(t, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n, size
}

func TestAWordIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	w := newSearchPattern(codes)
	code := codes + "80A01H501U"
	far := strings.Repeat("x", 1<<20-3) + code
	for name, text := range map[string]string{
		"plain": "a " + code, "in small letters": strings.ToLower(code), "across two pieces": far,
		"hexadecimal":          `\x` + hex.EncodeToString([]byte("y"+code)),
		"base64":               base64.StdEncoding.EncodeToString([]byte(code)),
		"base64, second place": base64.StdEncoding.EncodeToString([]byte("y" + code)),
		"base64, third place":  base64.URLEncoding.EncodeToString([]byte("yz" + code)),
	} {
		if !w.isIn(t, text) {
			t.Errorf("%s: not found", name)
		}
	}
	if w.isIn(t, "QZX JKW "+strings.Repeat("x", 3<<20)) {
		t.Error("found in a text without it")
	}
}
