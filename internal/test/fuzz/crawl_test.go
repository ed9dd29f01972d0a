package fuzz_test

import (
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/seed"
)

// pageForm is a form with the choices on its page.
type pageForm struct {
	htmltest.Form
	choices map[string][]string
}

// crawl opens the first pages for their forms.
func (f *fuzzer) crawl(b *browser, i *seed.Institution) {
	home := "/dashboard/" + string(i.ID)
	for _, path := range []string{
		"/users", "/users?product=prod-interop", "/users?product=prod-pn", "/users/add", "/users/import", "/groups/",
		"/groups/add?product=prod-interop", "/activity",
	} {
		f.collectForms(b.Get(home+path).Body, home+path)
	}
	for _, id := range f.ids[1:9] {
		f.collectForms(b.Get(home+"/users/"+id).Body, home+"/users/"+id)
	}
}

// collectForms keeps the forms and links of a page.
func (f *fuzzer) collectForms(body, at string) {
	p := htmltest.ParseString(f.site.T, body)
	f.mu.Lock()
	defer f.mu.Unlock()
	choices := map[string][]string{}
	for _, role := range []string{"checkbox", "radio"} {
		for _, e := range p.All(role, "") {
			name := e.Attr("name")
			choices[name] = append(choices[name], e.Attr("value"))
			f.recordValue(name, e.Attr("value"))
		}
	}
	for _, button := range p.All("button", "") {
		if !isSubmitButton(button) {
			continue
		}
		form := button.Form()
		if form.Action == "" {
			form.Action = at
		}
		if strings.HasPrefix(form.Action, "/dashboard/") {
			f.forms = append(f.forms, pageForm{form, choices})
		}
	}
	f.forms = f.forms[max(0, len(f.forms)-200):]
	for _, link := range p.All("link", "") {
		if to := resolvePath(at, link.Attr("href")); strings.HasPrefix(to, "/dashboard/") {
			f.links = append(f.links, to)
		}
	}
	f.links = f.links[max(0, len(f.links)-400):]
}

// resolvePath is the path and query of a link on the page at an address; empty if it leads elsewhere.
func resolvePath(at, link string) string {
	base, err := url.Parse(at)
	if err != nil {
		return ""
	}
	to, err := base.Parse(link)
	if err != nil || to.Host != base.Host {
		return ""
	}
	return to.RequestURI()
}

func (f *fuzzer) recordValue(name, value string) {
	f.values[name] = append(f.values[name], value)
	if over := len(f.values[name]) - 60; over > 0 {
		f.values[name] = f.values[name][over:]
	}
}

func isSubmitButton(e htmltest.Element) bool {
	return e.Attr("type") == "submit" || e.Attr("type") == ""
}
