package server

import (
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// profile shows a user as the actor may see them (rules V4, V8), and reports the last change.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	var receipt store.Receipt
	p, err := s.loadProfile(r, func(q *store.Query, in access.InstitutionID) { s.queueReceipt(q, &receipt, r, in) })
	if err != nil {
		return err
	}
	p.layout.Outcome = profileOutcome(p.profile, receipt)
	return s.show(w, r, web.Profile(p.layout, p.profile))
}

// loadProfile reads a profile's page with what ask adds, and records the view. One's own profile says whether there is
// another Administrator to ask.
func (s *Server) loadProfile(r *http.Request, ask func(*store.Query, access.InstitutionID)) (subjectPage, error) {
	view := s.profileView(r)
	var counts map[access.ProductID]access.UserCounts
	p, err := s.loadSubjectWith(r, view, func(q *store.Query, in access.InstitutionID) {
		if view == nil {
			q.UserCounts(&counts, in)
		}
		if ask != nil {
			ask(q, in)
		}
	})
	p.profile.UserCounts = counts
	return p, err
}

// refuseOnProfile shows the profile under the reason why something cannot be done about a role.
func (s *Server) refuseOnProfile(w http.ResponseWriter, r *http.Request, err error, about access.Target) error {
	return s.refuse(w, r, err, func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadProfile(r, nil)
		if err != nil {
			return nil, err
		}
		product, role := targetTexts(p.profile, about)
		name := p.profile.Subject.Name()
		p.layout.Refusal = &web.RefusalBanner{Reason: refusal.Reason, Person: name, Role: role, Product: product}
		return web.Profile(p.layout, p.profile), nil
	})
}

// profileOutcome is the banner about a form's change; nil if the change was not to this person. It offers the reverse
// action if the actor may take it now, and the role has not been changed again since.
func profileOutcome(p access.Profile, receipt store.Receipt) *web.Outcome {
	if receipt.Subject == "" || receipt.Subject != p.Subject.ID {
		return nil
	}
	product, role := targetTexts(p, receipt.Target)
	o := &web.Outcome{Action: receipt.Action, Person: p.Subject.Name(), Role: role, Product: product}
	for _, given := range receipt.Roles {
		_, role := targetTexts(p, access.Target{Product: receipt.Target.Product, Role: given})
		o.Roles = append(o.Roles, role)
	}
	if receipt.Group != "" {
		if o.Group = groupName(p, receipt.Group); o.Group == "" { // deleted meanwhile
			return nil
		}
	}
	o.Offboarded = isOffboarding(receipt)
	if reverse := receipt.Action.Reverse(); reverse != "" && receipt.IsUndoable && p.May(reverse, receipt.Target) {
		o.ReverseURL = web.UndoURL(web.RoleURL(p.Institution.ID, p.Subject.ID, receipt.Target, reverse), string(receipt.Key))
	}
	return o
}

// groupName is the name of a group of the institution; empty if there is none.
func groupName(p access.Profile, id access.GroupID) string {
	for _, g := range p.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// targetTexts are the catalogue's texts of a product and its role.
func targetTexts(p access.Profile, t access.Target) (product, role access.Text) {
	of, _ := access.FindProduct(p.Products, t.Product)
	r, _ := of.Role(t.Role)
	return of.Title, r.Label
}
