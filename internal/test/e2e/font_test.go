package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
)

// europe has every letter of Titillium Web that is not needed for Italian.
const europe = "¡¢£¤¥¦§¨ª¬®¯±²³´µ¶¸¹º»¼½¾¿ÁÂÃÄÅÆÇÊËÏÐÑÔÕÖ×ØÛÜÝÞßáâãäåæçêëïðñôõö÷øûüýþÿıŒœˆ˚˜‚„‹›⁄™" +
	"ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŎŏŐő" +
	"ŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƒǺǻǼǽǾǿȘșȚțˇ˝ẀẁẂẃẄẅỲỳỸỹ†"

// The font is split: a page in Italian fetches one file of each weight; the other letters are in files that are
// fetched when a page has them, and no letter falls back to another font.
func TestEveryCharacterIsInTheFontAndOnlyTheOthersAreFetchedLater(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	p := browsertest.Open(t, browsertest.Options{})
	fonts := func(do func()) (names []string) {
		for _, l := range p.RecordResources(do) {
			if strings.HasSuffix(l.URL, ".woff2") {
				names = append(names, strings.SplitN(strings.TrimPrefix(l.URL, s.URL+"/static/"), ".", 2)[0])
			}
		}
		slices.Sort(names)
		return names
	}
	if got, want := fonts(
		func() { p.Goto(s.URL + "/login") },
	), []string{
		"titillium-latin-400",
		"titillium-latin-600",
	}; !slices.Equal(
		got,
		want,
	) {
		t.Errorf("a page in Italian fetches %q", got)
	}
	italian := " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~" +
		"àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ«»“”‘’–—…€·•°©−"
	// The width of a letter that the font lacks depends on the fallback font.
	foreign := func(text string) []string {
		return browsertest.Eval[[]string](p, fmt.Sprintf(`(async text => {
			const pen = document.createElement("canvas").getContext("2d"), foreign = [];
			for (const weight of [400, 600]) {
				await document.fonts.load(weight + " 40px 'Titillium Web'", text);
				const width = (letter, other) => { pen.font = weight + " 40px 'Titillium Web', " + other; return pen.measureText(letter).width };
				foreign.push(...[...text].filter(letter => width(letter, "serif") !== width(letter, "monospace")).map(letter => letter + " " + weight));
			}
			return foreign;
		})(%q)`, text))
	}
	if got := fonts(func() {
		if characters := foreign(italian); len(characters) > 0 {
			t.Errorf("not in the font: %q", characters)
		}
	}); len(got) > 0 {
		t.Errorf("for Italian, %q are fetched besides", got)
	}
	if characters := foreign("\u0416\u03a9"); len(characters) != 4 {
		t.Errorf("Cyrillic and Greek count as the font's own: %q reported", characters)
	}
	if got, want := fonts(func() {
		if characters := foreign(europe); len(characters) > 0 {
			t.Errorf("not in the font: %q", characters)
		}
	}), []string{
		"titillium-latin-ext-400", "titillium-latin-ext-600", "titillium-latin-rest-400", "titillium-latin-rest-600",
	}; !slices.Equal(got, want) {
		t.Errorf("for the other letters, %q are fetched", got)
	}
}
