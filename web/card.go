package web

import "areariservata.example/utenti/internal/access"

// roleActions are what can be asked of a role that is held, in the order in which they are drawn: removal last.
func roleActions() []access.Action {
	return []access.Action{access.Suspend, access.Reactivate, access.Remove}
}

// buildCardNotes say why what somebody may look for on a card isn't offered; each is said once.
func buildCardNotes(f Layout, p access.Profile, c access.Card) []string {
	about := f.about(p.Subject.Name(), access.Text{}, c.Product.Title)
	about.Another, about.Oneself = p.Actor.Administers(c.Product.ID), p.IsOwn()
	var all []string
	for _, note := range []sentence{noControlsNote(f, p, c), noOtherRoleNote(f, p, c), noGroupNote(f, p, c)} {
		if note != nil {
			all = append(all, note(about))
		}
	}
	return all
}

// noControlsNote is why nothing can be done to any of a card's roles; nil where something can.
func noControlsNote(f Layout, p access.Profile, c access.Card) sentence {
	var note sentence
	for _, r := range c.Roles {
		for _, a := range roleActions() {
			why := p.WhyNot(a, access.Target{Product: c.Product.ID, Role: r.ID})
			if why == "" {
				return nil
			}
			if card := f.words().Reasons[why].Card; card != nil {
				note = card
			}
		}
	}
	return note
}

// noOtherRoleNote is why no other role of the card's product can be assigned; nil where one can, or where it has been said already.
func noOtherRoleNote(f Layout, p access.Profile, c access.Card) sentence {
	if p.MayAssignAnother(c.Product.ID) {
		return nil
	}
	found := map[access.Reason]bool{}
	for _, o := range p.Offers(c.Product.ID) {
		found[o.WhyNot] = true
	}
	for _, why := range []access.Reason{access.AllSuspendedThere, access.PhasingOut, access.NotCombinable, access.NeedsSignature, access.OtherCategory} {
		if found[why] {
			return f.words().Profile.NoOther[why]
		}
	}
	return nil
}

// noGroupNote says that all groups of the card's product that could be joined have been; nil where one can be, or there are none.
func noGroupNote(f Layout, p access.Profile, c access.Card) sentence {
	member := false
	for _, g := range p.Groups {
		if g.Product != c.Product.ID {
			continue
		}
		why := p.WhyNotJoin(c.Product.ID, g.ID)
		if why == "" {
			return nil
		}
		member = member || why == access.AlreadyMember
	}
	if !member {
		return nil
	}
	return f.words().Profile.AllGroups
}
