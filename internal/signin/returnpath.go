package signin

import (
	"net/url"
	"strings"
	"unicode"
)

const maxReturnPath = 512

// SafeReturn returns the path if it may be a redirect's target after sign-in: a page of this site that is not for
// signing in or out. Otherwise it returns "/".
func SafeReturn(path string) string {
	decoded, err := url.PathUnescape(path)
	if err != nil || len(path) > maxReturnPath {
		return "/"
	}
	for _, p := range []string{path, decoded} {
		if !strings.HasPrefix(p, "/") || strings.Contains(p, "//") || strings.ContainsRune(p, '\\') ||
			strings.ContainsFunc(p, unicode.IsControl) {
			return "/"
		}
	}
	for _, page := range []string{"/login", "/logout"} {
		if decoded == page || strings.HasPrefix(decoded, page+"/") || strings.HasPrefix(decoded, page+"?") {
			return "/"
		}
	}
	return path
}
