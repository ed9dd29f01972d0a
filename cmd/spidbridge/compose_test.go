package main

import (
	"os"
	"testing"

	"go.yaml.in/yaml/v3"

	"areariservata.example/utenti/internal/bridge"
)

func TestTheSettingsInComposeAreAccepted(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Services map[string]struct{ Environment map[string]string }
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	env := file.Services["idp"].Environment
	if env["BRIDGE_IDENTITIES"] == "" {
		t.Fatal("compose.yaml names no identities")
	}
	env["BRIDGE_IDENTITIES"] = write(t, people) // the image has its own
	s, err := readSettings(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bridge.New(s.bridge); err != nil {
		t.Error(err)
	}
}
