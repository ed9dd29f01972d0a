package access_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

func TestParseFiscalCode(t *testing.T) { // D1
	t.Parallel()
	for typed, want := range map[string]error{
		"RSSMRA80A01H501U":    nil,
		"RSSMRA75C22H50MA":    nil, // omocodia
		"RSSMRA80B29H501Q":    nil, // 1980 was a leap year
		" rssmra80a01h501u\n": nil,
		"RSS MRA 80A01 H501U": nil,
		"RSSMRA80A01H501A":    access.ErrFiscalCodeCheck,
		"RSSMRA81B29H501R":    access.ErrFiscalCodeDate,
		"00743110157":         access.ErrFiscalCodeTemporary,
		"":                    access.ErrFiscalCodeShape,
		"RSSMRA80A01H501":     access.ErrFiscalCodeShape,
		"RSSMRA80A01H501UU":   access.ErrFiscalCodeShape,
		"RSSMRA80F01H501U":    access.ErrFiscalCodeShape, // no month F
		"RSSMR180A01H501U":    access.ErrFiscalCodeShape,
		"RSSMRAK0A01H501U":    access.ErrFiscalCodeShape, // K replaces no digit
		"RSSMRA80A00H501U":    access.ErrFiscalCodeDate,
		"RSSMRA80A32H501U":    access.ErrFiscalCodeDate,
		"RSSMRA80A40H501U":    access.ErrFiscalCodeDate,
		"RSSMRA80A72H501U":    access.ErrFiscalCodeDate,
		"RSSMRA80D31H501U":    access.ErrFiscalCodeDate,
		"RSSMRA80D71H501U":    access.ErrFiscalCodeDate,
		"ŔSSMRA80A01H501U":    access.ErrFiscalCodeShape,
	} {
		code, err := access.ParseFiscalCode(typed)
		if !errors.Is(err, want) {
			t.Errorf("%q: got %v, want %v", typed, err, want)
		}
		if err == nil && code.Reveal() != strings.ToUpper(strings.Join(strings.Fields(typed), "")) {
			t.Errorf("%q: parsed as another code", typed)
		}
		if code.IsZero() != (err != nil) {
			t.Errorf("%q: a code and an error, or neither", typed)
		}
	}
}

func TestFiscalCodeIsMasked(t *testing.T) { // D7
	t.Parallel()
	const secret = "RSSMRA80A01H501U"
	code, err := access.ParseFiscalCode(secret)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "code", code, "user", access.User{FiscalCode: code})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "code", code, "user", access.User{FiscalCode: code})
	text, err := json.Marshal(map[string]any{"code": code, "user": access.User{FiscalCode: code}})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(code), fmt.Sprintf("%s %q %v %+v %#v %x %d", code, code, code, code, code, code, code), code.String(),
		fmt.Sprintf("%v %+v %#v", access.User{FiscalCode: code}, access.User{FiscalCode: code}, &access.User{FiscalCode: code}),
		log.String(), string(text),
		fmt.Errorf("about %v: %w", code, access.ErrNotFound).Error(),
	} {
		if strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) {
			t.Errorf("not masked: %s", shown)
		}
	}
}

func TestLooksLikeFiscalCode(t *testing.T) { // D7
	t.Parallel()
	for typed, want := range map[string]bool{
		"RSSMRA80A01H501U": true, "rssmra80a01h501a": true, "RSS MRA 80A01 H501U": true, "00743110157": true,
		"RSSMRA80A01H501U Mario": true, "TINIT-RSSMRA80A01H501U": true, "c.f.: RSSMRA80A01H501U,": true, "rssmra-80a01-h501u": true,
		"RSSMRA80A01H501UX": true, "RSSMRA80A01H501": true, "RSSMRA80A01H": true, "RSMRA80A01H501U": true, "RSSSMRA80A01H501U": true,
		"RSSMRA8OAO1H501U": true, "Rossi RSSMRA80A01H501": true, "rssmra80a01h501.": true, "Rossi RSS MRA 80A01 H501 nato": true,
		"RSSMRA80A01H501U@pec.example":  true,
		"ufficiotributi24@ente.example": false, "protocollo12345": false, "bianchi2024ced": false, "Via Roma 12 bis": false,
		"Rossi": false, "Bartolomeo Rosso": false, "BARTOLOMEOROSSIX": false, "": false, "anna@example.it": false, "mario.rossi80@x.i": false,
	} {
		if got := access.LooksLikeFiscalCode(typed); got != want {
			t.Errorf("%q: got %v", typed, got)
		}
	}
}

// A code is found alone, in groups of characters and among words.
func TestFindFiscalCode(t *testing.T) { // V6
	t.Parallel()
	for typed, want := range map[string]bool{
		"RSSMRA80A01H501U.": true, "Rossi RSSMRA80A01H501U": true, "Rossi RSS MRA 80A01 H501U Mario": true, "(rssmra80a01h501u)": true,
		"RSSMRA80A01H501A": false, "RSSMRA80A01H501UX": false, "RSSMRA80A01H501": false, "Rossi": false,
	} {
		code, found := access.FindFiscalCode(typed)
		if found != want || found && code.Reveal() != "RSSMRA80A01H501U" {
			t.Errorf("%q: %t", typed, found)
		}
	}
}

func TestContainsFiscalCode(t *testing.T) { // D7
	t.Parallel()
	for text, want := range map[string]bool{
		"RSSMRA80A01H501U": true, "Ufficio di rssmra80a01h501a": true, "RSS MRA 80A01 H501U": true,
		"/dashboard/RSSMRA80A01H501U?q=x": true, "00743110157": true,
		"RSSMRA8OA01H501U": true, "Ufficio RSSMRA8OA01H501U": true, // the letter O for the digit 0
		"Sportello 3bis est": false, "Ufficio Tributi 2": false, "BARTOLOMEOROSSIX": false, "Bartolomeo Rosso": false, "": false,
		"/dashboard/0b7f9d5e-0000-4000-8000-000000000001/users?role=prod-interop%3Aapi": false,
	} {
		if got := access.ContainsFiscalCode(text); got != want {
			t.Errorf("%q: got %t", text, got)
		}
	}
}

func FuzzParseFiscalCode(f *testing.F) {
	f.Add("RSSMRA80A01H501U")
	f.Add("rssmra75c22h50ma")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := access.ParseFiscalCode(typed)
		if err != nil {
			return
		}
		again, err := access.ParseFiscalCode(code.Reveal())
		if err != nil || again != code {
			t.Errorf("%q is parsed as %q, which is parsed differently: %v", typed, code.Reveal(), err)
		}
	})
}
