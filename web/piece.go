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
	return write(w, `<svg class="icon" aria-hidden="true" focusable="false"><use href="`, served, hashed("sprite.svg"), `#`, string(i), `"></use></svg>`)
}

// email is an address that may break after the at sign before it breaks anywhere else.
type email string

// Render implements [templ.Component].
func (e email) Render(_ context.Context, w io.Writer) error {
	name, host, found := strings.Cut(string(e), "@")
	if !found {
		return write(w, templ.EscapeString(name))
	}
	return write(w, templ.EscapeString(name), "@<wbr>", templ.EscapeString(host))
}

// phrased is a text of the catalogue as a frame says it.
type phrased struct {
	said    string
	foreign bool
}

// phrase is a text of the catalogue; where it is only in Italian, it says so.
func phrase(f Frame, t access.Text) phrased { return phrased{f.say(t), f.foreign(t)} }

// Render implements [templ.Component].
func (p phrased) Render(_ context.Context, w io.Writer) error {
	if p.foreign {
		return write(w, `<span lang="it">`, templ.EscapeString(p.said), `</span>`)
	}
	return write(w, templ.EscapeString(p.said))
}

// heldRoles are a row's roles, or some of them; each says that it is suspended where not all of the row's are.
type heldRoles struct {
	frame   *Frame
	product *access.Product
	row     *access.Row
	some    []access.HeldRole
}

// Render implements [templ.Component].
func (h heldRoles) Render(ctx context.Context, w io.Writer) error {
	err := write(w, "<ul>")
	for _, role := range h.some {
		err = errors.Join(err, write(w, "<li>"), phrase(*h.frame, roleLabel(*h.product, role.Role)).Render(ctx, w))
		if role.Status == access.Suspended && !h.row.Suspended() {
			err = errors.Join(err, write(w, " "), suspendedTag(*h.frame).Render(ctx, w))
		}
		err = errors.Join(err, write(w, "</li>"))
	}
	return errors.Join(err, write(w, "</ul>"))
}

// write writes one after the other: what is given is HTML already.
func write(w io.Writer, all ...string) error {
	for _, one := range all {
		if _, err := io.WriteString(w, one); err != nil {
			return err
		}
	}
	return nil
}
