// Package spreadsheet writes lists for spreadsheets and reads those that people make with them. It knows rows and cells, and
// nothing of what stands in them.
//
// A list is full of what people typed: a cell that starts like a formula would be run as one by whoever opens the file. So
// none does.
package spreadsheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// CSV writes a list as text, the way Italian spreadsheets read it with a double click: semicolons, CRLF, and the mark without
// which they take UTF-8 for something else. Rows leave as they fill a buffer of a few kilobytes.
type CSV struct{ out *csv.Writer }

// NewCSV begins a file. What can't be written is told by Close, if not before.
func NewCSV(w io.Writer) *CSV {
	buffer := bufio.NewWriter(w) // the one that the csv.Writer uses too
	_, _ = buffer.WriteString("\uFEFF")
	out := csv.NewWriter(buffer)
	out.Comma, out.UseCRLF = ';', true
	return &CSV{out}
}

// Row writes a row.
func (f *CSV) Row(cells ...string) error {
	if err := f.out.Write(escapeFormula(cells)); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// Close writes what is still in the buffer.
func (f *CSV) Close() error {
	f.out.Flush()
	if err := f.out.Error(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// escapeFormula puts an apostrophe before what a spreadsheet would take for a formula.
func escapeFormula(cells []string) []string {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cell = "'" + cell
		}
		safe[i] = cell
	}
	return safe
}
