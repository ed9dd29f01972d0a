package web

import (
	"bytes"
	"context"
	"io"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// The components in this file are written by hand, because a page has many of each. In a template, each text costs two
// allocations, and each component two more; these cost none (TestAListIsRenderedWithFewAllocations).

// htmlWriter writes parts of a page until one fails.
type htmlWriter struct {
	w       io.Writer
	err     error
	message []byte // scratch space of writeMessage
}

// raw writes HTML.
func (h *htmlWriter) raw(parts ...string) *htmlWriter {
	for _, s := range parts {
		if h.err == nil {
			_, h.err = io.WriteString(h.w, s)
		}
	}
	return h
}

// text writes a text or the value of an attribute, escaped.
func (h *htmlWriter) text(parts ...string) *htmlWriter {
	for _, s := range parts {
		h.raw(templ.EscapeString(s))
	}
	return h
}

// writeMessage writes the text of a message, escaped.
func (h *htmlWriter) writeMessage(m locale.Message, a locale.Args) *htmlWriter {
	h.message = m.Append(h.message[:0], a)
	if bytes.ContainsAny(h.message, `&'<>"`) {
		return h.text(string(h.message))
	}
	if h.err == nil {
		_, h.err = h.w.Write(h.message)
	}
	return h
}

// icon is a decorative drawing from the sprite, hidden from assistive technology.
type icon string

// Render implements [templ.Component].
func (i icon) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	i.draw(&h)
	return h.err
}

func (i icon) draw(h *htmlWriter) {
	h.raw(`<svg class="icon" aria-hidden="true" focusable="false"><use href="`, assetPath, hashedName("sprite.svg"), `#`, string(i))
	h.raw(`"></use></svg>`)
}

// email is an e-mail address. A line breaks after its at sign before it breaks elsewhere.
type email string

func (e email) draw(h *htmlWriter) {
	name, host, found := strings.Cut(string(e), "@")
	h.text(name)
	if found {
		h.raw(`@<wbr>`).text(host)
	}
}

// Render implements [templ.Component].
func (e email) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	e.draw(&h)
	return h.err
}

// localizedText is a text of the catalogue in the page's language, or in Italian, marked as such.
type localizedText struct {
	text          string
	isItalianOnly bool
}

func newLocalizedText(f Layout, t access.Text) localizedText {
	return localizedText{f.localize(t), f.isItalianOnly(t)}
}

// Render implements [templ.Component].
func (t localizedText) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	t.draw(&h)
	return h.err
}

func (t localizedText) draw(h *htmlWriter) {
	if t.isItalianOnly {
		h.raw(`<span lang="it">`).text(t.text).raw(`</span>`)
	} else {
		h.text(t.text)
	}
}

// statusTag is the name of a status. Its colour only repeats it.
type statusTag struct {
	status access.Status
	name   string
}

func newStatusTag(f Layout, s access.Status) statusTag {
	return statusTag{s, f.locale().Of("status.*", string(s))}
}

// Render implements [templ.Component].
func (t statusTag) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	t.draw(&h)
	return h.err
}

func (t statusTag) draw(h *htmlWriter) {
	class := `active`
	if t.status == access.Suspended {
		class = `suspended`
	}
	h.raw(`<span class="tag tag-`, class, `">`).text(t.name).raw(`</span>`)
}

// navLink is a link of a navigation. Its page is the current one, or the current one belongs to it.
type navLink struct {
	href, name        string
	isCurrent, isPage bool
}

func (f Layout) navLink(href, name string, isCurrent bool) navLink {
	page, _, _ := strings.Cut(f.Address, "?")
	return navLink{href, name, isCurrent, page == href}
}

// Render implements [templ.Component].
func (n navLink) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	h.raw(`<a href="`).text(n.href).raw(`"`)
	switch {
	case n.isCurrent && n.isPage:
		h.raw(` aria-current="page"`)
	case n.isCurrent:
		h.raw(` aria-current="true"`)
	}
	h.raw(`>`).text(n.name).raw(`</a>`)
	return h.err
}

// productTab is the tab of a product's list, with its number of users.
type productTab struct {
	href, count string
	title       localizedText
	isCurrent   bool
}

// Render implements [templ.Component].
func (t productTab) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	h.raw(`<a href="`).text(t.href).raw(`"`)
	if t.isCurrent {
		h.raw(` aria-current="page"`)
	}
	h.raw(`>`)
	t.title.draw(&h)
	drawCount(&h, t.count)
	h.raw(`</a>`)
	return h.err
}

// option is a choice of a filter, with the number of rows that it would show.
type option struct {
	value, name, count        string
	isSelected, isItalianOnly bool
}

// Render implements [templ.Component].
func (o option) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	h.raw(`<option value="`).text(o.value).raw(`"`)
	if o.isSelected {
		h.raw(` selected`)
	}
	if o.isItalianOnly {
		h.raw(` lang="it"`)
	}
	h.raw(`>`).text(o.name)
	drawCount(&h, o.count)
	h.raw(`</option>`)
	return h.err
}

// drawCount draws the number of rows of a choice, if it is known.
func drawCount(h *htmlWriter, count string) {
	if count != "" {
		h.raw(` `).text(count)
	}
}

// heldRoles are some of a row's roles. A suspended role is marked if not all roles of the row are suspended.
type heldRoles struct {
	layout  *Layout
	product *access.Product
	row     *access.Row
	roles   []access.HeldRole
}

// Render implements [templ.Component].
func (r heldRoles) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w}
	r.draw(&h)
	return h.err
}

func (r heldRoles) draw(h *htmlWriter) {
	if len(r.row.Roles) == 1 { // lists are long: no list for one role
		newLocalizedText(*r.layout, roleLabel(*r.product, r.roles[0].Role)).draw(h)
		return
	}
	h.raw(`<ul>`)
	for _, role := range r.roles {
		h.raw(`<li>`)
		newLocalizedText(*r.layout, roleLabel(*r.product, role.Role)).draw(h)
		if role.Status == access.Suspended && !r.row.Suspended() {
			h.raw(` `)
			newStatusTag(*r.layout, access.Suspended).draw(h)
		}
		h.raw(`</li>`)
	}
	h.raw(`</ul>`)
}
