// Package demo holds what the demo shows: a catalogue, and invented institutions with invented people. The same
// catalogue serves the tests. README.md tells the format of the data files.
package demo

import (
	"bytes"
	_ "embed" // each file by itself: a program holds those that it uses
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

// CatalogueName is what faults call the catalogue's file.
const CatalogueName = "catalogue.json"

// File is a data file.
type File struct {
	Name    string
	Content []byte
}

// Catalogue is the demo's catalogue, in the format of package catalogue.
func Catalogue() []byte { return bytes.Clone(products) }

// Data are the demo's data files, in the order in which they are to be loaded. The people of the first are those to offer at
// sign-in, the most useful first; those of the second are a crowd to walk through.
func Data() []File {
	return []File{{"data.yaml", bytes.Clone(people)}, {"thousand.yaml", bytes.Clone(largeDataFile)}}
}
