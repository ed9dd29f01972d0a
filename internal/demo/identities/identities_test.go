package identities_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/identities"
)

const town = `people:
  - {fiscalCode: RSSMRA80A01H501U, firstName: Mario, lastName: Rossi, verified: true}
  - {fiscalCode: RSSMRA75C22H50MA, firstName: Marìa, lastName: De Rossi}
  - {fiscalCode: RSSMRA80B29H501Q, firstName: Ugo, lastName: Neri}
institutions:
  - code: prova
    name: Comune di Prova
    type: PA
    subscriptions: [prod-pn, prod-interop, prod-io inactive]
    users:
      - person: RSSMRA80A01H501U
        email: mario.rossi@comune.prova.it
        roles: [prod-pn/admin, prod-interop/admin, prod-io/referente amministrativo]
      - person: RSSMRA75C22H50MA
        email: maria@comune.prova.it
        roles: [prod-pn/operator, prod-interop/api, prod-interop/security suspended]
`

const bank = `people:
  - {fiscalCode: RSSMRA75C22H50MA, firstName: M, lastName: R}
institutions:
  - code: banca
    name: Banca di Prova
    type: PSP
    subscriptions: [prod-pagopa]
    users:
      - {person: RSSMRA75C22H50MA, email: m@b.example, roles: [prod-pagopa/admin-psp suspended]}
`

func read(t *testing.T, file string) datafile.Data {
	t.Helper()
	d, err := datafile.Read("d.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestIdentitiesDescribeEachPerson(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Read(demo.CatalogueName, demo.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, town)
	var got []string
	for _, i := range identities.Of(d.People, c, d, read(t, bank)) {
		got = append(got, fmt.Sprintf("%s %s %s: %s", i.FiscalCode, i.FirstName, i.LastName, i.Note))
	}
	want := []string{
		"RSSMRA80A01H501U Mario Rossi: Amministratore di SEND, Interoperabilità e App IO (adesione non attiva), Comune di Prova",
		"RSSMRA75C22H50MA Marìa De Rossi: Gestore Notifiche di SEND; " +
			"Operatore API e Operatore Sicurezza (sospeso) di Interoperabilità, Comune di Prova" +
			" · Amministratore sospeso di Pagamenti pagoPA, Banca di Prova",
		"RSSMRA80B29H501Q Ugo Neri: Non risulta in nessun ente",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
