package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Add makes a person a user of the institution, with roles of one product (rule P10), and returns the user's ID. For an
// existing user it returns the ID and the refusal [access.AlreadyUser], and changes nothing. A person who is known to
// other institutions only is treated as unknown.
func (s *Service) Add(ctx context.Context, c Command, n form.NewUser) (access.UserID, error) {
	c.Target = access.Target{Product: n.Product}
	var existing access.UserID
	content := append([]string{n.FiscalCode.Reveal(), n.FirstName, n.LastName, n.Email}, toStrings(n.Roles)...)
	done, err := s.execute(ctx, c, operation{
		action: access.Add, content: store.HashContent(content...),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			q := tx.Query()
			var already access.UserID
			q.UserByFiscalCode(&already, p.Institution.ID, n.FiscalCode)
			if err := q.Read(ctx); err != nil {
				return result{}, err
			}
			// Decide about an unknown person first: an actor who may not add must not learn who is a user.
			if err := access.Decide(p.Request(access.Add, access.Target{Product: n.Product, Role: firstRole(n.Roles)})); err != nil {
				return result{}, err
			}
			if already != "" {
				existing = already
				return result{}, &access.Refusal{Action: access.Add, Reason: access.AlreadyUser}
			}
			if err := decideInOrder(p, access.Add, n.Product, n.Roles); err != nil {
				return result{}, err
			}
			return addUser(ctx, tx, p, n)
		},
	})
	if existing != "" {
		return existing, err
	}
	return done.Subject, err
}

// addUser writes the user and the roles.
func addUser(ctx context.Context, tx *store.Tx, p access.Profile, n form.NewUser) (result, error) {
	id, err := tx.AddUser(ctx, n.FiscalCode, n.FirstName, n.LastName, n.Email)
	if err != nil {
		return result{}, err
	}
	// As typed: what SPID or CIE has verified holds from the person's next sign-in (rule D4).
	p.Subject = access.User{ID: id, FirstName: n.FirstName, LastName: n.LastName, Email: n.Email}
	done, err := assignRoles(ctx, tx, p, n.Product, n.Roles)
	if err != nil {
		return result{}, err
	}
	done.subject = id
	done.events = append([]audit.Event{{Action: access.Add}}, done.events...)
	done.emails[0].Kind = access.Add // one e-mail for the addition with its roles
	return done, nil
}

func firstRole(roles []access.RoleID) access.RoleID {
	if len(roles) == 0 {
		return ""
	}
	return roles[0]
}

func toStrings[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
