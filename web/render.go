package web

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
)

// Pieces are components written by hand, for what stands on a page many times over: they cost no allocation, where a template's
// costs two. A list has hundreds of them.

// icon is a drawing from the sprite; it never says anything by itself.
type icon string

// Render implements [templ.Component].
func (i icon) Render(_ context.Context, w io.Writer) error {
	return writeHTML(w, `<svg class="icon" aria-hidden="true" focusable="false"><use href="`, assetPath, hashedName("sprite.svg"), `#`, string(i), `"></use></svg>`)
}

// email is an address that may break after the at sign before it breaks anywhere else.
type email string

// Render implements [templ.Component].
func (e email) Render(_ context.Context, w io.Writer) error {
	name, host, found := strings.Cut(string(e), "@")
	if !found {
		return writeHTML(w, templ.EscapeString(name))
	}
	return writeHTML(w, templ.EscapeString(name), "@<wbr>", templ.EscapeString(host))
}

// localizedText is a text of the catalogue as a frame says it.
type localizedText struct {
	text          string
	isItalianOnly bool
}

// newLocalizedText is a text of the catalogue; where it is only in Italian, it says so.
func newLocalizedText(f Layout, t access.Text) localizedText {
	return localizedText{f.localize(t), f.isItalianOnly(t)}
}

// Render implements [templ.Component].
func (p localizedText) Render(_ context.Context, w io.Writer) error {
	if p.isItalianOnly {
		return writeHTML(w, `<span lang="it">`, templ.EscapeString(p.text), `</span>`)
	}
	return writeHTML(w, templ.EscapeString(p.text))
}

// heldRoles are a row's roles, or some of them; each says that it is suspended where not all of the row's are.
type heldRoles struct {
	layout  *Layout
	product *access.Product
	row     *access.Row
	roles   []access.HeldRole
}

// Render implements [templ.Component].
func (h heldRoles) Render(ctx context.Context, w io.Writer) error {
	err := writeHTML(w, "<ul>")
	for _, role := range h.roles {
		err = errors.Join(err, writeHTML(w, "<li>"), newLocalizedText(*h.layout, roleLabel(*h.product, role.Role)).Render(ctx, w))
		if role.Status == access.Suspended && !h.row.Suspended() {
			err = errors.Join(err, writeHTML(w, " "), suspendedTag(*h.layout).Render(ctx, w))
		}
		err = errors.Join(err, writeHTML(w, "</li>"))
	}
	return errors.Join(err, writeHTML(w, "</ul>"))
}

// writeHTML writes one after the other: what is given is HTML already.
func writeHTML(w io.Writer, all ...string) error {
	for _, one := range all {
		if _, err := io.WriteString(w, one); err != nil {
			return err
		}
	}
	return nil
}
