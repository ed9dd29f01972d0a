package access

import (
	"errors"
	"slices"
	"strings"
)

// MaxEmail is the longest e-mail address that can be delivered to, in characters (all are ASCII).
const MaxEmail = 254

// Faults of an e-mail address as typed (rule D3).
var (
	ErrEmailShape     = errors.New("e-mail: not an address: one @, something before it, a domain with a dot after it")
	ErrEmailTooLong   = errors.New("e-mail: longer than 254 characters")
	ErrEmailCertified = errors.New("e-mail: a certified-mail address (PEC), which isn't a person's")
)

// maxLocal is the longest that may stand before the @.
const maxLocal = 64

// ParseEmail reads an institutional e-mail address as people type it: spaces around it and capitals are mended, not
// refused; certified mail is (rule D3). Whether anybody reads it is not for us to say: of the forms that an address may
// take, those that people have are accepted (no quotes, no comments, ASCII only).
func ParseEmail(typed string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(typed))
	if len(email) > MaxEmail {
		return "", ErrEmailTooLong
	}
	local, domain, _ := strings.Cut(email, "@")
	if !isLocal(local) || !isDomain(domain) {
		return "", ErrEmailShape
	}
	if isCertified(domain) {
		return "", ErrEmailCertified
	}
	return email, nil
}

func isAlphanumeric(c rune) bool { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') }

// isLocal: words of letters, digits and the signs that mail allows, with single dots between.
func isLocal(local string) bool {
	if local == "" || len(local) > maxLocal {
		return false
	}
	for word := range strings.SplitSeq(local, ".") {
		if word == "" || strings.ContainsFunc(word, func(c rune) bool {
			return !isAlphanumeric(c) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", c)
		}) {
			return false
		}
	}
	return true
}

// isDomain: labels of letters, digits and inner hyphens; two at least, and the last isn't a number.
func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.ContainsFunc(label, func(c rune) bool { return !isAlphanumeric(c) && c != '-' }) {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) > 1 && len(last) > 1 && strings.Trim(last, "0123456789") != ""
}

// certified are labels of the domains of certified mail: those that bodies give to their own, and providers' names.
var certified = []string{
	"pec", "cert", "postacert", "postecert", "postacertificata", "legalmail", "sicurezzapostale", "certmail", "pecmail",
	"arubapec", "casellapec", "gigapec", "ingpec", "messaggipec", "mypec", "namirialpec", "pecimprese", "pecprofessionisti",
	"pecavvocati", "registerpec", "spidpec", "archiworldpec", "actaliscertymail", "odcecpec", "conafpec",
}

// isCertified reports whether mail to the domain is certified. A label decides as a whole: towns are called Peccioli and
// Pecetto. The last label never does: it is the country's or the kind's.
func isCertified(domain string) bool {
	labels := strings.Split(domain, ".")
	return slices.ContainsFunc(labels[:len(labels)-1], func(label string) bool {
		return slices.Contains(certified, label) || strings.HasPrefix(label, "pec-") || strings.HasSuffix(label, "-pec")
	})
}
