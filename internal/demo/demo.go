// Package demo has the demo's data: a catalogue, and invented institutions and people. The tests use the same
// catalogue. README.md describes the format of the data files.
package demo

import (
	"bytes"
	_ "embed" // one variable for each file, so that a program contains only the files that it uses
)

//go:generate go run ./thousand -o thousand.yaml

var (
	//go:embed catalogue.json
	products []byte
	//go:embed data.yaml
	people []byte
	//go:embed thousand.yaml
	largeDataFile []byte
)

// CatalogueName is the catalogue's file name in error messages.
const CatalogueName = "catalogue.json"

// File is a data file.
type File struct {
	Name    string
	Content []byte
}

// Catalogue is the demo's catalogue, in the format of package catalogue.
func Catalogue() []byte { return bytes.Clone(products) }

// Data returns the demo's data files in the order of import. The people of the first file are offered at sign-in, the
// most useful first; the second file has an institution with a thousand users.
func Data() []File {
	return []File{{"data.yaml", bytes.Clone(people)}, {"thousand.yaml", bytes.Clone(largeDataFile)}}
}
