package gallery_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/web/gallery"
)

var update = flag.Bool("update", false, "write the pages down as they are now")

// assetHash in the names of assets change with every stylesheet, and would hide what changed in the pages.
var assetHash = regexp.MustCompile(`\.[0-9a-f]{10}\.`)

func TestEveryPageMatchesItsGoldenFile(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, p := range gallery.Pages() {
		if known[p.Name] {
			t.Errorf("two pages are called %q", p.Name)
		}
		known[p.Name] = true
		var b bytes.Buffer
		if err := p.Component.Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
		got := strings.ReplaceAll(assetHash.ReplaceAllString(b.String(), "."), "><", ">\n<") + "\n"
		file := filepath.Join("testdata", p.Name+".html")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v (write it down with -update)", err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s has changed (-written down +now); if that is meant, run with -update:\n%s", p.Name, diff)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".html"); !known[name] {
			t.Errorf("%s belongs to no page any more", file)
		}
	}
}

func TestTheIndexLeadsToEveryPage(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := gallery.Index().Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	for _, p := range gallery.Pages() {
		if !strings.Contains(b.String(), `href="/_gallery?page=`+p.Name+`"`) {
			t.Errorf("the index doesn't lead to %s", p.Name)
		}
	}
}
