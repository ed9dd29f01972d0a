package spreadsheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
)

// Column is a column of a workbook. Width is in characters.
type Column struct {
	Title string
	Width float64
}

// XLSX writes a list as a workbook of one sheet with a bold, frozen heading and a filter on each column. All cells are
// text, so none is a formula.
//
// Rows are streamed: neither memory nor a temporary file holds the list. A library for the whole format would hold it,
// so the few required parts (ECMA-376, part 1) are written here.
type XLSX struct {
	buffer  *bufio.Writer
	archive *zip.Writer
	sheet   *bufio.Writer // the only part that grows
	name    string
	columns int
	rows    int
}

// The parts that are equal in every workbook. Style 1 is the heading's.
const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	main    = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	office  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ` +
		`ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	relations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookRelations = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + office + `/styles" Target="styles.xml"/></Relationships>`
	styles = xmlHead + `<styleSheet ` + main + `><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>` +
		`<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
)

// NewXLSX starts writing a workbook to w. It is complete after Close. A sheet's name has at most 31 characters and
// none of []:*?/\ (the format's rule); there are at most 26 columns.
func NewXLSX(w io.Writer, sheet string, columns []Column) (*XLSX, error) {
	buffer := bufio.NewWriter(w)
	f := &XLSX{buffer: buffer, archive: zip.NewWriter(buffer), name: sheet, columns: len(columns)}
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", relations},
		{"xl/_rels/workbook.xml.rels", bookRelations},
		{"xl/styles.xml", styles},
	} {
		if err := f.part(part.name, part.text); err != nil {
			return nil, err
		}
	}
	out, err := f.archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, fmt.Errorf("xlsx: %w", err)
	}
	f.sheet = bufio.NewWriter(out)
	_ = f.write(xmlHead + `<worksheet ` + main + `><sheetViews><sheetView workbookViewId="0">` +
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>`)
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
		_ = f.write(fmt.Sprintf(`<col min="%d" max="%[1]d" width="%[2]g" customWidth="1"/>`, i+1, c.Width))
	}
	_ = f.write(`</cols><sheetData>`)
	return f, f.row(` s="1"`, titles)
}

// Row writes a row.
func (f *XLSX) Row(cells ...string) error { return f.row("", cells) }

func (f *XLSX) row(style string, cells []string) error {
	f.rows++
	row := strconv.Itoa(f.rows)
	_ = f.write(`<row r="` + row + `">`)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		_ = f.write(`<c r="` + column(i) + row + `"` + style + ` t="inlineStr"><is><t xml:space="preserve">`)
		_ = f.write(escapeXML(cell))
		_ = f.write(`</t></is></c>`)
	}
	if err := f.write(`</row>`); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// write appends to the sheet. A bufio.Writer returns its first error from then on, so checking the last call is enough.
func (f *XLSX) write(text string) error {
	_, err := f.sheet.WriteString(text)
	return err //nolint:wrapcheck // the callers wrap it
}

// Close writes the rest of the workbook, with the list of its parts.
func (f *XLSX) Close() error {
	last := column(f.columns-1) + "$" + strconv.Itoa(f.rows)
	_ = f.write(`</sheetData><autoFilter ref="A1:` + strings.ReplaceAll(last, "$", "") + `"/></worksheet>`)
	if err := f.sheet.Flush(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	name := escapeXML(f.name)
	quoted := `&#39;` + strings.ReplaceAll(name, "&#39;", "&#39;&#39;") + `&#39;`
	if err := f.part("xl/workbook.xml", xmlHead+`<workbook `+main+` xmlns:r="`+office+`"><bookViews><workbookView/></bookViews>`+
		`<sheets><sheet name="`+name+`" sheetId="1" r:id="rId1"/></sheets>`+
		`<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">`+quoted+`!$A$1:$`+last+
		`</definedName></definedNames></workbook>`); err != nil {
		return err
	}
	if err := errors.Join(f.archive.Close(), f.buffer.Flush()); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

func (f *XLSX) part(name, text string) error {
	out, err := f.archive.Create(name)
	if err == nil {
		_, err = io.WriteString(out, text)
	}
	if err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// column returns the letter of a column, counted from 0.
func column(i int) string { return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[i : i+1] }

// escape matches the format's notation for a character code in a text that XML has already decoded. In a typed text it
// has no such meaning, so it is escaped.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escapeXML escapes a text for XML. A character that XML cannot contain becomes U+FFFD.
func escapeXML(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(escape.ReplaceAllString(s, "_x005F$0"))) // a strings.Builder never fails
	return b.String()
}
