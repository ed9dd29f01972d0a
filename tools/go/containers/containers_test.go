// Package containers checks Dockerfile, compose.yaml and the Kubernetes manifests without an engine or a cluster: with
// BuildKit's parser, Compose's loader, kustomize, Kubernetes' types and its standard for pods; and against the program that
// they run. It is in the tools' module, so that its dependencies are not the application's.
package containers

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

const root = "../../../"

// stages parses the Dockerfile. Every warning of BuildKit's linter is a failure.
func stages(t *testing.T, dockerfile string) []instructions.Stage {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader(dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Error(w.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, at []parser.Range) {
		t.Errorf("line %d: %s: %s", at[0].Start.Line, rule, message)
	}})
	all, _, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(root + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestTheImageIsNotRootHasNoShellAndAHealthCheck(t *testing.T) {
	t.Parallel()
	all := stages(t, read(t, "Dockerfile"))
	if last := all[len(all)-1]; last.BaseName != "run" || len(last.Commands) > 0 {
		t.Errorf("the default target is not the stage run, but %q with %d more commands", last.BaseName, len(last.Commands))
	}
	at := slices.IndexFunc(all, func(s instructions.Stage) bool { return s.Name == "run" })
	if at < 0 {
		t.Fatal("no stage run")
	}
	var user, program string
	var health bool
	for _, command := range all[at].Commands {
		switch c := command.(type) {
		case *instructions.RunCommand:
			t.Error("the image's stage has a RUN command, which needs a shell")
		case *instructions.UserCommand:
			user = c.User
		case *instructions.HealthCheckCommand:
			health = c.Health.Test[0] == "CMD" && slices.Contains(c.Health.Test, "healthcheck")
		case *instructions.EntrypointCommand:
			program = strings.Join(c.CmdLine, " ")
			if c.PrependShell {
				t.Error("the entry point needs a shell")
			}
		}
	}
	if user != "65532:65532" || program != "/areariservata" || !health {
		t.Errorf("user %q, entry point %q, health check %v", user, program, health)
	}
}

func project(t *testing.T) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{root + "compose.yaml"}, cli.WithProfiles([]string{"*"}))
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestComposePublishesOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	published := 0
	for name, service := range project(t).Services {
		for _, port := range service.Ports {
			published++
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is published on %q", name, port.Published, port.HostIP)
			}
		}
	}
	if published == 0 {
		t.Error("nothing is published")
	}
}

func TestComposeGivesTheImageNoPrivilegesAndBuildsAnExistingStage(t *testing.T) {
	t.Parallel()
	all := stages(t, read(t, "Dockerfile"))
	ours := 0
	for name, service := range project(t).Services {
		if service.Build == nil {
			if !strings.Contains(service.Image, ":") {
				t.Errorf("%s: image %s has no version", name, service.Image)
			}
			continue
		}
		ours++
		if !service.ReadOnly || !slices.Equal(service.CapDrop, []string{"ALL"}) ||
			!slices.Contains(service.SecurityOpt, "no-new-privileges:true") {
			t.Errorf("%s: read_only %v, cap_drop %v, security_opt %v", name, service.ReadOnly, service.CapDrop, service.SecurityOpt)
		}
		if _, there := instructions.HasStage(all, service.Build.Target); !there {
			t.Errorf("%s: no stage %q in the Dockerfile", name, service.Build.Target)
		}
	}
	if ours == 0 {
		t.Error("no service of ours")
	}
}
