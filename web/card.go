package web

import (
	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// buildCardNotes lists the reasons for missing controls of a card, each once.
func buildCardNotes(f Layout, p access.Profile, c access.Card) []string {
	about := f.about(p.Subject.Name(), access.Text{}, c.Product.Title)
	var all []string
	for _, note := range []string{noControlsNote(f, p, c, about), noOtherRoleNote(f, p, c, about), noGroupNote(f, p, c, about)} {
		if note != "" {
			all = append(all, note)
		}
	}
	return all
}

// noControlsNote explains why no action on any of a card's roles is allowed; empty if one is.
func noControlsNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	l, note := f.locale(), ""
	for _, r := range c.Roles {
		for _, a := range access.RoleActions() {
			why := p.WhyNot(a, access.Target{Product: c.Product.ID, Role: r.ID})
			if why == "" {
				return ""
			}
			if why == access.SelfAction && p.Actor.Administers(c.Product.ID) {
				note = l.T("reason.on-oneself.note_another", about)
			} else if text, known := l.Find("reason.*.note", string(why), about); known {
				note = text
			}
		}
	}
	return note
}

// noOtherRoleNote explains why no other role of the card's product can be assigned; empty if one can, or if another
// note explains it already.
func noOtherRoleNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	if p.MayAssignAnother(c.Product.ID) {
		return ""
	}
	found := map[access.Reason]bool{}
	for _, o := range p.Offers(c.Product.ID) {
		found[o.WhyNot] = true
	}
	for _, why := range []access.Reason{
		access.AllSuspendedThere, access.PhasingOut, access.NotCombinable, access.NeedsSignature, access.OtherCategory,
	} {
		if found[why] {
			return f.locale().Of("profile.no_other.*", string(why), about)
		}
	}
	return ""
}

// noGroupNote explains that the user is in all groups of the card's product that can be joined; empty if one can be
// joined, or if there are no groups.
func noGroupNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	member := false
	for _, g := range p.Groups {
		if g.Product != c.Product.ID {
			continue
		}
		why := p.WhyNotJoin(c.Product.ID, g.ID)
		if why == "" {
			return ""
		}
		member = member || why == access.AlreadyMember
	}
	switch {
	case !member:
		return ""
	case p.IsOwn():
		return f.locale().T("profile.all_groups_self", about)
	default:
		return f.locale().T("profile.all_groups", about)
	}
}
