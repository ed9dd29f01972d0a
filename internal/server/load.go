package server

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// errNoPowers says that the caller has no power in any institution (rule V2).
var errNoPowers = errors.New("no powers in any institution")

// scope is the caller and the institution of a request, as the database has them at that moment.
type scope struct {
	institution  access.Institution
	actor        access.User
	products     []access.Product
	institutions []access.Institution // where the actor has powers
	layout       web.Layout           // of every page of the institution, in the actor's language
}

// need is what a page requires of its caller.
type need struct {
	action  access.Action      // empty: any power in the institution
	subject *access.User       // the user that the action is about, read by the page's own queries; nil: it is about no user
	view    *store.ProfileView // recorded with the reading; nil: the page shows no profile
}

// load reads the caller's scope and what the page asks, in one round trip, and refuses a caller who may not see the page.
func (s *Server) load(r *http.Request, n need, ask func(q *store.Query, in access.InstitutionID)) (scope, error) {
	in, err := pathID[access.InstitutionID](r, "institution")
	if err != nil {
		return scope{}, err
	}
	person := s.callerPerson(r)
	if person == "" {
		return scope{}, errNoPowers
	}
	var read scope
	var of store.Scope
	q := s.db.Query()
	q.Scope(&of, in, s.callerID(r))
	q.InstitutionsOf(&read.institutions, person)
	if ask != nil {
		ask(q, in)
	}
	isWithinLimit := true
	if n.view != nil {
		isWithinLimit, err = s.db.ReadAndRecordView(r.Context(), q, *n.view)
	} else {
		err = q.Read(r.Context())
	}
	switch {
	case err != nil:
		return scope{}, err
	case len(read.institutions) == 0:
		return scope{}, errNoPowers
	case !isWithinLimit: // whether there is such a profile or not
		return scope{}, errTooMany
	case !of.Actor.HasPowers(): // answers like an institution that does not exist (rule V9)
		return scope{}, access.ErrNotFound
	}
	read.institution, read.actor, read.products = of.Institution, of.Actor, of.Products
	read.layout = s.baseLayout(r)
	return read, read.meets(n)
}

// meets decides whether the actor may do what is needed.
func (v scope) meets(n need) error {
	if n.action == "" {
		return nil
	}
	var subject access.User
	if n.subject != nil {
		subject = *n.subject
	}
	return v.authorize(n.action, subject)
}

// callerPerson is the person who has signed in; empty for a person whom no institution knows.
func (s *Server) callerPerson(r *http.Request) access.PersonID {
	person, _ := s.sessions.Person(r.Context())
	return access.PersonID(person)
}

// callerID is the person who has signed in, as a user of the path's institution; [noUser] if they are not.
func (s *Server) callerID(r *http.Request) access.UserID {
	if id := s.sessions.User(r.Context(), chi.URLParam(r, "institution")); id != "" {
		return access.UserID(id)
	}
	return noUser
}

// noUser is the id of no user: a query for it finds nothing.
const noUser access.UserID = "00000000-0000-0000-0000-000000000000"

// profile is the subject as the actor sees them.
func (v scope) profile(subject access.User) access.Profile {
	return access.Profile{Institution: v.institution, Actor: v.actor, Subject: subject, Products: v.products}
}

// authorize decides about an action that is not about a role.
func (v scope) authorize(a access.Action, subject access.User) error {
	return access.Decide(access.Request{Actor: v.actor, Action: a, Subject: subject})
}

// scopeLayout is the layout of a page of the institution.
func (s *Server) scopeLayout(v scope, active web.NavItem) web.Layout {
	f := v.layout
	f.Person, f.UserID = v.actor.Name(), v.actor.ID
	f.Institution, f.Institutions = v.institution, v.institutions
	f.List = knownList(f.List, v.products)
	f.MayEnterUsers = v.authorize(access.EnterUsers, access.User{}) == nil
	f.ActiveNav = active
	return f
}

// isUUID reports whether a text is a UUID in its canonical form, in lower case: uuid.Parse takes other forms too.
func isUUID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// pathID reads an identifier from the path. What is no identifier is the address of nothing.
func pathID[ID ~string](r *http.Request, name string) (ID, error) {
	value := chi.URLParam(r, name)
	if !isUUID(value) {
		return "", access.ErrNotFound
	}
	return ID(value), nil
}

// pathRole reads the role that the path is about.
func pathRole(r *http.Request) (access.Target, error) {
	product, err1 := pathSegment(r, "product")
	role, err2 := pathSegment(r, "role")
	if err1 != nil || err2 != nil {
		return access.Target{}, access.ErrNotFound
	}
	return access.Target{Product: access.ProductID(product), Role: access.RoleID(role)}, nil
}

// pathSegment reads a name from the path. chi matches the escaped path where it differs from the path itself, so the name
// must be unescaped there, and only there.
func pathSegment(r *http.Request, name string) (string, error) {
	value := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return value, nil
	}
	return url.PathUnescape(value)
}
