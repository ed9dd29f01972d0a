package leak_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A person known to another institution, verified or not, gets the same responses as an unknown one (rule P10), byte
// for byte except for keys and ids: in the form, in searches, in a file, and when added, removed and added again.
func TestForeignAndUnknownUsersGetTheSameAnswers(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.Seed.MarkVerified("Vera Vista")
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	there := s.Seed.Institution("Altrove", "PA").Product("prod-interop")
	vera, edda := there.Admin("Vera Vista", "prod-interop"), there.Admin("Edda Altra", "prod-interop")
	group := web.AddMembersURL(i.ID, i.Group("prod-pn", "Messi"), access.Filter{})
	english := s.browser(t) // Vera Vista has signed in, in English
	english.requireStatus(english.signIn(s.identityOf("Vera Vista")), http.StatusOK)
	english.Post("/language", url.Values{"lang": {"en"}})
	b := s.browser(t)
	b.requireStatus(b.signIn(s.identityOf("Anna Bianchi")), http.StatusOK)

	typed := func(name string) (form url.Values, code, first, last string) {
		of, first, last := s.identityOf(name)
		return url.Values{
			"fiscal_code": {
				of.Reveal(),
			},
			"first_name": {first},
			"last_name":  {last},
			"email":      {seed.Email(name)},
			"product":    {"prod-interop"},
			"role":       {"prod-interop:api"},
		}, of.Reveal(), first, last
	}
	asked := func(name string) map[string]string {
		t.Helper()
		form, code, first, last := typed(name)
		all := map[string]string{}
		for step, a := range map[string]site.Page{
			"form":    b.requireStatus(b.Post(web.AddURL(i.ID, ""), form), http.StatusOK),
			"search":  b.requireStatus(b.Post(web.SearchURL(i.ID), url.Values{"q": {code}}), http.StatusOK),
			"address": b.requireStatus(b.Get(web.UsersURL(i.ID, access.Filter{})+"?q="+code), http.StatusSeeOther),
			"members": b.requireStatus(b.Post(group+"/search", url.Values{"q": {code}}), http.StatusOK),
			"file": b.requireStatus(b.Get(b.requireStatus(b.Upload(web.ImportURL(i.ID), "x.csv",
				"Codice fiscale;Cognome;Nome;E-mail;Prodotto;Ruolo\r\n"+
					strings.Join([]string{code, last, first, seed.Email(name), "prod-interop", "api"}, ";")),
				http.StatusSeeOther).Location()), http.StatusOK),
		} {
			all[step] = normalize(a, code, first, last, seed.Email(name))
		}
		return all
	}
	added := func(name string) (answers map[string]string) {
		t.Helper()
		form, code, first, last := typed(name)
		var ids []access.UserID
		answers = map[string]string{}
		for _, time := range []string{"first", "again"} {
			form.Set("once", string(site.NewKey()))
			done := b.requireStatus(b.Post(web.AddConfirmURL(i.ID), form), http.StatusSeeOther)
			id := access.UserID(keyOrIDPattern.FindString(strings.TrimPrefix(done.Location(), web.HomeURL(i.ID))))
			if ids = append(ids, id); id == vera || id == edda {
				t.Errorf("%s has the id of another institution", name)
			}
			confirm := web.RoleURL(i.ID, id, access.Target{Product: "prod-interop", Role: "api"}, access.Remove)
			for step, a := range map[string]site.Page{
				"added":    done,
				"profile":  b.requireStatus(b.Get(done.Location()), http.StatusOK),
				"edit":     b.requireStatus(b.Get(web.EditURL(i.ID, id)), http.StatusOK),
				"list":     b.requireStatus(b.Get(web.UsersURL(i.ID, access.Filter{Text: last})), http.StatusOK),
				"removing": b.requireStatus(b.Get(confirm), http.StatusOK),
				"removed":  b.requireStatus(b.Post(confirm, site.KeyedForm()), http.StatusSeeOther),
			} {
				answers[time+" "+step] = normalize(a, code, first, last, seed.Email(name))
			}
		}
		answers["the id is the same"] = fmt.Sprint(ids[0] == ids[1] && ids[0] != "")
		return answers
	}
	unknown := asked("Ines Nuova")
	for _, elsewhere := range []string{"Edda Altra", "Vera Vista"} {
		if diff := cmp.Diff(unknown, asked(elsewhere)); diff != "" {
			t.Errorf("%s:\n%s", elsewhere, diff)
		}
	}
	// Verified names and the language hold from the person's first sign-in after being added (rule D4).
	new := added("Ines Nuova")
	for _, elsewhere := range []string{"Edda Altra", "Vera Vista"} {
		if diff := cmp.Diff(new, added(elsewhere)); diff != "" {
			t.Errorf("%s added:\n%s", elsewhere, diff)
		}
	}
}

var keyOrIDPattern = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// signaturePattern finds the signature of a search text that a link repeats.
var signaturePattern = regexp.MustCompile(`(sig(?:=|%3D|-))[\w-]+`)

// normalize removes what differs anyway: keys, ids, typed texts and their signatures.
func normalize(a site.Page, typed ...string) string {
	text := strings.ReplaceAll(keyOrIDPattern.ReplaceAllString(http.StatusText(a.Status)+" "+a.Location()+"\n"+a.Body, "ID"), "<wbr>", "")
	text = signaturePattern.ReplaceAllString(text, "${1}MAC")
	for n, word := range typed {
		stand := string(rune('A' + n))
		text = strings.ReplaceAll(strings.ReplaceAll(text, word, stand), url.QueryEscape(word), stand)
	}
	return text
}
