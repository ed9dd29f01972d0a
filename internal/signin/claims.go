package signin

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// Identity is a person's identity as reported by SPID or CIE.
type Identity struct {
	FiscalCode string // upper case, without the provider's prefix TINIT-
	FirstName  string
	LastName   string
}

// Reasons to refuse an identity.
var (
	ErrNoFiscalCode = errors.New("the identity has no Italian fiscal code")
	ErrLevel        = errors.New("the identity's level is below the minimum")
)

// dialects are the names of the claims by dialect, in the order in which they are tried. `name` is the full name in
// OpenID Connect and the first name in OneIdentity, so it is read only in OneIdentity's dialect.
var dialects = map[string]struct{ fiscal, first, last []string }{
	"agid": {
		fiscal: []string{
			"https://attributes.eid.gov.it/fiscal_number", "https://attributes.spid.gov.it/fiscal_number", "fiscal_number",
		},
		first: []string{"given_name"},
		last:  []string{"family_name"},
	},
	"oneidentity": {fiscal: []string{"fiscalNumber"}, first: []string{"name"}, last: []string{"familyName"}},
	"auto": {
		fiscal: []string{
			"https://attributes.eid.gov.it/fiscal_number", "https://attributes.spid.gov.it/fiscal_number", "fiscal_number",
			"fiscalNumber",
		},
		first: []string{"given_name"},
		last:  []string{"family_name", "familyName"},
	},
}

// IsKnownDialect reports whether there is a dialect of that name.
func IsKnownDialect(dialect string) bool {
	_, ok := dialects[dialect]
	return ok
}

// hasIdentity reports whether the claims have the whole identity. If not, the userinfo endpoint may have it.
func hasIdentity(dialect string, claims map[string]any) bool {
	d := dialects[dialect]
	return firstClaim(claims, d.fiscal) != "" && firstClaim(claims, d.last) != ""
}

// parseIdentity reads the identity. Only the fiscal code identifies a person: OneIdentity's subject is new at every
// sign-in.
func parseIdentity(dialect string, claims map[string]any) (Identity, error) {
	d := dialects[dialect]
	code := strings.ToUpper(strings.TrimSpace(firstClaim(claims, d.fiscal)))
	prefix, bare, found := strings.Cut(code, "-")
	if found && prefix == "TINIT" {
		code = bare
	}
	if !access.HasFiscalCodeShape(code) { // the rest is for the provider to check
		return Identity{}, ErrNoFiscalCode
	}
	id := Identity{FiscalCode: code, FirstName: firstClaim(claims, d.first), LastName: firstClaim(claims, d.last)}
	if id.FirstName == "" && dialect == "auto" && claims["familyName"] != nil {
		id.FirstName = firstClaim(claims, []string{"name"}) // familyName shows OneIdentity's dialect
	}
	return id, nil
}

func firstClaim(claims map[string]any, names []string) string {
	for _, name := range names {
		if value, ok := claims[name].(string); ok && value != "" {
			return value
		}
	}
	return ""
}

var levelPattern = regexp.MustCompile(`SpidL([123])$`)

// checkLevel refuses an identity below the minimum. An unknown level counts as 0.
func checkLevel(claims map[string]any, least int) error {
	have := 0
	if m := levelPattern.FindStringSubmatch(firstClaim(claims, []string{"acr"})); m != nil {
		have, _ = strconv.Atoi(m[1])
	}
	if have < least {
		return ErrLevel
	}
	return nil
}
