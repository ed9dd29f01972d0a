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
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	user, err := id(r, "user")
	if err != nil {
		return err
	}
	subject := v.Subject(access.InstitutionID(institution), access.UserID(user))
	groups := v.Groups(access.InstitutionID(institution))
	done, _ := s.told(v, r, access.InstitutionID(institution))
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := visit.may(access.View, *subject); err != nil {
		return err
	}
	p := visit.profile(*subject)
	p.Groups = *groups
	here := web.UsersList
	if p.Oneself() {
		here = web.Me
	}
	f := s.frameOf(visit, here)
	if no == nil {
		f.Outcome = outcome(p, *done)
		return s.show(w, r, http.StatusOK, web.Profile(f, p))
	}
	product, role := names(p, about)
	f.Refused = &web.Refused{Reason: no.Reason, Person: subject.Name(), Role: role, Product: product}
	status, _ := outward(no)
	s.report(r, status, no)
	return s.show(w, r, status, web.Profile(f, p))
}

// told asks for what the form has done that the address names; it stays zero if there is none, or it was long ago.
func (s *Server) told(v *store.View, r *http.Request, institution access.InstitutionID) (*store.Done, string) {
	mark := r.URL.Query().Get("done")
	if !uuid.MatchString(mark) {
		return &store.Done{}, ""
	}
	return v.Outcome(institution, s.me(r), store.Mark(mark), s.now().Add(-toldFor)), mark
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
	if back, ok := reverse[d.Action]; ok && p.May(back, d.Target) {
		o.Reverse = web.RoleURL(p.Institution.ID, p.Subject.ID, d.Target, back)
	}
	return o
}

// names are what the catalogue calls a product and its role.
func names(p access.Profile, t access.Target) (product, role access.Text) {
	of, _ := access.ProductOf(p.Products, t.Product)
	r, _ := of.Role(t.Role)
	return of.Title, r.Label
}

// reverse is the action that undoes another.
var reverse = map[access.Action]access.Action{access.Suspend: access.Reactivate, access.Reactivate: access.Suspend}
