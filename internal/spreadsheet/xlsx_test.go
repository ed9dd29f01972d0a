package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"areariservata.example/utenti/internal/spreadsheet"
)

// workbook is a workbook whose first sheet has these cells.
func workbook(t *testing.T, cells map[string]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for at, value := range cells {
		if err := book.SetCellValue("Sheet1", at, value); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repacked is an archive with some of its parts replaced or added.
func repacked(t *testing.T, file []byte, replaced map[string]string) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	write := func(name string, content io.Reader) {
		out, err := archive.Create(name)
		if err == nil {
			_, err = io.Copy(out, content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range old.File {
		if _, found := replaced[part.Name]; found {
			continue
		}
		in, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		write(part.Name, in)
	}
	for name, content := range replaced {
		write(name, strings.NewReader(content))
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Rows keep their numbers, and cells what would separate them in a CSV file.
func TestAWorkbookIsReadByRow(t *testing.T) {
	t.Parallel()
	file := workbook(t, map[string]any{
		"A1": "Nome, cognome, e altro; a; b", "B1": "Ruolo", "A3": "detto \"il\tNero\"\ndi\u00a0Sopra", "B3": 7, "C4": "Nèri", "A6": " ",
	})
	text, err := spreadsheet.WorkbookText(file, 9, 999)
	if err != nil || !spreadsheet.IsWorkbook(file) {
		t.Fatal(err)
	}
	rows, err := spreadsheet.ReadCSV(text, 9)
	for i, row := range rows {
		for len(row.Cells) > 2 && row.Cells[len(row.Cells)-1] == "" {
			row.Cells = row.Cells[:len(row.Cells)-1]
		}
		rows[i] = row
	}
	want := []spreadsheet.Row{
		{Line: 1, Cells: []string{"Nome, cognome, e altro; a; b", "Ruolo"}},
		{Line: 3, Cells: []string{`detto "il Nero" di Sopra`, "7"}},
		{Line: 4, Cells: []string{"", "", "Nèri"}},
	}
	if diff := cmp.Diff(want, rows); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if text, err := spreadsheet.WorkbookText(file, 1, 999); err != nil || strings.Count(text, "\n") != 3 {
		t.Errorf("one row too many is read: %q, %v", text, err)
	}
}

// What is written is read back.
func TestAWrittenWorkbookIsRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	f, err := spreadsheet.NewXLSX(&b, "Utenti", []spreadsheet.Column{{Title: "Cognome"}, {Title: "Nome"}})
	if err := errors.Join(err, f.Row("=1+1", "D’Amico"), f.Close()); err != nil {
		t.Fatal(err)
	}
	if text, err := spreadsheet.WorkbookText(b.Bytes(), 9, 999); text != "Cognome\tNome\n=1+1\tD’Amico\n" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// Workbooks beyond the limits are refused, and what is none.
func TestAWorkbookIsReadWithinLimits(t *testing.T) {
	t.Parallel()
	small := workbook(t, map[string]any{"A1": "Cognome"})
	tooLarge, broken := spreadsheet.ErrWorkbookTooLarge, spreadsheet.ErrWorkbookDamaged
	with := func(part, content string) []byte { return repacked(t, small, map[string]string{part: content}) }
	const sheet, shared = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
	rows := func(xml string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + xml + `</sheetData></worksheet>`
	}
	strs := func(xml string) string {
		return `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + xml + `</sst>`
	}
	parts := map[string]string{}
	for n := range 200 {
		parts[fmt.Sprintf("x/%d.xml", n)] = ""
	}
	damaged := bytes.Clone(small)
	damaged[bytes.Index(damaged, []byte(sheet))+len(sheet)+20] ^= 0xff
	columns := map[string]any{"A1": "Cognome", "NTP1": "the ten thousandth column"}
	for name, row := range map[string]struct {
		file []byte
		want error
	}{
		"a zip bomb":            {with("xl/media/a.png", strings.Repeat("0", 64<<20)), tooLarge},
		"a sheet that is one":   {with(sheet, rows(strings.Repeat("<row/>", 1<<20))), tooLarge},
		"shared strings":        {with(shared, strs(strings.Repeat("<si><t>a</t></si>", 300_000))), tooLarge},
		"too many parts":        {repacked(t, small, parts), tooLarge},
		"ten thousand columns":  {workbook(t, columns), tooLarge},
		"a row far below":       {workbook(t, map[string]any{"A1": "a", "A1048576": "b"}), tooLarge},
		"long texts":            {workbook(t, map[string]any{"A1": strings.Repeat("a", 30_000)}), tooLarge},
		"a string of no number": {with(sheet, rows(`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`)), nil},
		"a string that is none": {with(sheet, rows(`<row r="1"><c r="A1" t="s"><v>99</v></c></row>`)), nil},
		"damaged":               {damaged, broken},
		"cut short":             {small[:len(small)/2], broken},
		"a sheet cut short":     {with(sheet, strings.TrimSuffix(rows(`<row r="1"/>`), `</sheetData></worksheet>`)), broken},
		"a broken row":          {with(sheet, rows(`<row r="1"/><row r="2"><c r="A2"<v>1</v></c></row>`)), broken},
		"broken strings":        {with(shared, strs(`<si><t>a</si>`)), broken},
		"broken relations":      {with("xl/_rels/workbook.xml.rels", `<Relationships><`), broken},
		"another archive":       {with("xl/workbook.xml", ""), spreadsheet.ErrWorkbook},
	} {
		if _, err := spreadsheet.WorkbookText(row.file, 501, 20_000); !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}
