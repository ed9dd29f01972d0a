package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Newcomer is somebody to be added, as the form's check has read them.
type Newcomer struct {
	FiscalCode access.FiscalCode
	FirstName  string
	LastName   string
	Email      string
	Product    access.ProductID
	Roles      []access.RoleID
}

// Add makes a person a user of the institution, with roles of one product (rule P10), and gives their id. Somebody who is
// one already isn't touched: the id is given along with the refusal ([access.AlreadyUser]). Of somebody known to other
// institutions only, nothing is told.
func (s *Service) Add(ctx context.Context, c Change, n Newcomer) (access.UserID, error) {
	c.Target = access.Target{Product: n.Product}
	var existing access.UserID
	form := append([]string{n.FiscalCode.Reveal(), n.FirstName, n.LastName, n.Email}, texts(n.Roles)...)
	done, err := s.do(ctx, c, verb{action: access.Add, content: content(form), act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		v := tx.View()
		already := v.UserWith(p.Institution.ID, n.FiscalCode)
		if err := v.Read(ctx); err != nil {
			return deed{}, err
		}
		// Who isn't allowed to add anybody isn't told who is there either: the rule is asked of a stranger first.
		if err := access.Decide(p.Request(access.Add, access.Target{Product: n.Product, Role: first(n.Roles)})); err != nil {
			return deed{}, err
		}
		if *already != "" {
			existing = *already
			return deed{}, &access.Refusal{Action: access.Add, Reason: access.AlreadyUser}
		}
		if err := decide(p, access.Add, n.Product, n.Roles); err != nil {
			return deed{}, err
		}
		return add(ctx, tx, p, n)
	}})
	if existing != "" {
		return existing, err
	}
	return done.Subject, err
}

// add makes the person, if nobody has them yet, the user, and gives the roles.
func add(ctx context.Context, tx *store.Tx, p access.Profile, n Newcomer) (deed, error) {
	person, err := tx.Person(ctx, n.FiscalCode)
	if err != nil {
		return deed{}, err
	}
	if err := tx.AddUser(ctx, person, n.FirstName, n.LastName, n.Email); err != nil {
		return deed{}, err
	}
	v := tx.View()
	user := v.Subject(p.Institution.ID, person)
	if err := v.Read(ctx); err != nil {
		return deed{}, err
	}
	p.Subject = *user // verified names, if SPID or CIE has said them; no role yet
	done, err := give(ctx, tx, p, n.Product, n.Roles)
	if err != nil {
		return deed{}, err
	}
	done.subject = person
	done.events = append([]audit.Event{{Action: access.Add}}, done.events...)
	done.letters = append([]notify.Letter{letter(access.Add, p, access.Target{Product: n.Product, Role: first(n.Roles)})}, done.letters...)
	return done, nil
}

func first(roles []access.RoleID) access.RoleID {
	if len(roles) == 0 {
		return ""
	}
	return roles[0]
}

func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
