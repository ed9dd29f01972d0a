package server

import (
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// profile shows a user as the actor may see them (rules V4, V8), and reports the last change.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.keptForm(r)
	if err != nil {
		return err
	}
	var receipt store.Receipt
	p, err := s.loadProfile(r, kept, func(q *store.Query, in access.InstitutionID) { s.queueReceipt(q, &receipt, r, in) })
	if err != nil {
		return err
	}
	setCodePage(&p.layout, r, receipt, kept)
	p.layout.Outcome = profileOutcome(p.profile, receipt)
	if kept != nil {
		if reason := refusedStill(p.profile, kept); reason != "" {
			p.layout.Refusal = profileRefusal(p.profile, reason, kept.Target)
		}
	}
	return s.show(w, r, web.Profile(p.layout, p.profile))
}

// loadProfile reads a profile's page with what ask adds, and records the view. One's own profile says whether there is
// another Administrator to ask.
func (s *Server) loadProfile(
	r *http.Request, kept *users.KeptForm, ask func(*store.Query, access.InstitutionID),
) (subjectPage, error) {
	view := s.profileView(r, kept)
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
	setCodePage(&p.layout, r, store.Receipt{}, kept)
	return p, err
}

// refuseOnProfile shows the profile under the reason why something cannot be done about a role.
func (s *Server) refuseOnProfile(w http.ResponseWriter, r *http.Request, err error, about access.Target) error {
	if r.Method == http.MethodPost && isSentBack(err) {
		in, subject := access.InstitutionID(chi.URLParam(r, "institution")), access.UserID(chi.URLParam(r, "user"))
		return s.sendBack(w, r, err, s.profileURL(r, users.Command{Institution: in, Subject: subject}), users.KeptForm{Target: about})
	}
	return s.refuse(w, r, err, func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadProfile(r, nil, nil)
		if err != nil {
			return nil, err
		}
		p.layout.Refusal = profileRefusal(p.profile, refusal.Reason, about)
		return web.Profile(p.layout, p.profile), nil
	})
}

// profileRefusal is the banner of a refusal about a role of the subject.
func profileRefusal(p access.Profile, reason access.Reason, about access.Target) *web.RefusalBanner {
	product, role := targetTexts(p, about)
	return &web.RefusalBanner{Reason: reason, Person: p.Subject.Name(), Role: role, Product: product}
}

// refusedStill is why an action that was refused would be refused now; empty if it would be granted. A reason that only the
// operation knows stays.
func refusedStill(p access.Profile, f *users.KeptForm) access.Reason {
	if isOfOperation(f.Reason) {
		return f.Reason
	}
	if f.Action == access.Edit {
		return p.WhyNotEdit(f.Reason == access.NamesVerified)
	}
	if f.Action == access.Join {
		if group := access.GroupID(f.Fields.Get("group")); group != "" {
			return p.WhyNotJoin(f.Target.Product, group)
		}
		return p.WhyNotAnyGroup(f.Target.Product)
	}
	if f.Action == access.ChangeRole {
		if chosen := chosenRoles(f.Fields, f.Target.Product); len(chosen) > 0 {
			return p.WhyNotChange(f.Target.Product, chosen...)
		}
		return p.WhyNotAnyChange(f.Target.Product)
	}
	targets := readTargets(f.Fields)
	for _, role := range chosenRoles(f.Fields, f.Target.Product) {
		targets = append(targets, access.Target{Product: f.Target.Product, Role: role})
	}
	if f.Target.Role != "" {
		targets = append(targets, f.Target)
	}
	for _, t := range targets {
		if reason := p.WhyNot(f.Action, t); reason != "" {
			return reason
		}
		if f.Action == access.Assign {
			p = p.WithRole(t)
		}
	}
	if len(targets) == 0 {
		return f.Reason
	}
	return ""
}

// profileOutcome is the banner about a form's change; nil if the change was not to this person. It offers the reverse
// action if the actor may take it now, and the role has not been changed again since.
func profileOutcome(p access.Profile, receipt store.Receipt) *web.Outcome {
	if receipt.Subject == "" || receipt.Subject != p.Subject.ID {
		return nil
	}
	if receipt.Action == access.Edit && !receipt.IsLast { // the form changed nothing, or the data are others by now
		return nil
	}
	product, role := targetTexts(p, receipt.Target)
	o := &web.Outcome{Action: receipt.Action, Person: p.Subject.Name(), Role: role, Product: product}
	o.Roles, o.Replaced = roleLabels(p, receipt.Target.Product, receipt.Roles), roleLabels(p, receipt.Target.Product, receipt.Replaced)
	if receipt.Group != "" {
		if o.Group = groupName(p, receipt.Group); o.Group == "" { // deleted meanwhile
			return nil
		}
	}
	o.Offboarded = isOffboarding(receipt)
	if receipt.Action == access.ChangeRole {
		if receipt.IsLast && p.WhyNotChange(receipt.Target.Product, receipt.Replaced...) == "" {
			o.ReverseURL = web.UndoURL(web.ChangeRoleURL(p.Institution.ID, p.Subject.ID, receipt.Target.Product), string(receipt.Key))
		}
		return o
	}
	if reverse := receipt.Action.Reverse(); reverse != "" && receipt.IsLast && p.May(reverse, receipt.Target) {
		o.ReverseURL = web.UndoURL(web.RoleURL(p.Institution.ID, p.Subject.ID, receipt.Target, reverse), string(receipt.Key))
	}
	return o
}

// roleLabels are the names of roles of a product.
func roleLabels(p access.Profile, product access.ProductID, roles []access.RoleID) (labels []access.Text) {
	for _, id := range roles {
		_, role := targetTexts(p, access.Target{Product: product, Role: id})
		labels = append(labels, role)
	}
	return labels
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
