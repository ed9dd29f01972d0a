package access

import (
	"errors"
	"strings"
)

// MaxEmail is the length of the longest deliverable e-mail address, in characters, which are all ASCII.
const MaxEmail = 254

// Errors of a typed e-mail address (rule D3).
var (
	ErrEmailShape     = errors.New("e-mail: not an address: one @, something before it, a domain with a dot after it")
	ErrEmailTooLong   = errors.New("e-mail: longer than 254 characters")
	ErrEmailCode      = errors.New("e-mail: contains a fiscal code, which would be stored in clear and listed (rule D7)")
	ErrEmailCertified = errors.New("e-mail: a certified-mail address (PEC), which is not a person's")
)

// maxLocal is the length of the longest part before the @.
const maxLocal = 64

// ParseEmail normalizes a typed institutional e-mail address: it trims spaces and lowers capitals. It refuses certified
// mail (rule D3), and addresses with quotes, comments or characters outside ASCII, which people do not have.
func ParseEmail(typed string) (string, error) {
	email := strings.ToLower(strings.TrimSpace(typed))
	if len(email) > MaxEmail {
		return "", ErrEmailTooLong
	}
	local, domain, _ := strings.Cut(email, "@")
	if !isLocal(local) || !isDomain(domain) {
		return "", ErrEmailShape
	}
	if hasCode(local) {
		return "", ErrEmailCode
	}
	if kindOfMail(domain) == certifiedMail {
		return "", ErrEmailCertified
	}
	return email, nil
}

// MayBeCertified reports whether a normalized address is one that ordinary and certified mail (PEC) both have: a warning
// to confirm (rule D3).
func MayBeCertified(email string) bool {
	_, domain, _ := strings.Cut(email, "@")
	return kindOfMail(domain) == doubtfulMail
}

// hasCode reports whether the part before the @ contains the shape of a fiscal code, also with signs between its letters.
func hasCode(local string) bool {
	return containsCodeShape(strings.Map(func(c rune) rune {
		if isAlphanumeric(c) {
			return c
		}
		return -1
	}, local))
}

func isAlphanumeric(c rune) bool { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') }

// isLocal reports whether the text is words of letters, digits and the signs of RFC 5322, joined by single dots.
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

// isDomain reports whether the text is at least two labels of letters, digits and inner hyphens, the last not a number.
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
