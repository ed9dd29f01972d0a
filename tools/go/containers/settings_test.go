package containers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// With the settings of the manifests, the program reports no fault but the missing database.
func TestTheProgramAcceptsTheSettingsOfTheManifests(t *testing.T) {
	t.Parallel()
	c, err := parseManifests(readManifests(t))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "areariservata")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/areariservata")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	secrets := map[string]string{
		"database/application-url": "postgres://app:password@127.0.0.1:1/areariservata?connect_timeout=2",
		"keys/find":                randomKey(), "keys/seal": randomKey(),
		"provider/client-secret": "a secret of this test's own", "mail/password": "another",
	}
	env := []string{}
	for name, value := range c.environment(c.deployments[0].Spec.Template.Spec.Containers[0]) {
		if secret, ok := strings.CutPrefix(value, "/run/secrets/"); ok {
			value = filepath.Join(folder, secret)
			if err := os.MkdirAll(filepath.Dir(value), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(value, []byte(secrets[secret]+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		switch name {
		case "LISTEN", "METRICS_LISTEN":
			value = "127.0.0.1:0"
		}
		env = append(env, name+"="+value)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, without := range []string{"", "OIDC_ISSUER="} {
		serve := exec.CommandContext(ctx, program, "serve")
		serve.Env = nil
		for _, e := range env {
			if without == "" || !strings.HasPrefix(e, without) {
				serve.Env = append(serve.Env, e)
			}
		}
		out, err := serve.CombinedOutput()
		if started := strings.Contains(string(out), "127.0.0.1:1"); err == nil || started != (without == "") {
			t.Errorf("without %q: %v\n%s", without, err, out)
		}
	}
}

// randomKey is a key as `openssl rand -hex 32` makes it.
func randomKey() string {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return hex.EncodeToString(key)
}
