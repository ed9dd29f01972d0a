package access_test

import (
	"errors"
	"os"
	"strconv"
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
		"giovanni.bianchi2@comune.prova.it":           "giovanni.bianchi2@comune.prova.it", // 16 characters, and no code
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
		"rssmra80a01h501u@comune.prova.it":      access.ErrEmailCode,
		"cf_rssmra80a01h501a@comune.prova.it":   access.ErrEmailCode, // with a wrong check character too
		"rss.mra.80a01-h501u@comune.prova.it":   access.ErrEmailCode,
		"rssmraulalmh5lmx+u@comune.prova.it":    access.ErrEmailCode, // omocodia
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

func TestMayBeCertified(t *testing.T) { // D3
	t.Parallel()
	for email, want := range map[string]bool{
		"cert@cert.garr.it": false, "info@cert-pa.it": false, "anna@infocert.it": false, "anna@comune.peccioli.pi.it": false,
		"anna@peccioli.example": false, "anna@comune.certaldo.fi.it": false, "anna@concert.example": false, "anna@apec.example": false,
		"anna@comune.cassinadepecchi.mi.it": false, "anna@legalita.example": false, "anna@certosa.example": false,
		"team@cert.azienda.example": true, "anna@comunicapec.example": true, "anna@pecviva.example": true,
		"anna@legal.comune.prova.it": true, "anna@cert-rete.example": true, "anna@retecert.example": true, "anna@anutel.it": true,
	} {
		if got, err := access.ParseEmail(email); err != nil || got != email || access.MayBeCertified(email) != want {
			t.Errorf("%s: got %q, %v, doubtful %t", email, got, err, access.MayBeCertified(email))
		}
	}
}

// Holds the error rate on published addresses: the share of certified mail that passes, and of ordinary mail that is
// refused or asked about. Fields of testdata/mail_domains.txt: kind, number of addresses, domain.
func TestErrorRateOfCertifiedMail(t *testing.T) { // D3
	t.Parallel()
	text, err := os.ReadFile("testdata/mail_domains.txt")
	if err != nil {
		t.Fatal(err)
	}
	lists := strings.Split(string(text), "\nlist ")[1:]
	for i, most := range []struct{ missed, refused, asked float64 }{{0.006, 0.005, 0.0003}, {0.004, 0.0015, 0.0002}} {
		name, lines, _ := strings.Cut(lists[i], "\n")
		counts := map[string]float64{}
		for line := range strings.Lines(lines) {
			fields := strings.Fields(line)
			if len(fields) != 3 {
				continue
			}
			n, err := strconv.ParseFloat(fields[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			outcome := "passes"
			if email, err := access.ParseEmail("x@" + fields[2]); err != nil {
				outcome = "refused"
			} else if access.MayBeCertified(email) {
				outcome = "asked"
			}
			counts[fields[0]] += n
			counts[fields[0]+" "+outcome] += n
		}
		t.Logf("%s: %v", name, counts)
		for what, limit := range map[string]float64{
			"certified passes": most.missed, "ordinary refused": most.refused, "ordinary asked": most.asked,
		} {
			kind, _, _ := strings.Cut(what, " ")
			if share := counts[what] / counts[kind]; share > limit || counts[kind] == 0 {
				t.Errorf("%s: %s: %.2f %%, more than %.2f %%", name, what, 100*share, 100*limit)
			}
		}
	}
}
