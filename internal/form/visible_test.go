package form_test

import (
	"errors"
	"testing"

	"areariservata.example/utenti/internal/form"
)

func TestVisible(t *testing.T) { // D1 to D3
	t.Parallel()
	for typed, want := range map[string]string{
		"R\u200bS\u200eS\u2060\ufeffM\u00adR\u202eA\u2066": "RSSMRA", "a\u3164b\u115f\ufe0f\U000e0041\u034f": "ab",
		"Niccolo\u0300\u00a0D’Amico \t": "Niccolo\u0300\u00a0D’Amico \t", "张伟": "张伟", "": "",
	} {
		if got := form.Visible(typed); got != want {
			t.Errorf("%q: got %q", typed, got)
		}
	}
}

func TestCleanNames(t *testing.T) { // D2
	t.Parallel()
	for typed, want := range map[string]string{
		"An\u200bna\ufeff": "Anna", "\u200eD´Amico": "D'Amico", "D`Amico": "D'Amico", "DʼAmico": "D'Amico", "Niccolo´": "Niccolo'",
		"G.Battista": "G.Battista", "Maria G.": "Maria G.", "Gal·la": "Gal·la", "Ma. Teresa": "Ma. Teresa",
		"St.John": "St.John", "M.Teresa": "M.Teresa", "M.A.Grazia": "M.A.Grazia", "G.B.": "G.B.", "T. Co": "T. Co",
	} {
		if got, err := form.Clean(typed); got != want || err != nil {
			t.Errorf("%q: got %q, %v", typed, got, err)
		}
	}
	for _, typed := range []string{
		"Mario2", "Rossi3", "Mario ²", "Vai su http://evil.example/login", "www.evil.example", "Vai su evil.it", "a/b",
		"T.Co", "Vai su t.co", "A.It", "X.Y.Org", "St.Info", "T.Co'Neri", "T.рф", "t.co.", "a:b",
		"Nicol\ufffd", "Rossi & Neri", "(Rossi)", "Rossi, Neri", "\u200b",
	} {
		if got, err := form.Clean(typed); !errors.Is(err, form.ErrShape) && !errors.Is(err, form.ErrEmpty) {
			t.Errorf("%q: got %q, %v", typed, got, err)
		}
	}
	if title, err := form.Title("Uffi\u200bcio dell´Ente"); title != "Ufficio dell'Ente" || err != nil {
		t.Errorf("a group: %q, %v", title, err)
	}
	if _, err := form.Title("Uffici\ufffd"); !errors.Is(err, form.ErrShape) {
		t.Errorf("a group with a character that could not be read: %v", err)
	}
	if form.Fold("D´A\u200bmico") != "damico" {
		t.Errorf("%q", form.Fold("D´A\u200bmico"))
	}
}
