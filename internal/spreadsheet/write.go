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

	"github.com/xuri/excelize/v2"
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
	if err := f.out.Write(harmless(cells)); err != nil {
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

// harmless puts an apostrophe before what a spreadsheet would take for a formula.
func harmless(cells []string) []string {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cell = "'" + cell
		}
		safe[i] = cell
	}
	return safe
}

// Column is a column of a workbook: its heading, and how wide it is, in characters.
type Column struct {
	Title string
	Width float64
}

// XLSX writes a list as a workbook of one sheet: a bold heading that stays in sight, and a filter on each column. Cells are
// text whatever they look like, so none is a formula.
//
// A workbook can't be written before it is whole: up to 16 MiB of rows wait in memory, the others in a temporary file, where
// there may be one.
type XLSX struct {
	to      io.Writer
	book    *excelize.File
	sheet   *excelize.StreamWriter
	name    string
	columns int
	rows    int
}

// NewXLSX begins a workbook that Close writes to w. Closing frees what the rows take up; it must be called whatever happens.
func NewXLSX(w io.Writer, sheet string, columns []Column) (*XLSX, error) {
	book := excelize.NewFile()
	f := &XLSX{to: w, book: book, name: sheet, columns: len(columns)}
	if err := f.head(sheet, columns); err != nil {
		_ = book.Close()
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	return f, nil
}

// head sets the columns and writes their headings. A sheet's widths and panes come before its rows.
func (f *XLSX) head(sheet string, columns []Column) (err error) {
	if err = f.book.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	if f.sheet, err = f.book.NewStreamWriter(sheet); err != nil {
		return err
	}
	bold, err := f.book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	titles := make([]any, len(columns))
	for i, c := range columns {
		titles[i] = excelize.Cell{StyleID: bold, Value: c.Title}
		if err = f.sheet.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if err = f.sheet.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	f.rows = 1
	return f.sheet.SetRow("A1", titles)
}

// Row writes a row.
func (f *XLSX) Row(cells ...string) error {
	f.rows++
	values := make([]any, len(cells))
	for i, cell := range cells {
		values[i] = cell
	}
	if err := f.sheet.SetRow(fmt.Sprintf("A%d", f.rows), values); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// Close writes the workbook.
func (f *XLSX) Close() error {
	if err := f.finish(); err != nil {
		_ = f.book.Close()
		return fmt.Errorf("xlsx: %w", err)
	}
	if err := f.book.Close(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

func (f *XLSX) finish() error {
	last, err := excelize.CoordinatesToCellName(f.columns, f.rows)
	if err != nil {
		return err
	}
	if err := f.book.AutoFilter(f.name, "A1:"+last, nil); err != nil {
		return err
	}
	if err := f.sheet.Flush(); err != nil {
		return err
	}
	return f.book.Write(f.to)
}

// Discard frees what the rows take up, of a workbook that nobody wants any more.
func (f *XLSX) Discard() { _ = f.book.Close() }
