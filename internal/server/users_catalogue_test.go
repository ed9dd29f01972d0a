package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// With the field's own catalogue, institutions of two types show each their own roles of the same product.
func TestTheRealCataloguesRolesDependOnTheInstitutionsType(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "selfcare-products.json"))
	if err != nil {
		t.Skip("the field's own catalogue isn't beside the module: shared/data/selfcare-products.json")
	}
	s := site.Start(t, site.Options{})
	s.Seed.Catalogue(file)
	body, bank := s.Seed.Institution("Comune di Prova", "PA").Product("prod-pagopa"), s.Seed.Institution("Banca di Prova", "PSP").Product("prod-pagopa")
	body.User("Anna Bianchi", "prod-pagopa/admin")
	bank.User("Ivo Rossi", "prod-pagopa/admin-psp")
	for who, row := range map[string]struct {
		institution access.InstitutionID
		offered     string
	}{"Anna Bianchi": {body.ID, "prod-pagopa:admin prod-pagopa:operator"}, "Ivo Rossi": {bank.ID, "prod-pagopa:admin-psp prod-pagopa:operator-psp"}} {
		p := s.SignIn(t, who).Get(web.UsersURL(row.institution, access.Filter{}))
		var offered []string
		for _, option := range p.Field("Ruolo").All("option", "") {
			if value := option.Attr("value"); value != "" {
				offered = append(offered, value)
			}
		}
		if got := strings.Join(offered, " "); got != row.offered {
			t.Errorf("%s is offered %q, want %q", who, got, row.offered)
		}
	}
}
