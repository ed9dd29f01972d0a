package server

import (
	"net/url"
	"regexp"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// codeShape is what looks like a fiscal code wherever it stands, right or wrong.
var codeShape = regexp.MustCompile(`(?i)[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPR-T][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]`)

// discreet is an address as it may be given out (rule D7). Somebody may have typed a fiscal code into the one that was asked
// for: it mustn't come back in a link, nor be kept with an attempt to sign in. Then its path is left, or the first page.
func discreet(address string) string {
	if !tells(address) {
		return address
	}
	if path, _, found := strings.Cut(address, "?"); found && !tells(path) {
		return path
	}
	return web.RootURL()
}

// tells reports whether an address has in it what may be a fiscal code. Sixteen letters without a digit are a word, unless
// they happen to be a valid code.
func tells(address string) bool {
	text, err := url.QueryUnescape(address)
	if err != nil {
		text = address
	}
	for _, found := range codeShape.FindAllString(strings.ReplaceAll(text, " ", ""), -1) {
		if _, err := access.ParseFiscalCode(found); err == nil || strings.ContainsAny(found, "0123456789") {
			return true
		}
	}
	return false
}
