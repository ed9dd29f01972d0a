package server

import (
	"net/url"
	"strings"

	"golang.org/x/text/unicode/norm"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// redactURL returns an address without a fiscal code that was typed into it (rule D7), for links and for stored sign-in
// attempts: the path alone, or the root.
func redactURL(address string) string {
	if !containsFiscalCode(address) {
		return address
	}
	if path, _, found := strings.Cut(address, "?"); found && !containsFiscalCode(path) {
		return path
	}
	return web.RootURL()
}

// containsFiscalCode reports whether an address may contain a fiscal code, also in full-width or mathematical letters.
func containsFiscalCode(address string) bool {
	text, err := url.QueryUnescape(address)
	if err != nil {
		text = address
	}
	return access.ContainsFiscalCode(norm.NFKC.String(text))
}
