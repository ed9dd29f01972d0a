package server

import (
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// profile is one user as the actor sees them (rules V4, V8), with what has just been done to them.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	return s.showProfile(w, r, nil, access.Target{})
}

// showProfile shows the profile that the path is about. If what was asked about a role may not be done, or can't be as
// things stand, that heads the page, and the status says so (rule V9).
func (s *Server) showProfile(w http.ResponseWriter, r *http.Request, refusal *access.Refusal, about access.Target) error {
	var receipt store.Receipt
	page, err := s.loadSubjectWith(r, s.profileView(r), func(q *store.Query, in access.InstitutionID) {
		s.queueReceipt(q, &receipt, r, in)
	})
	if err != nil {
		return err
	}
	p, f := page.profile, page.layout
	if refusal == nil {
		f.Outcome = profileOutcome(p, receipt)
		return s.show(w, r, http.StatusOK, web.Profile(f, p))
	}
	product, role := targetTexts(p, about)
	f.Refusal = &web.RefusalBanner{Reason: refusal.Reason, Person: p.Subject.Name(), Role: role, Product: product}
	status, _ := errorStatus(refusal)
	s.report(r, status, refusal)
	return s.show(w, r, status, web.Profile(f, p))
}

// showRefusal shows whoever was refused the fresh page with the reason on it, if they may see that page; any other error goes on.
func (s *Server) showRefusal(w http.ResponseWriter, r *http.Request, err error, about access.Target) error {
	var refusal *access.Refusal
	if errors.As(err, &refusal) && refusal.Grade() != access.Hidden {
		return s.showProfile(w, r, refusal, about)
	}
	return err
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
