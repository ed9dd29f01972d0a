package gallery_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"areariservata.example/utenti/web/gallery"
)

// jar is the Nu Html Checker, as npm brings it.
const jar = "../../tools/node_modules/vnu-jar/build/dist/vnu.jar"

// The checker reports neither errors nor warnings on any page in any state. It needs Java and npm's packages; with
// NU=yes (make nu) their absence is a failure.
func TestTheNuCheckerFindsNothing(t *testing.T) {
	t.Parallel()
	_, noJava := exec.LookPath("java")
	_, noJar := os.Stat(jar)
	if err := errors.Join(noJava, noJar); err != nil && os.Getenv("NU") != "" {
		t.Fatal(err)
	} else if err != nil {
		t.Skipf("the Nu Html Checker needs Java and npm ci --prefix tools: %v", err)
	}
	dir := t.TempDir()
	pages := append(gallery.Pages(), gallery.Page{Name: "index", Component: gallery.Index()})
	for _, p := range pages {
		var b bytes.Buffer
		if err := p.Component.Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, p.Name+".html"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output, err := exec.CommandContext(t.Context(), "java", "-jar", jar, "--stdout", "--Werror", dir).CombinedOutput()
	if err != nil || len(output) > 0 {
		t.Errorf("%v:\n%s", err, output)
	}
	t.Logf("%d pages looked at", len(pages))
}
