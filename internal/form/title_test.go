package form_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

func TestCheckTitle(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]access.FieldError{
		"Ufficio 3": "", "Sportello 3bis est": "", "7": "",
		"": access.Missing, "  ": access.Missing,
		"!!!": access.TitleShape, "a\ufffdb": access.TitleShape, string(make([]rune, 3)): access.TitleShape,
		"𝖱𝖲𝖲𝖬𝖱𝖠80A01H501U": access.TitleHasFiscalCode, "Ufficio ＲＳＳＭＲＡ８０Ａ０１Ｈ５０１Ｕ": access.TitleHasFiscalCode,
		"RSSMRA8OA01H501U": access.TitleHasFiscalCode, "Ufficio di rssmra80a01h501u": access.TitleHasFiscalCode,
	} {
		if _, errs := form.CheckTitle(typed); errs[access.FieldTitle] != want {
			t.Errorf("%q: %q, want %q", typed, errs[access.FieldTitle], want)
		}
	}
	if title, _ := form.CheckTitle("  Ufficio  di  Piano "); title != "Ufficio di Piano" {
		t.Errorf("%q", title)
	}
}
