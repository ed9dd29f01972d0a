// Package demo holds what the demo shows: a catalogue, and invented institutions with invented people. The same
// catalogue serves the tests. README.md tells the format of the data files.
package demo

import "embed"

//go:generate go run ../../internal/seed/thousand -o thousand.yaml

//go:embed catalogue.json *.yaml
var files embed.FS

// CatalogueName is what faults call the catalogue's file.
const CatalogueName = "catalogue.json"

// File is a data file.
type File struct {
	Name    string
	Content []byte
}

// Catalogue is the demo's catalogue, in the format of package catalogue.
func Catalogue() []byte { return read(CatalogueName) }

// Data are the demo's data files, in the order in which they are to be loaded. The people of the first are those to offer at
// sign-in, the most useful first; those of the second are a crowd to walk through.
func Data() []File {
	return []File{{"data.yaml", read("data.yaml")}, {"thousand.yaml", read("thousand.yaml")}}
}

func read(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded: it is there or nothing was built
	}
	return content
}
