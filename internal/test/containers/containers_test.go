// Package containers_test builds the images of the Dockerfile, runs compose.yaml, and uses the site that it starts.
package containers_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
)

const (
	project   = "areariservata-test"
	buildTag  = project + ":build"
	imageTag  = project + ":run"
	demoTag   = project + ":demo"
	waitLimit = 30 * time.Second
)

// Both images are built, small and without a shell; the demo in containers starts, nothing in it has a right it does not
// need, a person signs in and suspends another, who gets the e-mail; nothing is left when it is taken down.
func TestTheImagesAreBuiltAndTheDemoWorks(t *testing.T) {
	engine(t)
	used := imagesUsed(t)
	used.provide(t)
	build(t, used)
	t.Run("images", func(t *testing.T) {
		for image, programs := range map[string][]string{imageTag: {"areariservata"}, demoTag: {"areariservata", "spidbridge"}} {
			for _, fault := range imageFaults(t, image, programs...) {
				t.Errorf("%s: %s", image, fault)
			}
			stamp := "areariservata v0.0.0-test, commit 0abc of 2026-01-01, "
			if got := run(t, "docker", "run", "--rm", image, "version"); !strings.HasPrefix(got, stamp) {
				t.Errorf("%s: its version is %q", image, got)
			}
		}
	})
	t.Run("checks", func(t *testing.T) { checksFindTheirFaults(t, used.postgres) })
	t.Run("compose", func(t *testing.T) {
		compose := up(t)
		for _, service := range []string{"app", "idp"} {
			container := run(t, append(compose, "ps", "--quiet", service)...)
			for _, fault := range processFaults(t, container, used.postgres) {
				t.Errorf("%s %s", service, fault)
			}
		}
		suspend(t)
		down(t, compose)
	})
}

// build builds the Dockerfile's targets.
func build(t testing.TB, used images) {
	t.Helper()
	arguments := []string{
		"docker", "build", "--quiet", "--build-arg=GOPROXY=" + used.modules(t),
		"--build-arg=VERSION=v0.0.0-test", "--build-arg=COMMIT=0abc", "--build-arg=DATE=2026-01-01",
	}
	for _, target := range []string{buildTag, imageTag, demoTag} { // the stage that compiles has a name too, to be removed by
		start := time.Now()
		_, name, _ := strings.Cut(target, ":")
		command := append(arguments[:len(arguments):len(arguments)], "--tag="+target)
		if target != imageTag { // the default target
			command = append(command, "--target="+name)
		}
		run(t, append(command, ".")...)
		atEnd(t, "docker", "image", "rm", target)
		t.Logf("%s: built in %s", target, since(start))
	}
}

// up starts compose.yaml as a project of its own, with the demo's image of this test, and waits until it is healthy.
func up(t testing.TB) (compose []string) {
	t.Helper()
	start := time.Now()
	override := "services:\n"
	for _, service := range []string{"migrate", "catalogue", "data", "app", "idp"} {
		override += fmt.Sprintf("  %s: {image: %q, pull_policy: never}\n", service, demoTag)
	}
	file := filepath.Join(t.TempDir(), "images.yaml")
	if err := os.WriteFile(file, []byte(override), 0o600); err != nil {
		t.Fatal(err)
	}
	compose = append(findCompose(t), "--project-name="+project, "--file=compose.yaml", "--file="+file)
	t.Logf("compose: ready in %s", since(start))
	remove := append(compose[:len(compose):len(compose)], "down", "--volumes", "--timeout=20")
	run(t, remove...) // what an interrupted test has left
	atEnd(t, remove...)

	start = time.Now()
	run(t, append(compose[:len(compose):len(compose)], "up", "--detach", "--no-build", "--quiet-pull")...)
	for _, service := range []string{"db", "app"} {
		container := run(t, append(compose[:len(compose):len(compose)], "ps", "--quiet", service)...)
		waitUntil(t, service+" is healthy", func() bool {
			return run(t, "docker", "inspect", "--format={{.State.Health.Status}}", container) == "healthy"
		})
	}
	t.Logf("compose up: healthy in %s", since(start))
	return compose[:len(compose):len(compose)]
}

// suspend signs in as the demo's first identity, suspends a role, and waits for the e-mail about it.
func suspend(t testing.TB) {
	t.Helper()
	dial := &net.Dialer{Timeout: waitLimit}
	b := site.NewBrowser(t, "http://localhost:8080", &http.Transport{
		// As browsers do: every name below localhost is this machine.
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return dial.DialContext(ctx, network, strings.Replace(address, "idp.localhost", "127.0.0.1", 1))
		},
	}, nil)
	p := b.Press(b.Follow(b.Get("/"), htmltest.SignIn), "Entra con SPID")
	p = b.Press(p, p.All("button", "")[0].Name())
	p = b.Press(p, "Acconsenti e accedi")
	p = b.Follow(p, "Utenti")
	for _, tab := range p.Names("link") { // with the number of its users
		if strings.HasPrefix(tab, "Interoperabilità (") {
			p = b.Follow(p, tab)
		}
	}
	p = b.Follow(p, "De Santis Lucia")
	const role = " Operatore API di Lucia De Santis"
	p = b.Press(b.Follow(p, htmltest.Suspend+role), htmltest.Suspend)
	if !p.Has("link", htmltest.Reactivate+role) {
		t.Errorf("the role is not suspended: %d %s\n%s", p.Status, p.URL, p.Text())
	}
	var subjects []string
	waitUntil(t, "the e-mail has arrived", func() bool {
		subjects = mailbox(t, "lucia.desantis@roccaserena.example")
		return len(subjects) > 0
	})
	if len(subjects) != 1 || !strings.HasSuffix(subjects[0], ": un tuo ruolo è stato sospeso") {
		t.Errorf("the e-mails: %q", subjects)
	}
}

// down takes the project down. Nothing of it may be left.
func down(t testing.TB, compose []string) {
	t.Helper()
	start := time.Now()
	run(t, append(compose, "down", "--volumes")...)
	t.Logf("compose down: %s", since(start))
	label := "--filter=label=com.docker.compose.project=" + project
	for _, list := range [][]string{{"ps", "--all"}, {"volume", "ls"}, {"network", "ls"}} {
		if left := run(t, append(append([]string{"docker"}, list...), "--quiet", label)...); left != "" {
			t.Errorf("%s: left after `compose down`: %s", list[0], left)
		}
	}
}

func waitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	limit := time.After(waitLimit)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("after %s still not: %s", waitLimit, what)
		case <-again.C:
		}
	}
}
