package spreadsheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of a workbook that is read: a file of 256 KB may unpack to a thousand times as much.
const (
	maxParts    = 200     // files in the archive
	maxUnpacked = 4 << 20 // bytes of all of them
	maxColumns  = 200
)

// ErrWorkbookTooLarge reports a workbook beyond these limits, or with more text than a file may have.
var ErrWorkbookTooLarge = errors.New("spreadsheet: the workbook has more than is read")

// ErrWorkbook reports a workbook that cannot be read: damaged, or another kind of archive.
var ErrWorkbook = errors.New("spreadsheet: not a workbook that can be read")

// IsWorkbook reports whether a file is an archive, as a workbook (XLSX) is.
func IsWorkbook(file []byte) bool { return bytes.HasPrefix(file, []byte("PK\x03\x04")) }

// WorkbookText gives the first sheet of a workbook as text for [ReadCSV], with as many bytes at most: each row is the line
// of its number, and each cell what the spreadsheet program shows. It stops after most+1 rows that are not empty. Errors:
// [ErrWorkbook], [ErrWorkbookTooLarge].
func WorkbookText(file []byte, most, bytesAtMost int) (text string, err error) {
	defer func() {
		if fault := recover(); fault != nil { // of the library, by a damaged file
			text, err = "", fmt.Errorf("%w: %v", ErrWorkbook, fault)
		}
	}()
	if err := checkUnpacked(file); err != nil {
		return "", err
	}
	limits := excelize.Options{UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked} // nothing is unpacked to disk
	book, err := excelize.OpenReader(bytes.NewReader(file), limits)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	defer func() { _ = rows.Close() }()
	var out strings.Builder
	filled := 0
	for filled <= most && rows.Next() {
		cells, err := rows.Columns()
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrWorkbook, err)
		}
		if len(cells) > maxColumns {
			return "", ErrWorkbookTooLarge
		}
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			filled++
		}
		out.WriteString(tabbed(cells))
		if out.Len() > bytesAtMost {
			return "", ErrWorkbookTooLarge
		}
	}
	if err := rows.Error(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	return out.String(), nil
}

// checkUnpacked refuses an archive that unpacks to too much. The sizes are those that it declares: reading fails where a
// file has more.
func checkUnpacked(file []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWorkbook, err)
	}
	if len(archive.File) > maxParts {
		return ErrWorkbookTooLarge
	}
	left := uint64(maxUnpacked)
	for _, part := range archive.File {
		if part.UncompressedSize64 > left {
			return ErrWorkbookTooLarge
		}
		left -= part.UncompressedSize64
	}
	return nil
}

// tabbed is a line of cells between tabs, which outnumber the other signs that [ReadCSV] takes for separators.
func tabbed(cells []string) string {
	for i, cell := range cells {
		cell = strings.Join(strings.Fields(cell), " ") // on one line
		if strings.Contains(cell, `"`) {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		cells[i] = cell
	}
	line := strings.Join(cells, "\t")
	others := max(strings.Count(line, ";"), strings.Count(line, ","))
	return line + strings.Repeat("\t", max(0, others+1-strings.Count(line, "\t"))) + "\n"
}
