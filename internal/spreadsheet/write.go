// Package spreadsheet writes lists for spreadsheet programs and reads the files that they save: CSV, and workbooks. It handles rows
// and cells without regard to their content.
//
// Lists contain text that users typed. A spreadsheet program runs a cell that looks like a formula, so no written cell
// does.
package spreadsheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// CSV writes a list in the form that Italian spreadsheet programs open with a double click: semicolons, CRLF, and a
// byte order mark, without which they misread UTF-8. Rows are written as they fill a buffer of a few kilobytes.
type CSV struct{ out *csv.Writer }

// NewCSV starts a file. Close returns any write error that Row has not returned.
func NewCSV(w io.Writer) *CSV {
	buffer := bufio.NewWriter(w) // the csv.Writer uses the same one
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

// Close flushes the buffer.
func (f *CSV) Close() error {
	f.out.Flush()
	if err := f.out.Error(); err != nil {
		return fmt.Errorf("csv: %w", err)
	}
	return nil
}

// escapeFormula puts an apostrophe before cells that look like a formula.
func escapeFormula(cells []string) []string {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		if isFormula(cell) {
			cell = "'" + cell
		}
		safe[i] = cell
	}
	return safe
}

func isFormula(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}

// unescapeFormula takes off the apostrophe that escapeFormula puts before a cell.
func unescapeFormula(cell string) string {
	if rest, found := strings.CutPrefix(cell, "'"); found && isFormula(rest) {
		return rest
	}
	return cell
}
