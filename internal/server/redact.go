package server

import (
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// redactURL is an address as it may be given out (rule D7). Somebody may have typed a fiscal code into the one that was asked
// for: it mustn't come back in a link, nor be kept with an attempt to sign in. Then its path is left, or the first page.
func redactURL(address string) string {
	if !containsFiscalCode(address) {
		return address
	}
	if path, _, found := strings.Cut(address, "?"); found && !containsFiscalCode(path) {
		return path
	}
	return web.RootURL()
}

// containsFiscalCode reports whether an address has in it what may be a fiscal code.
func containsFiscalCode(address string) bool {
	text, err := url.QueryUnescape(address)
	if err != nil {
		text = address
	}
	return access.ContainsFiscalCode(text)
}
