package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
)

// europe is every letter that Titillium Web has, beyond what a page in Italian is written with.
const europe = "¡¢£¤¥¦§¨ª¬®¯±²³´µ¶¸¹º»¼½¾¿ÁÂÃÄÅÆÇÊËÏÐÑÔÕÖ×ØÛÜÝÞßáâãäåæçêëïðñôõö÷øûüýþÿıŒœˆ˚˜‚„‹›⁄™" +
	"ĀāĂăĄąĆćĈĉĊċČčĎďĐđĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžƒǺǻǼǽǾǿȘșȚțˇ˝ẀẁẂẃẄẅỲỳỸỹ†"

// The font comes in parts: a page in Italian fetches one of each weight; every other letter is in a part that is fetched once a
// page has it, and none falls to another font.
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
	if got, want := fonts(func() { p.Goto(s.URL + "/login") }), []string{"titillium-latin-400", "titillium-latin-600"}; !slices.Equal(got, want) {
		t.Errorf("a page in Italian fetches %q", got)
	}
	italian := " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ«»“”‘’–—…€·•°©−"
	// A letter that the font lacks is as wide as the next font in line has it.
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
		t.Errorf("Cyrillic and Greek are taken for the font's own: %q told", characters)
	}
	if got, want := fonts(func() {
		if characters := foreign(europe); len(characters) > 0 {
			t.Errorf("not in the font: %q", characters)
		}
	}), []string{"titillium-latin-ext-400", "titillium-latin-ext-600", "titillium-latin-rest-400", "titillium-latin-rest-600"}; !slices.Equal(got, want) {
		t.Errorf("for the other letters, %q are fetched", got)
	}
}
