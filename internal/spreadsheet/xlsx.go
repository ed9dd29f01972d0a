package spreadsheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html/charset"
)

// Limits of a workbook that is read: a file of 256 KB may unpack to a thousand times as much.
const (
	maxParts    = 200     // files in the archive
	maxUnpacked = 4 << 20 // bytes of all of them
	maxColumns  = 200
)

// ErrWorkbookTooLarge reports a workbook beyond these limits, or with more text than a file may have.
var ErrWorkbookTooLarge = errors.New("spreadsheet: the workbook has more than is read")

// ErrWorkbook reports an archive of another kind.
var ErrWorkbook = errors.New("spreadsheet: not a workbook that can be read")

// ErrWorkbookDamaged reports a workbook with a part that ends too early or is no XML: of its rows, some may be missing.
var ErrWorkbookDamaged = errors.New("spreadsheet: the workbook is damaged")

// IsWorkbook reports whether a file is an archive, as a workbook (XLSX) is.
func IsWorkbook(file []byte) bool { return bytes.HasPrefix(file, []byte("PK\x03\x04")) }

// WorkbookText gives the first sheet of a workbook as text for [ReadCSV], with as many bytes at most: each row is the line
// of its number, and each cell what the spreadsheet program shows. It stops after most+1 rows that are not empty. Errors:
// [ErrWorkbook], [ErrWorkbookDamaged], [ErrWorkbookTooLarge].
func WorkbookText(file []byte, most, bytesAtMost int) (text string, err error) {
	defer func() {
		if fault := recover(); fault != nil { // of the library, by a damaged file
			text, err = "", fmt.Errorf("%w: %v", ErrWorkbookDamaged, fault)
		}
	}()
	if err := checkParts(file); err != nil {
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
			return "", fmt.Errorf("%w: %w", ErrWorkbookDamaged, err)
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
		return "", fmt.Errorf("%w: %w", ErrWorkbookDamaged, err)
	}
	return out.String(), nil
}

// checkParts refuses an archive that unpacks to too much, and one with a part that is not well-formed XML: the library
// ends its rows there, as if the sheet had no more. The sizes are those that the archive declares: reading fails where a
// file has more.
func checkParts(file []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrWorkbookDamaged, err)
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
	for _, part := range archive.File {
		if err := checkPart(part); err != nil {
			return fmt.Errorf("%w: %w", ErrWorkbookDamaged, err)
		}
	}
	return nil
}

// checkPart reads a part to its end, if it is XML.
func checkPart(part *zip.File) error {
	if ext := strings.ToLower(path.Ext(part.Name)); ext != ".xml" && ext != ".rels" {
		return nil
	}
	in, err := part.Open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	decoder := xml.NewDecoder(in)
	decoder.CharsetReader = charset.NewReaderLabel // as the library
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
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
