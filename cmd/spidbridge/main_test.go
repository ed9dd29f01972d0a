package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const people = `[{"fiscalCode":"RSSMRA80A01H501U","firstName":"Mario","lastName":"Rossi","note":"Operatore"},
	{"fiscalCode":"RSSMRA75C22H50MA","firstName":"Maria","lastName":"Rossi"}]`

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// environment is a valid environment, with changes in pairs.
func environment(t *testing.T, changes ...string) func(string) string {
	t.Helper()
	values := map[string]string{
		"APP_ENV":              "development",
		"BRIDGE_LISTEN":        "127.0.0.1:0",
		"BRIDGE_ISSUER":        "http://127.0.0.1:8090/idp",
		"BRIDGE_CLIENT_ID":     "demo",
		"BRIDGE_CLIENT_SECRET": "a secret",
		"BRIDGE_REDIRECT_URIS": "http://127.0.0.1:8080/login/return, http://localhost:8080/login/return",
		"BRIDGE_IDENTITIES":    write(t, people),
	}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	return func(name string) string { return values[name] }
}

func TestTheBridgeServesUntilStoppedThenEndsWithoutError(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	logs, written := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, environment(t), written) }()

	var line struct{ Listen string }
	if err := json.NewDecoder(logs).Decode(&line); err != nil {
		t.Fatal(err)
	}
	response, err := http.Get("http://" + line.Listen + "/idp/.well-known/openid-configuration")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("discovery answers %s", response.Status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), environment(t,
		"APP_ENV", "production",
		"BRIDGE_ISSUER", "",
		"BRIDGE_CLIENT_ID", "",
		"BRIDGE_REDIRECT_URIS", "/relative",
		"BRIDGE_IDENTITIES", write(t, `[{"fiscalCode":"short","firstName":"A","lastName":"B"}]`),
		"BRIDGE_KEY_FILE", write(t, "not a key"),
	), io.Discard)
	if err == nil {
		t.Fatal("started")
	}
	for _, want := range []string{"production", "issuer is missing", "identifier", `"/relative"`, "BRIDGE_IDENTITIES", "BRIDGE_KEY_FILE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
}

func TestEachFaultAloneStopsTheStart(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string][]string{
		"production":             {"APP_ENV", "production"},
		"production in capitals": {"APP_ENV", " Production "},
		"prod":                   {"APP_ENV", "prod"},
		"not said":               {"APP_ENV", ""},
		"no identities":          {"BRIDGE_IDENTITIES", ""},
		"identities not JSON":    {"BRIDGE_IDENTITIES", write(t, "{")},
		"an empty list":          {"BRIDGE_IDENTITIES", write(t, "[]")},
		"a misspelt field":       {"BRIDGE_IDENTITIES", write(t, `[{"fiscalcod":"x"}]`)},
		"one person twice":       {"BRIDGE_IDENTITIES", write(t, strings.ReplaceAll(people, "RSSMRA75C22H50MA", "RSSMRA80A01H501U"))},
		"two secrets":            {"BRIDGE_CLIENT_SECRET_FILE", write(t, "another")},
		"no secret":              {"BRIDGE_CLIENT_SECRET", ""},
		"secret file missing":    {"BRIDGE_CLIENT_SECRET", "", "BRIDGE_CLIENT_SECRET_FILE", "/nonexistent"},
		"no redirect address":    {"BRIDGE_REDIRECT_URIS", " , "},
		"address not to be had":  {"BRIDGE_LISTEN", "127.0.0.1:99999"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if err := run(ctx, environment(t, changes...), onWrite(stop)); err == nil {
				t.Error("started")
			}
		})
	}
}

// onWrite is a log that stops the process at its first line, which it writes when it has started.
type onWrite func()

func (stop onWrite) Write(b []byte) (int, error) {
	stop()
	return len(b), nil
}

func TestSecretAndKeyAreReadFromFiles(t *testing.T) {
	t.Parallel()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for kind, der := range map[string][]byte{"PRIVATE KEY": pkcs8, "RSA PRIVATE KEY": x509.MarshalPKCS1PrivateKey(key)} {
		var file bytes.Buffer
		if err := pem.Encode(&file, &pem.Block{Type: kind, Bytes: der}); err != nil {
			t.Fatal(err)
		}
		got, err := readSettings(environment(t,
			"BRIDGE_CLIENT_SECRET", "", "BRIDGE_CLIENT_SECRET_FILE", write(t, "from a file\n"),
			"BRIDGE_KEY_FILE", write(t, file.String())))
		if err != nil {
			t.Fatal(err)
		}
		if got.bridge.Clients[0].Secret != "from a file" {
			t.Errorf("secret %q", got.bridge.Clients[0].Secret)
		}
		if !key.Equal(got.bridge.Key) {
			t.Errorf("%s: another key", kind)
		}
	}
}
