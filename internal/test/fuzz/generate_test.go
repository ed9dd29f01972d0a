package fuzz_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// randomRequest draws a request: a page's form, valid or mutated, or an arbitrary one to the route.
func (f *fuzzer) randomRequest(b *browser, r *rand.Rand, to route) (request *http.Request, what string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	method, path, values := to.method, f.path(r, to.pattern), f.randomForm(r)
	what = to.method + " " + to.pattern
	if to.method == http.MethodGet && r.IntN(2) == 0 {
		path += "?" + f.query(r, values)
	}
	if to.method == http.MethodGet && len(f.links) > 0 && r.IntN(3) == 0 {
		path, what = pick(r, f.links), "a link of a page"
	}
	if to.method == http.MethodPost && len(f.forms) > 0 && r.IntN(4) > 0 {
		form := pick(r, f.forms[len(f.forms)*r.IntN(2)/2:])
		method, path, what = form.Method, form.Action, "a form of a page"
		values = f.mutateForm(r, form)
		if method == http.MethodGet {
			path += "?" + values.Encode()
		}
	}
	if r.IntN(15) == 0 {
		method = pick(r, []string{"HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FIRE", "get", "POST", "GET"})
	}
	var body io.Reader = http.NoBody
	kind := ""
	if method != http.MethodGet && method != http.MethodHead {
		body, kind = f.body(r, values)
	}
	request, err := http.NewRequestWithContext(context.Background(), method, f.site.URL, body)
	if err != nil {
		panic(err) // the methods above are all valid
	}
	request.URL.Opaque = "//" + f.site.Host + path
	request.URL.Path = "/"
	if raw, query, found := strings.Cut(path, "?"); found {
		request.URL.Opaque, request.URL.RawQuery = "//"+f.site.Host+raw, query
	}
	f.headers(r, request, kind)
	return request, what
}

// path fills a route's parameters, mostly with existing values.
func (f *fuzzer) path(r *rand.Rand, pattern string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "{")
		b.WriteString(strings.TrimSuffix(before, "*"))
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		pattern = after
		value := map[string]string{
			"product": pick(r, []string{"prod-interop", "prod-pn", "prod-io"}),
			"role":    pick(r, []string{"api", "security", "admin", "operator"}), "code": "25",
		}[name]
		if value == "" {
			value = pick(r, f.ids)
		}
		if name == "institution" {
			value = f.ids[0]
		}
		if r.IntN(5) == 0 {
			value = url.PathEscape(truncateAddress(pick(r, f.corpus)))
		} else if r.IntN(30) == 0 {
			value = strings.Repeat("%41", 1+r.IntN(2_000))
		}
		b.WriteString(value)
	}
	if r.IntN(30) == 0 {
		return b.String() + pick(r, []string{"/", "//", "/..", "/.", "/%2e%2e", ";x=1", "%00", "%", "%zz", "/%ff", "\\"})
	}
	return b.String()
}

// truncateAddress limits what goes into an address.
func truncateAddress(s string) string {
	if len(s) > 2_000 {
		return s[:2_000]
	}
	return s
}

// query encodes values for an address, sometimes incorrectly.
func (f *fuzzer) query(r *rand.Rand, values url.Values) string {
	for name, all := range values {
		for n := range all {
			all[n] = truncateAddress(all[n])
		}
		values[name] = all[:min(2, len(all))]
	}
	text := values.Encode()
	if len(text) > 9_000 {
		text = text[:9_000]
	}
	if r.IntN(10) == 0 {
		text += pick(r, []string{"&%", "&a=%zz", "&&&", ";a=b", "&a", "=", "&=x", "?", "&q=%00", "&q=%ff"})
	}
	return text
}

// randomForm draws an arbitrary form.
func (f *fuzzer) randomForm(r *rand.Rand) url.Values {
	values := url.Values{"once": {randomKey(r)}}
	for range r.IntN(8) {
		values.Add(pick(r, f.fields), f.value(r, pick(r, f.fields)))
	}
	return values
}

// value draws a value for a field: one seen on pages, or an arbitrary one.
func (f *fuzzer) value(r *rand.Rand, name string) string {
	if had := f.values[name]; len(had) > 0 && r.IntN(2) == 0 {
		return pick(r, had)
	}
	if r.IntN(4) == 0 {
		return pick(r, f.ids)
	}
	return pick(r, f.corpus)
}

// mutateForm returns a form unchanged half of the time; otherwise with fields left out, repeated, changed or added.
func (f *fuzzer) mutateForm(r *rand.Rand, form pageForm) url.Values {
	values, changed := form.Values, url.Values{}
	for name, all := range values {
		changed[name] = append([]string(nil), all...)
	}
	f.fill(r, changed, form.choices)
	if r.IntN(2) == 0 {
		return changed
	}
	for name := range values {
		switch r.IntN(8) {
		case 0:
			delete(changed, name)
		case 1:
			changed.Set(name, f.value(r, name))
		case 2:
			changed.Add(name, f.value(r, name))
		case 3:
			changed[name+"[]"] = changed[name]
		}
	}
	if r.IntN(3) == 0 {
		changed.Add(pick(r, f.fields), pick(r, f.corpus))
	}
	return changed
}

// fill fills in choices and valid texts.
func (f *fuzzer) fill(r *rand.Rand, values url.Values, choices map[string][]string) {
	who := r.IntN(len(f.values["fiscal_code"]))
	for name, right := range map[string]string{
		"first_name": []string{"Nina", "Nello", "Ada"}[who], "last_name": []string{"Nuova", "Novelli", "Altrove"}[who],
		"fiscal_code": f.values["fiscal_code"][who],
		"email":       pick(r, []string{"n@ente.example", "x+y@ente.example"}),
		"title":       pick(r, []string{"Protocollo", "Anagrafe", "Tributi " + fmt.Sprint(r.IntN(100))}),
		"rows": "codice fiscale;nome;cognome;e-mail;prodotto;ruolo\n" + pick(r, f.values["fiscal_code"]) +
			";Nina;Nuova;n@ente.example;prod-interop;api",
	} {
		if _, there := values[name]; there && r.IntN(4) > 0 {
			values.Set(name, right)
		}
	}
	for name, all := range choices {
		if r.IntN(5) > 0 {
			values[name] = []string{pick(r, all)}
		}
		if r.IntN(4) == 0 {
			values.Add(name, pick(r, all))
		}
	}
	if r.IntN(3) > 0 {
		delete(values, "back")
	}
}

// randomKey is an idempotency key.
func randomKey(r *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
}

// body encodes a form, mostly as browsers do.
func (f *fuzzer) body(r *rand.Rand, values url.Values) (io.Reader, string) {
	const form = "application/x-www-form-urlencoded"
	text := values.Encode()
	switch r.IntN(24) {
	case 0:
		return strings.NewReader(text + pick(r, []string{"&%", "&a=%zz", ";a=b", "&&", "\x00", "\xff"})), form
	case 1:
		return strings.NewReader(
				text,
			), pick(
				r,
				[]string{
					"text/plain",
					"application/json",
					"",
					"application/x-www-form-urlencoded; charset=utf-16",
					"x",
					"multipart/form-data",
					"multipart/form-data; boundary=",
					form + ";;;",
					"text/xml",
				},
			)
	case 2, 3, 4:
		return multipartBody(r, values)
	case 5:
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		return &b, form
	case 6:
		return strings.NewReader(text + "&x=" + strings.Repeat("y", r.IntN(400<<10))), form
	case 7:
		return strings.NewReader(text[:r.IntN(len(text)+1)]), form
	}
	return strings.NewReader(text), form
}

// multipartBody encodes a form in parts with a file, sometimes truncated.
func multipartBody(r *rand.Rand, values url.Values) (io.Reader, string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, all := range values {
		for _, value := range all {
			_ = w.WriteField(name, value)
		}
	}
	if part, err := w.CreateFormFile(
		"file",
		pick(r, []string{"persone.csv", "", marker + ">.csv", "../../x", "a\"b", "x\r\ny", strings.Repeat("f", 2_000)}),
	); err == nil {
		_, _ = part.Write([]byte(pick(r, corpus())))
	}
	_ = w.Close()
	if r.IntN(3) == 0 {
		b.Truncate(r.IntN(b.Len()))
	}
	return &b, w.FormDataContentType()
}

// headers sets a browser's headers, and sometimes others.
func (f *fuzzer) headers(r *rand.Rand, request *http.Request, kind string) {
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if r.IntN(10) > 0 {
		return
	}
	add := map[string][]string{
		"Sec-Fetch-Site": {
			"cross-site",
			"same-site",
			"none",
			"x",
		},
		"Origin":           {"null", "https://fire.example", f.site.URL},
		"Content-Encoding": {"gzip", "br", "deflate"},
		"Accept-Encoding": {
			"zstd",
			"gzip;q=0",
			"*",
			"",
		},
		"Accept-Language": {"en", "xx-YY;q=9", strings.Repeat("it,", 500)},
		"Range":           {"bytes=0-0", "bytes=9-1"},
		"If-None-Match":   {"*"},
		"X-Forwarded-For": {
			"10.0.0.1",
			"x, y, z",
		},
		"X-HTTP-Method-Override": {"DELETE"},
		"Expect":                 {"100-continue"},
		"Cookie":                 {"x=y", "areariservata=x", ";;;="},
		"Content-Type": {
			"text/plain",
		},
		"Forwarded":  {"for=10.0.0.1"},
		"Host":       {"fire.example"},
		"Referer":    {"https://fire.example/"},
		"Upgrade":    {"websocket"},
		"Connection": {"Upgrade"},
	}
	for name, all := range add {
		if r.IntN(4) == 0 {
			request.Header.Add(name, pick(r, all))
		}
	}
}
