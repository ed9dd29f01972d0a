package containers_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	maxImage = 40_000_000 // bytes
	user     = "65532:65532"
)

// imageFaults compares an image with what it must be: small, of one user who is not root, with these programs and no shell.
func imageFaults(t testing.TB, image string, programs ...string) (faults []string) {
	t.Helper()
	about := strings.Fields(run(t, "docker", "image", "inspect", "--format", "{{.Size}} {{.Config.User}}", image))
	size, err := strconv.Atoi(about[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %.1f MB", image, float64(size)/1e6)
	if size >= maxImage {
		faults = append(faults, fmt.Sprintf("%d bytes, more than %d", size, maxImage))
	}
	if !slices.Equal(about[1:], []string{user}) {
		faults = append(faults, fmt.Sprintf("user %q", about[1:]))
	}
	found := executables(t, image)
	for _, name := range found {
		if !slices.Contains(programs, name) {
			faults = append(faults, "executable "+name)
		}
	}
	for _, name := range programs {
		if !slices.Contains(found, name) {
			faults = append(faults, "without "+name)
		}
	}
	return faults
}

// executables lists an image's executable files and its links, which may lead to one. The engine adds a link and empty files.
func executables(t testing.TB, image string) (names []string) {
	t.Helper()
	container := run(t, "docker", "create", image, "none")
	defer run(t, "docker", "rm", container)
	export := exec.CommandContext(t.Context(), "docker", "export", container)
	out, err := export.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := export.Start(); err != nil {
		t.Fatal(err)
	}
	files := tar.NewReader(out)
	for {
		file, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		link := file.Typeflag == tar.TypeSymlink && file.Name != "etc/mtab" || file.Typeflag == tar.TypeLink
		if link || file.Typeflag == tar.TypeReg && file.Mode&0o111 != 0 && file.Size > 0 {
			names = append(names, strings.TrimPrefix(file.Name, "./"))
		}
	}
	if err := export.Wait(); err != nil {
		t.Fatal(err)
	}
	return names
}

// What the kernel says of a process that has nothing it does not need.
var confined = map[string]*regexp.Regexp{
	"is not the user " + user: regexp.MustCompile(`(?s)\nUid:(\s65532){4}\n.*Gid:(\s65532){4}\n`),
	"may get new privileges":  regexp.MustCompile(`\nNoNewPrivs:\s1\n`),
	"has capabilities":        regexp.MustCompile(`\nCapPrm:\s0+\nCapEff:\s0+\nCapBnd:\s0+\n`),
	"its root can be written": regexp.MustCompile(`(?m)^\S+ / \S+ (ro|\S+,ro)(,\S+)? 0 0$`),
}

// processFaults looks at a running container's first process and its root through /proc, from a container beside it.
func processFaults(t testing.TB, container, reader string) (faults []string) {
	t.Helper()
	seen := run(t, "docker", "run", "--rm", "--pid=container:"+container, "--entrypoint=cat", reader, "/proc/1/status", "/proc/1/mounts")
	for fault, pattern := range confined {
		if !pattern.MatchString(seen + "\n") {
			faults = append(faults, fault)
		}
	}
	slices.Sort(faults)
	return faults
}

// The image of PostgreSQL has everything that ours must not have, and so must be found wanting.
func checksFindTheirFaults(t *testing.T, other string) {
	t.Helper()
	found := strings.Join(imageFaults(t, other, "areariservata"), "\n")
	for _, fault := range []string{"more than", "user []", "executable usr/bin/sh", "without areariservata"} {
		if !strings.Contains(found, fault) {
			t.Errorf("%s: %q is not found", other, fault)
		}
	}
	container := run(t, "docker", "run", "--detach", "--entrypoint=sleep", other, "600")
	atEnd(t, "docker", "rm", "--force", container)
	if found := processFaults(t, container, other); len(found) != len(confined) {
		t.Errorf("of a container with every right these faults alone are found: %q", found)
	}
}
