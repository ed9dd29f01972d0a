package signin

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// Identity is who somebody is, as SPID or CIE says.
type Identity struct {
	FiscalCode string // upper case, without the TINIT- that the provider puts in front
	FirstName  string
	LastName   string
}

// Identities that aren't good enough.
var (
	ErrNoFiscalCode = errors.New("the identity has no Italian fiscal code")
	ErrLevel        = errors.New("the identity's level is below the minimum")
)

// dialects are the names that providers give to the claims, those of each dialect in the order in which they are looked
// for. `name` is the full name in OpenID Connect and the first name in OneIdentity: there, and only there, it is asked for.
var dialects = map[string]struct{ fiscal, first, last []string }{
	"agid": {
		fiscal: []string{"https://attributes.eid.gov.it/fiscal_number", "https://attributes.spid.gov.it/fiscal_number", "fiscal_number"},
		first:  []string{"given_name"},
		last:   []string{"family_name"},
	},
	"oneidentity": {fiscal: []string{"fiscalNumber"}, first: []string{"name"}, last: []string{"familyName"}},
	"auto": {
		fiscal: []string{"https://attributes.eid.gov.it/fiscal_number", "https://attributes.spid.gov.it/fiscal_number", "fiscal_number", "fiscalNumber"},
		first:  []string{"given_name"},
		last:   []string{"family_name", "familyName"},
	},
}

// IsKnownDialect reports whether there is a dialect of that name.
func IsKnownDialect(dialect string) bool {
	_, ok := dialects[dialect]
	return ok
}

// hasIdentity reports whether the claims say all that is looked for; if not, the userinfo endpoint may.
func hasIdentity(dialect string, claims map[string]any) bool {
	d := dialects[dialect]
	return firstClaim(claims, d.fiscal) != "" && firstClaim(claims, d.last) != ""
}

// parseIdentity reads who it is. The fiscal code alone decides: the subject is new at every sign-in at OneIdentity.
func parseIdentity(dialect string, claims map[string]any) (Identity, error) {
	d := dialects[dialect]
	code := strings.ToUpper(strings.TrimSpace(firstClaim(claims, d.fiscal)))
	prefix, bare, found := strings.Cut(code, "-")
	if found && prefix == "TINIT" {
		code = bare
	}
	if !fiscalCodePattern.MatchString(code) {
		return Identity{}, ErrNoFiscalCode
	}
	id := Identity{FiscalCode: code, FirstName: firstClaim(claims, d.first), LastName: firstClaim(claims, d.last)}
	if id.FirstName == "" && dialect == "auto" && claims["familyName"] != nil {
		id.FirstName = firstClaim(claims, []string{"name"}) // OneIdentity's dialect, as its family name tells
	}
	return id, nil
}

// fiscalCodePattern is the shape only: whether it is somebody's is for the provider to know.
var fiscalCodePattern = regexp.MustCompile(`^[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]$`)

func firstClaim(claims map[string]any, names []string) string {
	for _, name := range names {
		if value, ok := claims[name].(string); ok && value != "" {
			return value
		}
	}
	return ""
}

var levelPattern = regexp.MustCompile(`SpidL([123])$`)

// checkLevel refuses an identity below the minimum; one of no known level is level 0.
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
