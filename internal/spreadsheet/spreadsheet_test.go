package spreadsheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"areariservata.example/utenti/internal/spreadsheet"
)

func TestCSVIsWrittenForItalianSpreadsheets(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	f := spreadsheet.NewCSV(&b)
	for _, row := range [][]string{{"Cognome", "Nota"}, {"Nèri; di Sopra", `detto "il Nero"`}, {"", "due\nrighe"}} {
		if err := f.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFCognome;Nota\r\n\"Nèri; di Sopra\";\"detto \"\"il Nero\"\"\"\r\n;\"due\r\nrighe\"\r\n"
	if got := b.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestNothingInACSVIsAFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+39": "'+39", "-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "\"'x\"", // csv writes a lone return as CRLF

		"": "", "a=1": "a=1", "'": "'", "Ölz": "Ölz",
	} {
		var b bytes.Buffer
		f := spreadsheet.NewCSV(&b)
		if err := errors.Join(f.Row("x", cell), f.Close()); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSuffix(strings.TrimPrefix(b.String(), "\uFEFFx;"), "\r\n"); got != want {
			t.Errorf("%q is written %q, want %q", cell, got, want)
		}
	}
}

// A workbook is read back as written: every cell text, with a bold frozen heading, a filter and widths.
func TestAWorkbookIsReadBackAsWritten(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"Cognome", "Nome"}, {"=1+1", "@x"}, {"  Nèri <&> ", "007"}, {"_x0041_", "due\nrighe"}, {"", "ultimo"}}
	var b bytes.Buffer
	f, err := spreadsheet.NewXLSX(&b, "Utenti", []spreadsheet.Column{{Title: "Cognome", Width: 24}, {Title: "Nome", Width: 18}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if err := f.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	sheet := part(t, b.Bytes(), "xl/worksheets/sheet1.xml")
	for _, has := range []string{`<autoFilter ref="A1:B5"`, `state="frozen"`, `width="24"`, `ySplit="1"`} {
		if !strings.Contains(sheet, has) {
			t.Errorf("the sheet has no %s: %s", has, sheet)
		}
	}
	if strings.Contains(sheet, "<f>") || strings.Contains(sheet, "<f ") {
		t.Error("the sheet has a formula")
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.GetRows("Utenti")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rows, got); diff != "" {
		t.Error(diff)
	}
	style, err := book.GetCellStyle("Utenti", "B1")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := book.GetStyle(style); err != nil || s.Font == nil || !s.Font.Bold {
		t.Errorf("the heading is not bold (%v)", err)
	}
}

// A list of any length is streamed.
func TestAWorkbookIsStreamed(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	f, err := spreadsheet.NewXLSX(&b, "Utenti", []spreadsheet.Column{{Title: "Numero", Width: 24}})
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	for n := range 100_000 {
		if err := f.Row(strconv.Itoa(n * 7919)); err != nil {
			t.Fatal(err)
		}
		most = max(most, b.Len())
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if left := b.Len() - most; left > 128<<10 {
		t.Errorf("%d bytes of %d were written at the end only", left, b.Len())
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := book.GetRows("Utenti"); err != nil || len(rows) != 100_001 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

// part reads a file of a workbook's archive.
func part(t *testing.T, workbook []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	in, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAWorkbookWithoutRowsOpens(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	f, err := spreadsheet.NewXLSX(&b, "Users", []spreadsheet.Column{{Title: "Last Name", Width: 10}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := book.GetRows("Users"); err != nil || len(got) != 1 {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTextIsReadInEachEncoding(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		file string
		want string
		err  error
	}{
		"UTF-8":           {file: "Nèri", want: "Nèri"},
		"UTF-8, marked":   {file: "\uFEFFNèri", want: "Nèri"},
		"Windows-1252":    {file: "N\xe8ri \x80\x92", want: "Nèri €’"},
		"nothing":         {},
		"a workbook":      {file: "PK\x03\x04\x00", err: spreadsheet.ErrNotText},
		"UTF-16":          {file: "\xff\xfeN\x00", err: spreadsheet.ErrNotText},
		"plain old ASCII": {file: "a;b\r\n", want: "a;b\n"},
		"an old Mac's":    {file: "a\rb\r\nc\nd\r\r", want: "a\nb\nc\nd\n\n"},
	} {
		got, err := spreadsheet.Text([]byte(row.file))
		if got != row.want || !errors.Is(err, row.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestCSVIsReadWithEachSeparator(t *testing.T) {
	t.Parallel()
	want := []spreadsheet.Row{{1, []string{"a", "b", "c"}}, {3, []string{"d, e", "", "g"}}}
	for name, text := range map[string]string{
		"semicolons": "a;b;c\r\n\r\n d, e ;;g\r\n;;\r\n",
		"commas":     "a,b,c\n,,\n\"d, e\",,g",
		"tabs":       "a\tb\tc\n\nd, e\t\tg\n",
	} {
		got, err := spreadsheet.ReadCSV(text, 9)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	declared, err := spreadsheet.ReadCSV("sep=,\r\na;b,c\r\n\"d\ne\",f\r\n g,h", 9)
	want = []spreadsheet.Row{{2, []string{"a;b", "c"}}, {3, []string{"d\ne", "f"}}, {5, []string{"g", "h"}}}
	if diff := cmp.Diff(want, declared); diff != "" || err != nil {
		t.Errorf("sep=: %v %s", err, diff)
	}
}

func TestReadingStopsAtOneRowTooMany(t *testing.T) {
	t.Parallel()
	for rows, want := range map[int]int{0: 0, 3: 3, 4: 4, 9: 4} {
		got, err := spreadsheet.ReadCSV(strings.Repeat("a;b\n\n", rows), 3)
		if len(got) != want || err != nil {
			t.Errorf("%d rows: %d, %v", rows, len(got), err)
		}
	}
}

func TestUnbalancedQuotesAreReportedByLine(t *testing.T) {
	t.Parallel()
	for text, line := range map[string]int{"a;b\nc;\"d\ne;f\n": 2, "a;b\"c;d": 1, "sep=;\na;b\n\"x\"y;z\n": 3} {
		_, err := spreadsheet.ReadCSV(text, 9)
		var fault *spreadsheet.QuotesError
		if !errors.As(err, &fault) || fault.Line != line {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func BenchmarkAWorkbookOfTenThousandRows(b *testing.B) {
	cells := []string{"Cognome", "Nome", "nome.cognome@ente.example", "Interoperabilità", "Operatore", "Operatore API", "Attivo"}
	for b.Loop() {
		f, err := spreadsheet.NewXLSX(io.Discard, "Utenti", []spreadsheet.Column{{Title: "Cognome", Width: 24}})
		if err != nil {
			b.Fatal(err)
		}
		for range 10_000 {
			if err := f.Row(cells...); err != nil {
				b.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// Each encoding of a spreadsheet program is recognised by the same names, or refused with the line, never guessed.
func TestEncodingsAreRecognised(t *testing.T) {
	t.Parallel()
	names := []string{
		"Nicolò", "NICOLÒ", "D’Amico", "Müller", "Çelik", "Muñoz", "Žiga Škof", "Caffè è già più lì", "Nèri;perché", "Citroën", "Öberg",
	}
	for name, encoding := range map[string]*charmap.Charmap{
		"Windows": charmap.Windows1252, "Macintosh": charmap.Macintosh, "MS-DOS": charmap.CodePage850,
	} {
		for _, text := range names {
			file, err := encoding.NewEncoder().String("Cognome;Nome\nRossi;" + text + "\n")
			if err != nil {
				continue // the encoding lacks a letter
			}
			var odd *spreadsheet.EncodingError
			got, err := spreadsheet.Text([]byte(file))
			switch {
			case errors.As(err, &odd) && odd.Line == 2:
				t.Logf("%s: %s is refused", name, text)
			case err != nil || got != "Cognome;Nome\nRossi;"+text+"\n":
				t.Errorf("%s: %q is read as %q, %v", name, text, got, err)
			}
		}
		file, _ := encoding.NewEncoder().String("Nicolò;Perché;Caffè\n")
		if got, err := spreadsheet.Text([]byte(file)); got != "Nicolò;Perché;Caffè\n" || err != nil {
			t.Errorf("%s: Italian is not recognised: %q, %v", name, got, err)
		}
	}
	var odd *spreadsheet.EncodingError
	if _, err := spreadsheet.Text([]byte("a\r\nb\rIvanovi\xc3\x28\xff")); !errors.As(err, &odd) || odd.Line != 3 {
		t.Errorf("an unknown encoding: %v", err)
	}
}

func TestOurOwnApostropheIsTakenOff(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	out := spreadsheet.NewCSV(&file)
	cells := []string{"=a", "+39", "-", "@x", "'Ndrangheta", "D'Amico"}
	if err := errors.Join(out.Row(cells...), out.Close()); err != nil {
		t.Fatal(err)
	}
	rows, err := spreadsheet.ReadCSV(strings.TrimPrefix(file.String(), "\ufeff"), 9)
	if err != nil || len(rows) != 1 || !cmp.Equal(rows[0].Cells, cells) {
		t.Errorf("%v, %v", rows, err)
	}
}
