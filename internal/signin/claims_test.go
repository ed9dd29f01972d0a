package signin_test

import (
	"errors"
	"maps"
	"testing"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
)

const (
	agidCode = "https://attributes.eid.gov.it/fiscal_number"
	spidCode = "https://attributes.spid.gov.it/fiscal_number"
)

func TestTheIdentityIsReadFromTheClaimsOfEachDialect(t *testing.T) {
	t.Parallel()
	agid := map[string]any{agidCode: "TINIT-" + mario, "given_name": "Mario", "family_name": "Rossi"}
	oneIdentity := map[string]any{"fiscalNumber": "TINIT-" + mario, "name": "Mario", "familyName": "Rossi"}
	with := func(claims map[string]any, name string, value any) map[string]any {
		claims = maps.Clone(claims)
		claims[name] = value
		return claims
	}
	for _, c := range []struct {
		name, dialect string
		claims        map[string]any
		want          signin.Identity
		wantErr       error
	}{
		{"AgID's", "auto", agid, marioRossi, nil},
		{"OneIdentity's", "auto", oneIdentity, marioRossi, nil},
		{"AgID's with a full name", "auto", with(agid, "name", "Mario Rossi"), marioRossi, nil},
		{"an old example's", "auto", map[string]any{spidCode: "TINIT-" + mario}, signin.Identity{FiscalCode: mario}, nil},
		{"a plain fiscal_number", "agid", map[string]any{"fiscal_number": mario}, signin.Identity{FiscalCode: mario}, nil},
		{"a full name only", "auto", map[string]any{agidCode: mario, "name": "Mario Rossi"}, signin.Identity{FiscalCode: mario}, nil},
		{"AgID's, and OneIdentity's wanted", "oneidentity", agid, signin.Identity{}, signin.ErrNoFiscalCode},
		{"OneIdentity's, and AgID's wanted", "agid", oneIdentity, signin.Identity{}, signin.ErrNoFiscalCode},
		{"in small letters with blanks", "auto", with(agid, agidCode, " tinit-rssmra80a01h501u "), marioRossi, nil},
		{
			"with digits replaced (omocodia)", "auto",
			map[string]any{agidCode: "RSSMRA80A01H50MM"},
			signin.Identity{FiscalCode: "RSSMRA80A01H50MM"},
			nil,
		},
		{"no fiscal code", "auto", with(agid, agidCode, ""), signin.Identity{}, signin.ErrNoFiscalCode},
		{"a number", "auto", with(agid, agidCode, 7), signin.Identity{}, signin.ErrNoFiscalCode},
		{"a foreign one", "auto", with(agid, agidCode, "TINDE-12345678901"), signin.Identity{}, signin.ErrNoFiscalCode},
		{"a foreign one that looks Italian", "auto", with(agid, agidCode, "TINDE-"+mario), signin.Identity{}, signin.ErrNoFiscalCode},
		{"a prefix twice", "auto", with(agid, agidCode, "TINIT-TINIT-"+mario), signin.Identity{}, signin.ErrNoFiscalCode},
		{"a company's", "auto", with(agid, agidCode, "TINIT-01234567890"), signin.Identity{}, signin.ErrNoFiscalCode},
		{"something after it", "auto", with(agid, agidCode, mario+"\n"+mario), signin.Identity{}, signin.ErrNoFiscalCode},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, func(here *signin.Config, there *bridge.Config) { here.Claims, there.UserinfoOnly = c.dialect, true })
			s.tamperClaims = func(claims map[string]any) { maps.Copy(claims, c.claims) }
			s.change[userinfo] = rewrite(func(document map[string]any) {
				maps.DeleteFunc(document, func(name string, _ any) bool { return name != "sub" })
			})
			id, _, err := s.signin.FinishAttempt(t.Context(), s.browser, s.back())
			if id != c.want || !errors.Is(err, c.wantErr) {
				t.Errorf("%+v, %v; want %+v, %v", id, err, c.want, c.wantErr)
			}
		})
	}
}

func TestTheNamesOfDialectsAreKnown(t *testing.T) {
	t.Parallel()
	for dialect, want := range map[string]bool{"auto": true, "agid": true, "oneidentity": true, "": false, "Auto": false} {
		if signin.IsKnownDialect(dialect) != want {
			t.Errorf("%q: known %v", dialect, !want)
		}
	}
}
