package access_test

import (
	"errors"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

func TestParseEmail(t *testing.T) { // D3
	t.Parallel()
	long := strings.Repeat("a", 64) + "@" + strings.Repeat("b.", 94) + "it" // 64 + 1 + 188 + 2 = 255
	for typed, want := range map[string]string{
		"anna.bianchi@comune.prova.it":                "anna.bianchi@comune.prova.it",
		"  Anna.Bianchi@Comune.Prova.IT\t":            "anna.bianchi@comune.prova.it",
		"anna+send@ente.photography":                  "anna+send@ente.photography",
		"o'neill_2@a-b.example":                       "o'neill_2@a-b.example",
		"ufficio@comune.peccioli.pi.it":               "ufficio@comune.peccioli.pi.it",
		"ufficio@comune.pecetto.to.it":                "ufficio@comune.pecetto.to.it",
		"anna.pec@comune.prova.it":                    "anna.pec@comune.prova.it",
		"anna@certosa.it":                             "anna@certosa.it",
		"a@xn--caff-dma.it":                           "a@xn--caff-dma.it",
		long[1:]:                                      long[1:],
		"protocollo@legalmailing.example":             "protocollo@legalmailing.example",
		"anna@8.example":                              "anna@8.example",
		"disegnatori.e.pec@ente-provinciale.prova.it": "disegnatori.e.pec@ente-provinciale.prova.it",
	} {
		got, err := access.ParseEmail(typed)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestParseEmailRefuses(t *testing.T) { // D3
	t.Parallel()
	for typed, want := range map[string]error{
		"":                                      access.ErrEmailShape,
		"anna":                                  access.ErrEmailShape,
		"anna@":                                 access.ErrEmailShape,
		"@ente.it":                              access.ErrEmailShape,
		"anna@ente":                             access.ErrEmailShape,
		"anna@@ente.it":                         access.ErrEmailShape,
		"anna@ente@ente.it":                     access.ErrEmailShape,
		"anna@.it":                              access.ErrEmailShape,
		"anna@ente..it":                         access.ErrEmailShape,
		"anna@ente.it.":                         access.ErrEmailShape,
		"anna@-ente.it":                         access.ErrEmailShape,
		"anna@127.0.0.1":                        access.ErrEmailShape,
		"anna..b@ente.it":                       access.ErrEmailShape,
		".anna@ente.it":                         access.ErrEmailShape,
		"anna bianchi@ente.it":                  access.ErrEmailShape,
		"anna\r\nbcc:b@ente.it":                 access.ErrEmailShape,
		"anna@ente.it\x00":                      access.ErrEmailShape,
		"annà@ente.it":                          access.ErrEmailShape,
		`"anna"@ente.it`:                        access.ErrEmailShape,
		"Anna <anna@ente.it>":                   access.ErrEmailShape,
		strings.Repeat("a", 65) + "@e.it":       access.ErrEmailShape,
		"a@" + strings.Repeat("b.", 126) + "it": access.ErrEmailTooLong,
		"protocollo@pec.comune.prova.it":        access.ErrEmailCertified,
		"PROTOCOLLO@PEC.IT":                     access.ErrEmailCertified,
		"anna@postacert.prova.it":               access.ErrEmailCertified,
		"anna@legalmail.it":                     access.ErrEmailCertified,
		"anna@cert.comune.prova.it":             access.ErrEmailCertified,
		"anna@arubapec.it":                      access.ErrEmailCertified,
		"anna@comune-pec.prova.it":              access.ErrEmailCertified,
		"anna@sede.pec.prova.it":                access.ErrEmailCertified,
	} {
		got, err := access.ParseEmail(typed)
		if got != "" || !errors.Is(err, want) {
			t.Errorf("%q: got %q, %v; want %v", typed, got, err, want)
		}
	}
}
