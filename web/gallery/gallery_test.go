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

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web/gallery"
)

// go test ./web/gallery -update rewrites the outlines after an intended change; review them with git diff.
var update = flag.Bool("update", false, "write the outlines of the pages to testdata")

var (
	assetHash   = regexp.MustCompile(`\.[0-9a-f]{10}\.`)
	institution = regexp.MustCompile(`0b7f9d5e-0000-4000-8000-0*([1-9]\d*)`)
	user        = regexp.MustCompile(`5d3c1a2b-0000-4000-8000-0*([1-9]\d*)`)
)

// outline is a page's title, what surrounds its main part, and the main part. Identifiers are short, and the names of
// assets have no hash, which changes with every stylesheet.
func outline(t *testing.T, source string) (title, frame, main string) {
	t.Helper()
	source = assetHash.ReplaceAllString(source, ".")
	source = institution.ReplaceAllString(source, "i$1")
	source = user.ReplaceAllString(source, "u$1")
	page := htmltest.ParseString(t, source)
	title, whole := page.Title(), page.Outline()
	main = page.One("main", "").Outline()
	frame = strings.Replace(whole, main, main[:strings.Index(main, "\n")+1], 1)
	if frame == whole || !strings.Contains(whole, "title "+title+"\n") {
		t.Fatalf("the main part or the title is not in the outline:\n%s", whole)
	}
	frame = strings.Replace(frame, "title "+title+"\n", "title\n", 1)
	return title, frame, strings.ReplaceAll("\n"+main[strings.Index(main, "\n")+1:], "\n  ", "\n")[1:]
}

func render(t *testing.T, p gallery.Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Component.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Golden files hold one language, one file for each kind of page. The frame (what surrounds the main part) has a file
// of its own, in which each different frame appears once, under the name of the first page that has it; so do its head
// and its foot.
func TestEveryPageMatchesItsGoldenOutline(t *testing.T) {
	t.Parallel()
	files, frames := map[string]string{}, map[string]string{}
	// once adds a text to the file of frames, unless it is there, and returns the name of the first page that has it.
	once := func(name, part, text string) string {
		if frames[text] == "" {
			frames[text] = name
			files["frame"] += "== " + name + part + "\n" + text + "\n"
		}
		return frames[text]
	}
	known := map[string]bool{}
	for _, k := range gallery.Kinds(access.Italian) {
		for _, p := range k.Pages {
			if known[p.Name] {
				t.Errorf("two pages are called %q", p.Name)
			}
			known[p.Name] = true
			title, frame, main := outline(t, render(t, p))
			const skip = "link \"Vai al contenuto\""
			head, rest, _ := strings.Cut(frame, skip)
			body, foot, _ := strings.Cut(rest, "\nmain ")
			of := once(p.Name, "", "under the head of "+once(p.Name, ": head", head)+"\n"+
				skip+body+"\nover the foot of "+once(p.Name, ": foot", foot)+"\n")
			files[k.Name] += "== " + p.Name + ", in the frame of " + of + "\ntitle " + title + "\n" + main + "\n"
		}
	}
	for name, got := range files {
		compare(t, filepath.Join("testdata", name+".txt"), strings.TrimSuffix(got, "\n"))
	}
	found, err := filepath.Glob(filepath.Join("testdata", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		if _, ok := files[strings.TrimSuffix(filepath.Base(file), ".txt")]; !ok {
			t.Errorf("%s belongs to no kind of page", file)
		}
	}
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-golden +now); if intended, run go test ./web/gallery -update:\n%s", file, diff)
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
			t.Errorf("the index does not link to %s", p.Name)
		}
	}
}
