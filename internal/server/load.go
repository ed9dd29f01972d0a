package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// errNoPowers says that who has signed in may do nothing anywhere (rule V2).
var errNoPowers = errors.New("no powers in any institution")

// scope is who asks, and where, as everything stands at this request.
type scope struct {
	institution  access.Institution
	actor        access.User
	products     []access.Product
	institutions []access.Institution // where the actor has powers
	layout       web.Layout           // what surrounds a page wherever the actor is, in the actor's language
}

// queueScope asks for a visit along with the page's own questions; it can be used when the view has been read.
func (s *Server) queueScope(v *store.Query, r *http.Request) (func() (scope, error), error) {
	institution, err := pathID(r, "institution")
	if err != nil {
		return nil, err
	}
	caller := s.callerID(r)
	if caller == "" {
		return nil, errNoPowers
	}
	in, actor := v.Institution(access.InstitutionID(institution)), v.User(access.InstitutionID(institution), caller)
	products, institutions := v.Products(access.InstitutionID(institution)), v.InstitutionsOf(caller)
	language := v.Language(caller)
	return func() (scope, error) {
		if len(*institutions) == 0 {
			return scope{}, errNoPowers
		}
		if !actor.HasPowers() { // an institution where one has none answers as one that doesn't exist
			return scope{}, access.ErrNotFound
		}
		return scope{institution: *in, actor: *actor, products: *products, institutions: *institutions, layout: withLanguage(s.baseLayout(r), *language)}, nil
	}, nil
}

// callerID is the person who has signed in; empty for somebody that no institution knows.
func (s *Server) callerID(r *http.Request) access.UserID {
	person, _ := s.sessions.Person(r.Context())
	return access.UserID(person)
}

// readScope makes the view and hands the visit over.
func readScope(ctx context.Context, v *store.Query, resolveScope func() (scope, error)) (scope, error) {
	if err := v.Read(ctx); err != nil {
		return scope{}, err
	}
	return resolveScope()
}

// loadScope reads the visit for a page that asks nothing else.
func (s *Server) loadScope(r *http.Request) (scope, error) {
	v := s.db.Query()
	resolveScope, err := s.queueScope(v, r)
	if err != nil {
		return scope{}, err
	}
	return readScope(r.Context(), v, resolveScope)
}

// profile is the subject as the actor sees them.
func (v scope) profile(subject access.User) access.Profile {
	return access.Profile{Institution: v.institution, Actor: v.actor, Subject: subject, Products: v.products}
}

// authorize asks whether the actor may do what isn't about a role.
func (v scope) authorize(a access.Action, subject access.User) error {
	return access.Decide(access.Request{Actor: v.actor, Action: a, Subject: subject})
}

// scopeLayout surrounds a page of the institution.
func (s *Server) scopeLayout(v scope, active web.NavItem) web.Layout {
	f := v.layout
	f.Person, f.UserID = v.actor.Name(), v.actor.ID
	f.Institution, f.Institutions = v.institution, v.institutions
	f.MayEnterUsers = v.authorize(access.EnterUsers, access.User{}) == nil
	f.ActiveNav = active
	return f
}

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// pathID reads an identifier from the path. What can't be one doesn't exist.
func pathID(r *http.Request, name string) (string, error) {
	value := chi.URLParam(r, name)
	if !uuidPattern.MatchString(value) {
		return "", access.ErrNotFound
	}
	return value, nil
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

// pathSegment reads a name from the path. chi matches the path as it was escaped where that matters, so it must be unescaped there, and only there.
func pathSegment(r *http.Request, name string) (string, error) {
	value := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return value, nil
	}
	return url.PathUnescape(value)
}
