package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// confirmOffboarding shows the confirmation page of removing all of a user's roles that the actor may remove
// (rule P23).
func (s *Server) confirmOffboarding(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadSubject(r)
	if err != nil {
		return err
	}
	held := p.profile.HeldRoles()
	if some, refused := p.profile.DecideEach(access.Remove, held); len(some) == 0 {
		reason := access.NotHeld
		if len(held) > 0 {
			reason = refused[held[0]]
		}
		return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Remove, Reason: reason}, access.Target{})
	}
	return s.show(w, r, web.Offboarding(p.layout, web.OffboardingPage{Profile: p.profile, IdempotencyKey: newIdempotencyKey()}))
}

// offboard removes the roles that the page named, all or none, and redirects to the profile, or to the list if the user
// has left.
func (s *Server) offboard(w http.ResponseWriter, r *http.Request) error {
	return s.execute(func(ctx context.Context, c users.Command) (bool, error) {
		roles := readTargets(r.PostForm)
		if len(roles) == 0 { // no page sends that
			_, err := s.loadSubject(r)
			return false, errors.Join(err, invalidForm(errors.New("no role")))
		}
		return s.users.RemoveAll(ctx, c, roles)
	})(w, r)
}

// readTargets are the roles that the page named.
func readTargets(form url.Values) []access.Target {
	return readRoleTargets(form["target"])
}

// readRoleTargets reads roles with their products.
func readRoleTargets(values []string) (roles []access.Target) {
	for _, value := range values {
		product, role, _ := strings.Cut(value, ":")
		roles = append(roles, access.Target{Product: access.ProductID(product), Role: access.RoleID(role)})
	}
	return roles
}
