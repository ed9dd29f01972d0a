// Command licences lists the modules that the programs contain, each with its version and licence, without those of tests
// and tools. It fails on a licence that has not been reviewed.
//
//	licences FOLDER    the folder of the programs' own module
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// known are the reviewed licences, each by a phrase that no other contains. All let a public body use, change and pass on
// what is built with them; MPL-2.0 requires changes to its own files to be published, and there are none.
var known = []struct{ name, words string }{
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"Apache-2.0", "Apache License Version 2.0"},
	{"BSD-3-Clause", "nor the names of its contributors may be used to endorse"},
	{"BSD-2-Clause", "Redistributions of source code must retain the above copyright notice"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy"},
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: licences FOLDER")
	}
	const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-f", format, "./cmd/...")
	list.Dir, list.Stderr = args[0], os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	var unknown []string
	for _, m := range slices.Compact(modules) {
		field := strings.Split(m, "\t")
		name, err := licenceOf(field[2])
		if err != nil {
			return err
		}
		if name == "" {
			name = "?"
			unknown = append(unknown, field[0])
		}
		fmt.Printf("%-12s  %s %s\n", name, field[0], field[1])
	}
	if len(unknown) > 0 {
		return fmt.Errorf("not a reviewed licence: %s", strings.Join(unknown, ", "))
	}
	return nil
}

// licenceOf names the licence in a module's folder; empty if it is not a known one.
func licenceOf(folder string) (string, error) {
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "COPYING*"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return "", err
		}
		for _, file := range files {
			info, err := os.Stat(file)
			if err != nil || info.IsDir() {
				continue
			}
			content, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			text := normalize(string(content))
			for _, k := range known {
				if strings.Contains(text, k.words) {
					return k.name, nil
				}
			}
		}
	}
	return "", nil
}

// normalize joins a text's words with single blanks.
func normalize(text string) string { return strings.Join(strings.Fields(text), " ") }
