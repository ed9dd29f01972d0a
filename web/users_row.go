package web

import (
	"context"
	"io"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Render implements [templ.Component]. It draws a row of the table of users. The allowed actions on the row's roles are
// in a disclosure, with the same confirmations as on the profile.
func (r *listRow) Render(_ context.Context, w io.Writer) error {
	h := htmlWriter{w: w, message: r.texts.scratch}
	defer func() { r.texts.scratch = h.message }()
	if r.isActedOn {
		h.raw(`<tr id="`, actedOnID, `">`)
	} else {
		h.raw(`<tr>`)
	}
	if r.isSelectable {
		h.raw(`<td class="tick">`)
		if !r.isSelf {
			h.raw(`<input type="checkbox" name="user" value="`).text(string(r.User))
			h.raw(`" aria-label="`).writeMessage(r.texts.selectUser, locale.Args{Person: r.person}).raw(`">`)
		}
		h.raw(`</td>`)
	}
	h.raw(`<th scope="row"><a translate="no" href="`).text(r.profileURL[:]...).text(r.fromList).raw(`">`)
	h.text(r.LastName)
	if r.FirstName != "" {
		h.raw(` `).text(r.FirstName)
	}
	h.raw(`</a> `)
	if r.isSelf {
		h.raw(`  <span class="you">`).text(r.locale.T("common.you")).raw(`</span>`)
	}
	h.raw(`</th><td class="email">`)
	email(r.Email).draw(&h)
	h.raw(`</td><td class="held">`)
	r.drawRoles(&h)
	h.raw(`</td><td class="state">`)
	r.drawStatus(&h)
	h.raw(`</td><td class="go">`)
	r.drawActions(&h)
	h.raw(`<a href="`).text(r.profileURL[:]...).text(r.fromList).raw(`" tabindex="-1" aria-hidden="true">`)
	icon("it-chevron-right").draw(&h)
	h.raw(`</a></td></tr>`)
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

func (r *listRow) drawStatus(h *htmlWriter) {
	switch n := countSuspendedRoles(*r.Row); n {
	case 0:
		statusTag{access.Active, r.texts.active}.draw(h)
	case len(r.Roles):
		newStatusTag(*r.layout, access.Suspended).draw(h)
	default:
		statusTag{access.Active, r.texts.active}.draw(h)
		partly := r.locale.T("list.partly_suspended", locale.Args{Count: n, Total: len(r.Roles)})
		h.raw(` <span class="quiet partly">`).text(partly).raw(`</span>`)
	}
}

func (r *listRow) drawActions(h *htmlWriter) {
	saysWhyNot := r.isSelf && r.isManaged // otherwise the section says who manages the product
	if len(r.actions) == 0 && !saysWhyNot {
		return
	}
	h.raw(`<details class="actions" name="actions"><summary>`).text(r.texts.actions)
	h.raw(` <span class="visually-hidden">`).writeMessage(r.texts.actionsOn, locale.Args{Person: r.person})
	h.raw(`</span></summary><ul>`)
	if len(r.actions) == 0 {
		h.raw(`<li class="quiet">`).text(r.texts.ownRoles).raw(`</li>`)
	}
	for _, a := range r.actions {
		h.raw(`<li><a`)
		if a.action == access.Remove {
			h.raw(` class="danger"`)
		}
		path := rolePath(access.Target{Product: r.product.ID, Role: a.role}, a.action)
		h.raw(` href="`).text(r.profileURL[:]...).text(path[:]...).text(r.returnToList).raw(`" data-dialog>`)
		h.text(r.texts.verbs[a.index]).raw(` `)
		if len(r.Roles) > 1 {
			h.writeMessage(r.texts.targets[a.index], r.about(a))
		} else {
			h.raw(`<span class="visually-hidden">`).writeMessage(r.texts.targets[a.index], r.about(a)).raw(`</span>`)
		}
		h.raw(`</a></li>`)
	}
	h.raw(`</ul></details> `)
}
