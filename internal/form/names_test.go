package form_test

import (
	"errors"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/form"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"D'Amico": "damico", "D’AMICO": "damico", "Rossi-Neri": "rossi neri", "Straßer": "strasser", "ŁUKASZ": "lukasz",
		"  Niccolò   Çelik ": "niccolo celik", "Öberg": "oberg", "ﬁ": "fi", "": "",
	} {
		if got := form.Fold(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}

func TestClean(t *testing.T) { // D2
	t.Parallel()
	for typed, want := range map[string]string{
		"  Anna   Maria ": "Anna Maria", "D’Amico": "D’Amico", "D'Amico": "D'Amico", "Niccolo\u0300": "Niccolò", "Łukasz": "Łukasz",
		"Straßer": "Straßer", "Kovač-Žerjal": "Kovač-Žerjal", "张伟": "张伟", "Ó Briain": "Ó Briain", "de": "de",
	} {
		if got, err := form.Clean(typed); got != want || err != nil {
			t.Errorf("%q: got %q, %v", typed, got, err)
		}
	}
	for typed, want := range map[string]error{
		"": form.ErrEmpty, "  \t": form.ErrEmpty, "An\u0000na": form.ErrShape, "An\ufffdna": form.ErrShape,
		"<script>": form.ErrShape, "12": form.ErrShape, "--": form.ErrShape, "anna@example.it": form.ErrShape,
		"RSSMRA80A01H501U": form.ErrCode, "ＲＳＳＭＲＡ８０Ａ０１Ｈ５０１Ｕ": form.ErrCode, "𝖱𝖲𝖲𝖬𝖱𝖠80A01H501U": form.ErrCode,
		"=cmd|x": form.ErrShape, "a;b": form.ErrShape, strings.Repeat("a", 101): form.ErrTooLong,
	} {
		if got, err := form.Clean(typed); !errors.Is(err, want) || got != "" {
			t.Errorf("%q: got %q, %v, want %v", typed, got, err, want)
		}
	}
}

func TestNamesAgreeWithTheirCode(t *testing.T) { // D2
	t.Parallel()
	for _, row := range []struct {
		code, first, last string
		want              bool
	}{
		{"RSSMRA80A01H501U", "Mario", "Rossi", true},
		{"RSSMRA80A01H501U", "Maria", "Rossi", true},
		{"RSSMRA80A01H501U", "Luca", "Rossi", false},
		{"RSSMRA80A01H501U", "Mario", "Bianchi", false},
		{"FOXLCU80A01H501U", "Luca", "Fo", true},
		{"DMCNCL80A01H501U", "Niccolò", "D’Amico", true},
		{"BNCGFR80A01H501U", "Gianfranco", "Bianchi", true}, // four consonants and more: the second is left out
		{"", "Mario", "Rossi", false},
	} {
		if got := form.MatchCode(row.code, row.first, row.last); got != row.want {
			t.Errorf("%s %s, %s: got %v", row.first, row.last, row.code, got)
		}
	}
}
