package signin_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/signin"
)

func TestSignInReturnsOnlyToPagesOfTheSite(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		"/", "/institutions/7/users", "/institutions/7/users?page=2&q=d%27arco+s%C3%AC", "/loginx", "/x/login", "/è", "/a:b@c",
		"/" + strings.Repeat("a", 511),
	} {
		if got := signin.SafeReturn(path); got != path {
			t.Errorf("%q becomes %q", path, got)
		}
	}
	for _, path := range []string{
		"", "institutions", "https://elsewhere.example/", "//elsewhere.example", "///elsewhere.example", "/x//y", "javascript:alert(1)",
		`/\elsewhere.example`, `\\elsewhere.example`, `/x\y`, "/%2felsewhere.example", "/%2Felsewhere.example", "%2f%2felsewhere.example",
		"/%5celsewhere.example", "/\t/elsewhere.example", "/%09/elsewhere.example", "/x\r\nSet-Cookie: a=b", "/x%0d%0aSet-Cookie:%20a=b",
		"/x\x00", "/x%00", "/\u0085x", "/100%", "/%zz", " /x",
		"/login", "/login/", "/login/start", "/login/callback?code=1", "/login?return=/x", "/%6cogin", "/logout", "/logout?x", "/logout/x",
		"/" + strings.Repeat("a", 512), "/" + strings.Repeat("è", 256),
	} {
		if got := signin.SafeReturn(path); got != "/" {
			t.Errorf("%q becomes %q", path, got)
		}
	}
}

func TestTheReturnPathIsCheckedWhenSignInStarts(t *testing.T) {
	t.Parallel()
	s := open(t)
	_, returnTo, err := s.signin.FinishAttempt(t.Context(), s.browser, s.atProvider(s.start(s.browser, "//elsewhere.example"), "consent"))
	if err != nil || returnTo != "/" {
		t.Errorf("back to %q (%v)", returnTo, err)
	}
}
