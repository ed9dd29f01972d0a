package spreadsheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Row is a row of a file and the number of its first line, from 1.
type Row struct {
	Line  int
	Cells []string
}

// ErrNotText reports a file that ReadCSV cannot read: a workbook, a picture, a text in another encoding.
var ErrNotText = errors.New("spreadsheet: not a text file")

// QuotesError reports unbalanced quotation marks and their line.
type QuotesError struct{ Line int }

// Error is for logs.
func (e *QuotesError) Error() string {
	return fmt.Sprintf("spreadsheet: quotation marks on line %d", e.Line)
}

// Text decodes a file: UTF-8, with or without a byte order mark, otherwise an encoding of spreadsheet programs that is
// recognised with certainty. Line breaks become line feeds: a browser changes them when it sends a text back, and a
// carriage return alone, as old programs on Macs write it, would be no line break for [ReadCSV]. Errors: [ErrNotText],
// [*EncodingError].
func Text(file []byte) (string, error) {
	file = bytes.TrimPrefix(file, []byte("\uFEFF"))
	if bytes.IndexByte(file, 0) >= 0 {
		return "", ErrNotText
	}
	text := string(file)
	if !utf8.Valid(file) {
		var err error
		if text, err = decode(file); err != nil {
			return "", err
		}
	}
	return lineBreaks.Replace(text), nil
}

// lineBreaks makes all line breaks line feeds.
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// ReadCSV reads the non-empty rows of a text whose cells are separated by semicolons, commas or tabs. It trims the cells,
// and takes off the apostrophe that [CSV] writes before what looks like a formula. It stops after most+1 rows; the extra
// row shows the caller that there are too many. Errors: [*QuotesError].
func ReadCSV(text string, most int) ([]Row, error) {
	comma, text, skipped := separator(text)
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = comma, -1, true
	var rows []Row
	for len(rows) <= most {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var fault *csv.ParseError
		if errors.As(err, &fault) {
			return nil, &QuotesError{fault.StartLine + skipped}
		}
		if err != nil {
			return nil, fmt.Errorf("spreadsheet: %w", err)
		}
		row := Row{Cells: slices.Clone(cells)}
		line, _ := in.FieldPos(0)
		row.Line = line + skipped
		hasText := false
		for i, cell := range row.Cells {
			row.Cells[i] = unescapeFormula(strings.TrimSpace(cell))
			hasText = hasText || row.Cells[i] != ""
		}
		if hasText {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// separator finds the character between the cells: the one declared by a first line "sep=;", which some spreadsheets
// write and which is skipped, or the most frequent one in the first non-empty line.
func separator(text string) (comma rune, rest string, skipped int) {
	first, rest, _ := strings.Cut(text, "\n")
	declared := strings.TrimRight(first, "\r")
	if len(declared) == len("sep=;") && strings.EqualFold(declared[:4], "sep=") && strings.Contains(";,\t", declared[4:]) {
		return rune(declared[4]), rest, 1
	}
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		comma, most := ';', 0
		for _, c := range ";,\t" {
			if n := strings.Count(line, string(c)); n > most {
				comma, most = c, n
			}
		}
		return comma, text, 0
	}
	return ';', text, 0
}
