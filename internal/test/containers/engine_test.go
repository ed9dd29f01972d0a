package containers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	root = "../../../"

	// standInModules is where a stand-in for the image of Go keeps the modules of go.mod.
	standInModules = "file:///modules"

	// composeModule builds Compose where the engine has no plugin of it.
	composeModule = "github.com/docker/compose/v2@v2.40.3"
)

// run runs a command at the repository's root, and returns its output.
func run(t testing.TB, command ...string) string {
	t.Helper()
	var out, faults bytes.Buffer
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	c.Dir, c.Stdout, c.Stderr = root, &out, &faults
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", strings.Join(command, " "), err, &out, &faults)
	}
	return strings.TrimSpace(out.String())
}

// succeeds reports whether a command can be run.
func succeeds(t testing.TB, command ...string) bool {
	t.Helper()
	return exec.CommandContext(t.Context(), command[0], command[1:]...).Run() == nil
}

// atEnd runs a command when the test ends, however it ends.
func atEnd(t testing.TB, command ...string) {
	t.Helper()
	t.Cleanup(func() {
		c := exec.Command(command[0], command[1:]...)
		c.Dir = root
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
	})
}

// engine fails the test where no container engine answers.
func engine(t testing.TB) {
	t.Helper()
	if os.Getenv("CONTAINERS") == "" {
		t.Skip("needs a container engine: make containers")
	}
	if !succeeds(t, "docker", "info") {
		t.Fatal("no container engine answers `docker info`")
	}
}

// images names the images that the Dockerfile and compose.yaml take from elsewhere.
type images struct{ golang, postgres, mail string }

func imagesUsed(t testing.TB) images {
	t.Helper()
	find := func(file, pattern string) string {
		content, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(pattern).FindSubmatch(content)
		if found == nil {
			t.Fatalf("%s has no %s", file, pattern)
		}
		return string(found[1])
	}
	return images{
		golang:   find("Dockerfile", `ARG GO_IMAGE=(\S+)`),
		postgres: find("compose.yaml", `image: (postgres:\S+)`),
		mail:     find("compose.yaml", `image: (\S+/mailpit:\S+)`),
	}
}

// provide makes the images available: those that are there, those that can be pulled, otherwise stand-ins, which are removed
// at the end.
func (i images) provide(t testing.TB) {
	t.Helper()
	folder := t.TempDir()
	for _, image := range []string{i.postgres, i.mail, i.golang} {
		start := time.Now()
		switch {
		case isStandIn(t, image): // left by an interrupted test
			t.Logf("%s: a stand-in, present", image)
			atEnd(t, "docker", "image", "rm", image)
		case succeeds(t, "docker", "image", "inspect", image):
			t.Logf("%s: present", image)
		case succeeds(t, "docker", "pull", "--quiet", image):
			t.Logf("%s: pulled", image)
		default:
			run(t, "internal/test/containers/standin", image, folder)
			atEnd(t, "docker", "image", "rm", image)
			t.Logf("%s: a stand-in, made in %s", image, since(start))
		}
	}
}

func isStandIn(t testing.TB, image string) bool {
	t.Helper()
	label := "label=areariservata.standin=yes"
	return run(t, "docker", "image", "ls", "--quiet", "--filter="+label, "--filter=reference="+image) != ""
}

// modules is the proxy from which a build takes Go's modules.
func (i images) modules(t testing.TB) string {
	t.Helper()
	if isStandIn(t, i.golang) {
		return standInModules
	}
	return run(t, "go", "env", "GOPROXY")
}

// findCompose returns the command of Compose: the engine's plugin, or a program built from its module.
func findCompose(t testing.TB) []string {
	t.Helper()
	if succeeds(t, "docker", "compose", "version") {
		return []string{"docker", "compose"}
	}
	var module struct{ Dir string }
	if err := json.Unmarshal([]byte(run(t, "go", "mod", "download", "-json", composeModule)), &module); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "docker-compose")
	run(t, "go", "build", "-C", module.Dir, "-buildvcs=false", "-o", program, "./cmd")
	return []string{program}
}

// mailbox returns the subjects of the e-mails that have been received for an address.
func mailbox(t testing.TB, address string) (subjects []string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost:8025/api/v1/messages", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var received struct {
		Messages []struct {
			To      []struct{ Address string }
			Subject string
		} `json:"messages"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&received); err != nil {
		t.Fatal(err)
	}
	for _, m := range received.Messages {
		for _, to := range m.To {
			if to.Address == address {
				subjects = append(subjects, m.Subject)
			}
		}
	}
	return subjects
}

func since(start time.Time) time.Duration { return time.Since(start).Round(100 * time.Millisecond) }
