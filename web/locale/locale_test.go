package locale

import (
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
)

// minimal are the messages that every file must have.
const minimal = `
language = { name = "Italiano", thousands = "." }
common = { and = " e " }
unknown = { person = "questa persona", product = "questo prodotto" }
[date]
day = "2 January 2006"
moment = "2 January 2006, 15:04"
month = { 1 = "a", 2 = "b", 3 = "c", 4 = "d", 5 = "e", 6 = "f", 7 = "g", 8 = "h", 9 = "i", 10 = "j", 11 = "novembre", 12 = "l" }
`

func parsed(t *testing.T, of access.Language, text string) *Locale {
	t.Helper()
	l, err := parse(of, minimal+text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestMessagesAreDrawn(t *testing.T) {
	t.Parallel()
	l := parsed(t, access.Italian, `
[list]
plain = "Utenti"
of = "Utenti di {{.Product}}"
first = "{{.Product}} e {{.Person}}, {{.Person}} e {{.Product}}"
texts = "{{.Role}}|{{.Institution}}|{{.Group}}|{{.Roles}}|{{.Groups}}|{{.Columns}}|{{.State}}|{{.Was}}|{{.Data}}|{{.To}}|{{.Day}}"
others = "{{.Reason}}|{{.Count}}|{{.Total}}|{{.Line}}"
count.one = "{{.Count}} utente"
count.other = "{{.Count}} utenti"
lines = """
Uno a {{.Person}}.
Due."""
`)
	for name, pair := range map[string][2]string{
		"plain":          {l.T("list.plain"), "Utenti"},
		"placeholder":    {l.T("list.of", Args{Product: "SEND"}), "Utenti di SEND"},
		"both known":     {l.T("list.first", Args{Product: "SEND", Person: "Anna"}), "SEND e Anna, Anna e SEND"},
		"neither known":  {l.T("list.first"), "Questo prodotto e questa persona, questa persona e questo prodotto"},
		"singular":       {l.T("list.count", Args{Count: 1}), "1 utente"},
		"none":           {l.T("list.count"), "0 utenti"},
		"thousands":      {l.T("list.count", Args{Count: 1_234_567}), "1.234.567 utenti"},
		"hundreds":       {l.T("list.count", Args{Count: 999}), "999 utenti"},
		"unknown key":    {l.T("list.missing"), "list.missing"},
		"family":         {l.Of("list.*", "plain"), "Utenti"},
		"unknown member": {l.Of("list.*.x", "missing"), "list.missing.x"},
		"lines":          {strings.Join(l.Lines("list.*", "lines", Args{Person: "Oto"}), "|"), "Uno a Oto.|Due."},
		"kept":           {l.Message("list.of").Text(Args{Product: "SEND"}), "Utenti di SEND"},
		"kept, unknown":  {l.MessageOf("list.*", "missing").Text(), "list.missing"},
		"one line":       {strings.Join(l.Lines("list.*", "of", Args{Product: "SEND"}), "|"), "Utenti di SEND"},
		"a long key":     {l.Of("list.*", strings.Repeat("x", 100)), "list." + strings.Repeat("x", 100)},
		"every text": {
			l.T("list.texts", Args{
				Role: "a", Institution: "b", Group: "c", Roles: "d", Groups: "e", Columns: "f", State: "g", Was: "h", Data: "i", To: "j", Day: "k",
			}),
			"a|b|c|d|e|f|g|h|i|j|k",
		},
		"the others": {l.T("list.others", Args{Reason: "l", Count: 1000, Total: 2000, Line: 3000}), "l|1.000|2.000|3000"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %q, want %q", name, pair[0], pair[1])
		}
	}
	if text, found := l.Find("list.*", "missing"); found || text != "" {
		t.Errorf("found %q", text)
	}
	if l.Lines("list.*", "missing") != nil {
		t.Error("lines of a message that does not exist")
	}
	if got := l.Moment(time.Date(2026, time.November, 2, 8, 5, 0, 0, time.UTC)); got != "2 novembre 2026, 08:05" {
		t.Error(got)
	}
}

// Slovene has four forms, which a hundred later begin again; it is no language of ours yet.
func TestPluralFormsAreThoseOfCLDR(t *testing.T) {
	t.Parallel()
	l := parsed(t, "sl", `
[count]
one = "{{.Count}} uporabnik"
two = "{{.Count}} uporabnika"
few = "{{.Count}} uporabniki"
other = "{{.Count}} uporabnikov"
`)
	for n, want := range map[int]string{
		0: "0 uporabnikov", 1: "1 uporabnik", 2: "2 uporabnika", 3: "3 uporabniki", 4: "4 uporabniki", 5: "5 uporabnikov",
		101: "101 uporabnik", 102: "102 uporabnika", 111: "111 uporabnikov",
	} {
		if got := l.T("count", Args{Count: n}); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestInvalidFilesAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"x = ":              "expected value",
		"x = 1":             "1 is not a text",
		`x = ""`:            "the text is empty",
		`x = "{{.Nobody}}"`: "unknown placeholder {{.Nobody}}",
		`x = "{{Person}}"`:  "unknown placeholder {{Person}}",
		`x = "{{.Person"`:   "unknown placeholder",
		"x = 'a'\nx = 'b'":  "already been defined",
		`x = {one = "1"}`:   "the plural form other is missing",
		`x = {other = "1"}`: "a plural form is missing: 1 of 2",
		`x = {one = "1", few = "2", other = "3"}`:  "few is not a plural form of the language",
		`x = {one = "1", else = "2", other = "3"}`: "else is not a plural form of the language",
		`x = {one = "1", other = 2}`:               "other is not a plural form of the language",
		`x = {one = "{{.No}}", other = "2"}`:       "unknown placeholder",
	} {
		if _, err := parse(access.Italian, text+minimal); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	for _, key := range []string{"name", "thousands", "and", "person", "product", "day", "moment", "11"} {
		text := strings.Replace(minimal, " "+key+" = ", " x = ", 1)
		text = strings.Replace(text, "\n"+key+" = ", "\nx = ", 1)
		if _, err := parse(access.Italian, text); text == minimal || err == nil || !strings.Contains(err.Error(), key+" is missing") {
			t.Errorf("without %s: %v", key, err)
		}
	}
	if _, err := parse("not a language", minimal); err == nil {
		t.Error("a language with such a code was accepted")
	}
}

func TestOtherLanguagesAreDrawnInTheDefaultOne(t *testing.T) {
	t.Parallel()
	for _, l := range []access.Language{"", "xx", access.Italian} {
		if got := For(l).Language; got != access.Italian {
			t.Errorf("%q: %s", l, got)
		}
	}
	if got := For(access.English).Language; got != access.English {
		t.Error(got)
	}
}

// Not parallel: allocations are those of the whole process.
func TestDrawingAllocatesOnlyItsResult(t *testing.T) {
	l, a := For(access.Italian), Args{Person: "Anna Bianchi", Role: "Operatore API", Product: "SEND", Count: 48_002}
	for key, want := range map[string]float64{"common.users": 0, "action.suspend.question": 1, "list.count": 1} {
		if got := testing.AllocsPerRun(100, func() { l.T(key, a) }); got != want {
			t.Errorf("%s: %v allocations, want %v", key, got, want)
		}
	}
	if got := testing.AllocsPerRun(100, func() { l.Of("action.*.verb", "suspend") }); got != 0 {
		t.Errorf("a member of a family: %v allocations", got)
	}
}

func BenchmarkDraw(b *testing.B) {
	l, a := For(access.Italian), Args{Person: "Anna Bianchi", Role: "Operatore API", Product: "SEND", Count: 48_002}
	for _, key := range []string{"common.users", "action.suspend.question", "list.count"} {
		b.Run(key, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.T(key, a)
			}
		})
	}
}
