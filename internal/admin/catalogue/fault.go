package catalogue

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one error in a file, reported to the operator.
type Fault struct {
	File    string
	Line    int // from 1
	Column  int // from 1, in characters
	Path    string
	Message string
}

func (f Fault) String() string {
	place := fmt.Sprintf("%s:%d:%d: ", f.File, f.Line, f.Column)
	if f.Path != "" {
		place += f.Path + ": "
	}
	return place + f.Message
}

// Faults are all errors in a file, in the order of their places.
type Faults []Fault

// Error has one line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

func (fs Faults) sort() {
	slices.SortStableFunc(fs, func(a, b Fault) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}
