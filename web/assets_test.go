package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"areariservata.example/utenti/internal/access"
)

func read(t *testing.T, name string) []byte {
	t.Helper()
	content, err := fs.ReadFile(Static, name)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestAssetsAreNamedByTheirContent(t *testing.T) {
	t.Parallel()
	for name, hashed := range manifest {
		sum := sha256.Sum256(read(t, hashed))
		if want := hex.EncodeToString(sum[:])[:10]; !strings.Contains(hashed, "."+want+".") {
			t.Errorf("%s is called %s, but its hash is %s", name, hashed, want)
		}
	}
}

func TestCompressedAssetsAreTheSameAssets(t *testing.T) {
	t.Parallel()
	files, err := fs.ReadDir(Static, ".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		plain, isBrotli := strings.CutSuffix(file.Name(), ".br")
		plain, isGzip := strings.CutSuffix(plain, ".gz")
		if content := read(t, file.Name()); len(content) > 1<<20 {
			t.Errorf("%s is larger than 1 MB", file.Name())
		}
		var unpacked io.Reader
		switch {
		case isBrotli:
			unpacked = brotli.NewReader(bytes.NewReader(read(t, file.Name())))
		case isGzip:
			if unpacked, err = gzip.NewReader(bytes.NewReader(read(t, file.Name()))); err != nil {
				t.Fatal(err)
			}
		default:
			continue
		}
		seen++
		content, err := io.ReadAll(unpacked)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(content, read(t, plain)) {
			t.Errorf("%s is not %s", file.Name(), plain)
		}
	}
	if seen == 0 {
		t.Error("nothing is compressed")
	}
}

func TestTheStylesheetEmbedsNoImagesAndKeepsItsNotice(t *testing.T) {
	t.Parallel()
	css := string(read(t, manifest["app.css"]))
	if strings.Contains(css, "data:") {
		t.Error("the stylesheet has data: addresses, which the content policy blocks")
	}
	if n := strings.Count(css, "BSD-3-Clause"); n != 1 {
		t.Errorf("the framework's notice occurs %d times", n)
	}
	for _, address := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(css, -1) {
		if _, err := fs.Stat(Static, strings.Trim(address[1], `"'`)); err != nil {
			t.Errorf("the stylesheet uses %s, which does not exist", address[1])
		}
	}
}

func TestEveryMonogramColourIsReadable(t *testing.T) {
	t.Parallel()
	css := string(read(t, manifest["app.css"]))
	found := regexp.MustCompile(`\.monogram-(\d+)\{background:(#[0-9a-f]{3,6})\}`).FindAllStringSubmatch(css, -1)
	if len(found) != access.ProductColours {
		t.Fatalf("the stylesheet has %d colours, the pages use %d", len(found), access.ProductColours)
	}
	for _, colour := range found {
		if ratio := 1.05 / (luminance(t, colour[2]) + 0.05); ratio < 4.5 {
			t.Errorf("white on colour %s: contrast %.2f, want 4.5", colour[1], ratio)
		}
		if isRed(t, colour[2]) {
			t.Errorf("colour %s is red, which means an error", colour[1])
		}
	}
}

// isRed reports whether the hue of #rrggbb is within 20 degrees of red.
func isRed(t *testing.T, colour string) bool {
	t.Helper()
	var red, green, blue float64
	digits := strings.TrimPrefix(colour, "#")
	step := len(digits) / 3
	for i, part := range []*float64{&red, &green, &blue} {
		n, err := strconv.ParseUint(digits[step*i:step*(i+1)], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		*part = float64(n)
	}
	return red > max(green, blue) && math.Abs(green-blue)/(red-min(green, blue)) < 20.0/60
}

// luminance is WCAG's relative luminance of #rrggbb.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	hex := strings.TrimPrefix(colour, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
