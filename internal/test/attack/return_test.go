package attack_test

import (
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/test/site"
)

func returnAttacks() []attack {
	var rows []attack
	for _, address := range []string{
		"//elsewhere.example", "///elsewhere.example", "https://elsewhere.example/", "https:elsewhere.example", "http:/elsewhere.example",
		`\\elsewhere.example`, `/\elsewhere.example`, `\/elsewhere.example`, "/%2felsewhere.example",
		"/%5celsewhere.example", "%2f%2felsewhere.example",
		"/\t/elsewhere.example", "/%09/elsewhere.example", "\t//elsewhere.example", " //elsewhere.example",
		"/x\r\nLocation: https://elsewhere.example/",
		"/x%0d%0aSet-Cookie:%20a=b", "javascript:alert(1)", "@elsewhere.example", ".elsewhere.example", "/login/start", "/logout",
	} {
		rows = append(
			rows,
			attack{"Open redirect: sign-in is to lead to " + strings.ReplaceAll(address, "/", "|") + ".", in, func(f *attackSite) site.Page {
				return f.victim.Get(f.reply(f.victim, address, "Anna Bianchi").String())
			}},
			attack{
				"Open redirect: who has signed in is to be led to " + strings.ReplaceAll(address, "/", "|") + ".",
				in,
				func(f *attackSite) site.Page {
					f.signIn()
					return f.victim.Get("/login?" + url.Values{"return": {address}}.Encode())
				},
			},
		)
	}
	return append(rows, attack{"Sign-in leads to the requested page.", in, func(f *attackSite) site.Page {
		p := f.victim.Get(f.reply(f.victim, "/accessibility", "Anna Bianchi").String())
		if p.URL.Path != "/accessibility" {
			f.T.Errorf("it leads to %s", p.URL)
		}
		return p
	}})
}
