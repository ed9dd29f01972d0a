package main

import (
	"os"
	"testing"
)

func TestTheCommittedFileIsUpToDate(t *testing.T) {
	t.Parallel()
	want, err := renderFile()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../thousand.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("thousand.yaml is stale: go generate ./internal/demo")
	}
}
