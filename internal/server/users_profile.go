package server

import (
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// profile is one user as the actor sees them (rules V4, V8), with what has just been done to them.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	var receipt store.Receipt
	p, err := s.loadSubjectWith(r, s.profileView(r), func(q *store.Query, in access.InstitutionID) {
		s.queueReceipt(q, &receipt, r, in)
	})
	if err != nil {
		return err
	}
	p.layout.Outcome = profileOutcome(p.profile, receipt)
	return s.show(w, r, web.Profile(p.layout, p.profile))
}

// refuseOnProfile shows the profile under the reason why something cannot be done about a role of the person's.
func (s *Server) refuseOnProfile(w http.ResponseWriter, r *http.Request, err error, about access.Target) error {
	return s.refuse(w, r, err, func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadSubjectWith(r, s.profileView(r), nil)
		if err != nil {
			return nil, err
		}
		product, role := targetTexts(p.profile, about)
		p.layout.Refusal = &web.RefusalBanner{Reason: refusal.Reason, Person: p.profile.Subject.Name(), Role: role, Product: product}
		return web.Profile(p.layout, p.profile), nil
	})
}

// profileOutcome tells what a form has done to the profile's person; nil if there is nothing to tell. The reverse action is offered if it may be taken now.
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
		if o.Group = groupName(p, receipt.Group); o.Group == "" { // deleted since
			return nil
		}
	}
	o.Offboarded = isOffboarding(receipt)
	if reverse := receipt.Action.Reverse(); reverse != "" && p.May(reverse, receipt.Target) {
		o.ReverseURL = web.RoleURL(p.Institution.ID, p.Subject.ID, receipt.Target, reverse)
	}
	return o
}

// groupName is what a group of the institution is called; empty if it isn't there.
func groupName(p access.Profile, id access.GroupID) string {
	for _, g := range p.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// targetTexts are what the catalogue calls a product and its role.
func targetTexts(p access.Profile, t access.Target) (product, role access.Text) {
	of, _ := access.FindProduct(p.Products, t.Product)
	r, _ := of.Role(t.Role)
	return of.Title, r.Label
}
