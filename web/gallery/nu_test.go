package gallery_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"areariservata.example/utenti/web/gallery"
)

// Neither an error nor a warning. NU names the Nu Html Checker's jar, which needs Java: `make nu` runs this with npm's.
func TestTheNuCheckerFindsNothing(t *testing.T) {
	t.Parallel()
	jar := os.Getenv("NU")
	if jar == "" {
		t.Skip("needs Java and the Nu Html Checker: make nu")
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
	said, err := exec.CommandContext(t.Context(), "java", "-jar", jar, "--stdout", "--Werror", dir).CombinedOutput()
	if err != nil || len(said) > 0 {
		t.Errorf("%v:\n%s", err, said)
	}
	t.Logf("%d pages looked at", len(pages))
}
