package web

import (
	"context"
	"io"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Render implements [templ.Component]. It draws a row of the table of users. The allowed actions on the row's roles are
// in a disclosure, with the same confirmations as on the profile.
//
// Lists are long, so a row has as few bytes as it can: cells have no classes (the stylesheet counts them from the end),
// end tags that HTML does not need are left out, and addresses are relative to the list's own. The stylesheet draws the
// arrow to the profile as part of the link.
func (r *listRow) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w, message: r.texts.scratch}
	defer func() { r.texts.scratch = h.message }()
	if r.isActedOn {
		h.raw(`<tr id="`, actedOnID, `">`)
	} else {
		h.raw(`<tr>`)
	}
	if r.isSelectable {
		h.raw(`<td>`)
		if !r.isSelf {
			h.raw(`<input type="checkbox" name="user" value="`).text(string(r.User))
			h.raw(`" aria-label="`).writeMessage(r.texts.selectUser, locale.Args{Person: r.person}).raw(`">`)
		}
	}
	h.raw(`<th scope="row"><a translate="no" href="`).text(r.profileURL[:]...).text(r.fromList).raw(`">`)
	h.text(r.LastName)
	if r.FirstName != "" {
		h.raw(` `).text(r.FirstName)
	}
	h.raw(`</a>`)
	if r.isSelf {
		h.raw(` <span class="you">`).text(r.locale.T("common.you")).raw(`</span>`)
	}
	h.raw(`<td>`)
	email(r.Email).draw(&h)
	h.raw(`<td>`)
	r.drawRoles(&h)
	r.drawStatus(&h)
	h.raw(`<td>`)
	r.drawActions(&h)
	return h.err
}

// drawRoles draws the row's roles. If there are many, most are in a disclosure.
func (r *listRow) drawRoles(h *htmlWriter) {
	visible := countVisibleRoles(*r.Row)
	heldRoles{r.layout, r.product, r.Row, r.Roles[:visible]}.draw(h)
	if rest := r.Roles[visible:]; len(rest) > 0 {
		h.raw(`<details class="more"><summary>`)
		h.text(r.locale.T("list.more_roles", locale.Args{Count: len(rest)})).raw(`</summary>`)
		heldRoles{r.layout, r.product, r.Row, rest}.draw(h)
		h.raw(`</details>`)
	}
}

// drawStatus draws the cell of the state.
func (r *listRow) drawStatus(h *htmlWriter) {
	switch n := countSuspendedRoles(*r.Row); n {
	case 0:
		h.raw(`<td>`).text(r.texts.active)
	case len(r.Roles):
		h.raw(`<td class="off">`)
		newStatusTag(*r.layout, access.Suspended).draw(h)
	default: // the role's own tag says which
		h.raw(`<td>`).text(r.texts.active)
		partly := r.locale.T("list.partly_suspended", locale.Args{Count: n, Total: len(r.Roles)})
		h.raw(` <span class="visually-hidden">`).text(partly).raw(`</span>`)
	}
}

func (r *listRow) drawActions(h *htmlWriter) {
	saysWhyNot := r.isSelf && r.isManaged // otherwise the section says who manages the product
	if len(r.actions) == 0 && !saysWhyNot {
		return
	}
	h.raw(`<details name="actions"><summary>`).text(r.texts.actions)
	h.raw(` <span>`).writeMessage(r.texts.actionsOn, locale.Args{Person: r.person}).raw(`</span></summary><ul>`)
	if len(r.actions) == 0 {
		h.raw(`<li class="quiet">`).text(r.texts.ownRoles)
	}
	for _, a := range r.actions {
		path := rolePath(access.Target{Product: r.product.ID, Role: a.role}, a.action)
		h.raw(`<li><a href="`).text(r.profileURL[:]...).text(path[:]...).text(r.returnToList).raw(`">`)
		h.text(r.texts.verbs[a.index]).raw(` `)
		r.drawTarget(h, a)
		h.raw(`</a>`)
	}
	h.raw(`</ul></details>`)
}

// drawTarget draws what an action is about, for screen readers. All see which of several roles it is.
func (r *listRow) drawTarget(h *htmlWriter, a rowAction) {
	about := r.about(a)
	if len(r.Roles) == 1 {
		h.raw(`<span>`).writeMessage(r.texts.targets[a.index], about).raw(`</span>`)
		return
	}
	text := string(r.texts.targets[a.index].Append(nil, about))
	if rest, isFirst := strings.CutPrefix(text, about.Role); isFirst {
		h.text(about.Role).raw(`<span>`).text(rest).raw(`</span>`)
	} else {
		h.text(text)
	}
}
