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

// visit is who asks, and where, as everything stands at this request.
type visit struct {
	institution  access.Institution
	actor        access.User
	products     []access.Product
	institutions []access.Institution // where the actor has powers
	frame        web.Frame            // what surrounds a page wherever the actor is, in the actor's language
}

// visiting asks for a visit along with the page's own questions; it can be used when the view has been read.
func (s *Server) visiting(v *store.View, r *http.Request) (func() (visit, error), error) {
	institution, err := id(r, "institution")
	if err != nil {
		return nil, err
	}
	me := s.me(r)
	if me == "" {
		return nil, errNoPowers
	}
	in, actor := v.Institution(access.InstitutionID(institution)), v.User(access.InstitutionID(institution), me)
	products, institutions := v.Products(access.InstitutionID(institution)), v.InstitutionsOf(me)
	language := v.Language(me)
	return func() (visit, error) {
		if len(*institutions) == 0 {
			return visit{}, errNoPowers
		}
		if !actor.HasPowers() { // an institution where one has none answers as one that doesn't exist
			return visit{}, access.ErrNotFound
		}
		return visit{institution: *in, actor: *actor, products: *products, institutions: *institutions, frame: inLanguage(s.frame(r), *language)}, nil
	}, nil
}

// me is the person who has signed in; empty for somebody that no institution knows.
func (s *Server) me(r *http.Request) access.UserID {
	person, _ := s.sessions.Person(r.Context())
	return access.UserID(person)
}

// read makes the view and hands the visit over.
func read(ctx context.Context, v *store.View, visiting func() (visit, error)) (visit, error) {
	if err := v.Read(ctx); err != nil {
		return visit{}, err
	}
	return visiting()
}

// visit reads the visit for a page that asks nothing else.
func (s *Server) visit(r *http.Request) (visit, error) {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return visit{}, err
	}
	return read(r.Context(), v, visiting)
}

// profile is the subject as the actor sees them.
func (v visit) profile(subject access.User) access.Profile {
	return access.Profile{Institution: v.institution, Actor: v.actor, Subject: subject, Products: v.products}
}

// may asks whether the actor may do what isn't about a role.
func (v visit) may(a access.Action, subject access.User) error {
	return access.Decide(access.Request{Actor: v.actor, Action: a, Subject: subject})
}

// frameOf surrounds a page of the institution.
func (s *Server) frameOf(v visit, here web.Place) web.Frame {
	f := v.frame
	f.Person, f.Me = v.actor.Name(), v.actor.ID
	f.Institution, f.Institutions = v.institution, v.institutions
	f.MayEnterUsers = v.may(access.EnterUsers, access.User{}) == nil
	f.Here = here
	return f
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// id reads an identifier from the path. What can't be one doesn't exist.
func id(r *http.Request, name string) (string, error) {
	value := chi.URLParam(r, name)
	if !uuid.MatchString(value) {
		return "", access.ErrNotFound
	}
	return value, nil
}

// target reads the role that the path is about.
func target(r *http.Request) (access.Target, error) {
	product, err1 := segment(r, "product")
	role, err2 := segment(r, "role")
	if err1 != nil || err2 != nil {
		return access.Target{}, access.ErrNotFound
	}
	return access.Target{Product: access.ProductID(product), Role: access.RoleID(role)}, nil
}

// segment reads a name from the path. chi matches the path as it was escaped where that matters, so it must be unescaped there, and only there.
func segment(r *http.Request, name string) (string, error) {
	value := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return value, nil
	}
	return url.PathUnescape(value)
}
