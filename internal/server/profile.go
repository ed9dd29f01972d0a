package server

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// toldFor is how long a profile's address may still tell of the change that led there.
const toldFor = 15 * time.Minute

// profile is one user as the actor sees them (rules V4, V8), with what has just been done to them.
func (s *Server) profile(w http.ResponseWriter, r *http.Request) error {
	return s.showProfile(w, r, nil, access.Target{})
}

// showProfile shows the profile that the path is about. If what was asked about a role may not be done, or can't be as
// things stand, that heads the page, and the status says so (rule V9).
func (s *Server) showProfile(w http.ResponseWriter, r *http.Request, no *access.Refusal, about access.Target) error {
	v := s.db.View()
	done, _ := s.told(v, r)
	viewed := s.viewing(v, r)
	page, err := s.subjectWith(v, r)
	if err := viewed(err); err != nil {
		return err
	}
	p, f := page.profile, page.frame
	if no == nil {
		f.Outcome = outcome(p, *done)
		return s.show(w, r, http.StatusOK, web.Profile(f, p))
	}
	product, role := names(p, about)
	f.Refused = &web.Refused{Reason: no.Reason, Person: p.Subject.Name(), Role: role, Product: product}
	status, _ := outward(no)
	s.report(r, status, no)
	return s.show(w, r, status, web.Profile(f, p))
}

// told asks for what the form has done that the address names; it stays zero if there is none, or it was long ago.
func (s *Server) told(v *store.View, r *http.Request) (*store.Done, string) {
	mark := r.URL.Query().Get("done")
	institution, err := id(r, "institution")
	if err != nil || !uuid.MatchString(mark) {
		return &store.Done{}, ""
	}
	return v.Outcome(access.InstitutionID(institution), s.me(r), store.Mark(mark), s.now().Add(-toldFor)), mark
}

// withMark adds to an address the form that it tells of.
func withMark(address, mark string) string {
	switch {
	case mark == "":
		return address
	case strings.Contains(address, "?"):
		return address + "&done=" + mark
	default:
		return address + "?done=" + mark
	}
}

// refused shows whoever was refused the fresh page with the reason on it, if they may see that page; any other error goes on.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, err error, about access.Target) error {
	var no *access.Refusal
	if errors.As(err, &no) && no.Grade() != access.Hidden {
		return s.showProfile(w, r, no, about)
	}
	return err
}

// outcome tells what a form has done to the profile's person; nil if there is nothing to tell. The reverse action is offered if it may be taken now.
func outcome(p access.Profile, d store.Done) *web.Outcome {
	if d.Subject == "" || d.Subject != p.Subject.ID {
		return nil
	}
	product, role := names(p, d.Target)
	o := &web.Outcome{Action: d.Action, Person: p.Subject.Name(), Role: role, Product: product}
	for _, given := range d.Roles {
		_, role := names(p, access.Target{Product: d.Target.Product, Role: given})
		o.Roles = append(o.Roles, role)
	}
	if d.Group != "" {
		if o.Group = groupName(p, d.Group); o.Group == "" { // deleted since
			return nil
		}
	}
	o.Ceased = ceased(d)
	if back, ok := reverse[d.Action]; ok && p.May(back, d.Target) {
		o.Reverse = web.RoleURL(p.Institution.ID, p.Subject.ID, d.Target, back)
	}
	return o
}

// ceased reports whether a form took away all roles that its actor could take.
func ceased(d store.Done) bool { return d.Action == access.Remove && d.Target == (access.Target{}) }

// groupName is what a group of the institution is called; empty if it isn't there.
func groupName(p access.Profile, id access.GroupID) string {
	for _, g := range p.Groups {
		if g.ID == id {
			return g.Name
		}
	}
	return ""
}

// names are what the catalogue calls a product and its role.
func names(p access.Profile, t access.Target) (product, role access.Text) {
	of, _ := access.ProductOf(p.Products, t.Product)
	r, _ := of.Role(t.Role)
	return of.Title, r.Label
}

// reverse is the action that undoes another.
var reverse = map[access.Action]access.Action{
	access.Suspend: access.Reactivate, access.Reactivate: access.Suspend,
	access.SuspendGroup: access.ReactivateGroup, access.ReactivateGroup: access.SuspendGroup,
}
