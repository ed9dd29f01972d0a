package site

import (
	"net/url"
	"testing"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
)

// NewKey is an idempotency key that no form has had.
func NewKey() store.IdempotencyKey { return store.IdempotencyKey(uuid.NewString()) }

// KeyedForm is a form with only an idempotency key, as confirmations send it.
func KeyedForm() url.Values { return url.Values{"once": {string(NewKey())}} }

// Count runs a query of one integer as the database's owner.
func (s *Site) Count(t testing.TB, sql string, args ...any) (n int) {
	t.Helper()
	if err := s.DB.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// Status is the status of a user's role; empty if the user does not hold it.
func (s *Site) Status(t testing.TB, i access.InstitutionID, u access.UserID, at access.Target) access.Status {
	t.Helper()
	q := s.Store.Query()
	var user access.User
	q.User(&user, i, u)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, _ := user.FindAssignment(at.Product, at.Role)
	return a.Status
}

// Profile is the subject as the actor sees them now.
func (s *Site) Profile(t testing.TB, i access.InstitutionID, actor, subject access.UserID) access.Profile {
	t.Helper()
	q := s.Store.Query()
	var p access.Profile
	q.Institution(&p.Institution, i)
	q.User(&p.Actor, i, actor)
	q.Subject(&p.Subject, i, subject)
	q.Products(&p.Products, i)
	q.Groups(&p.Groups, i)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// Staff is an institution with users of two products: Anna Bianchi administers SEND and Interoperabilità, Ivo Rossi App IO.
type Staff struct {
	*seed.Institution
	Anna, Oto, Pia, Leo access.UserID
}

// NewStaff loads the institution.
func (s *Site) NewStaff() Staff {
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	all := Staff{Institution: i, Anna: i.Admin("Anna Bianchi", "prod-interop", "prod-pn")}
	i.Admin("Ivo Rossi", "prod-io")
	all.Oto = i.User("Oto Neri", "prod-interop/api", "prod-interop/security")
	all.Pia = i.User("Pia Gialli", "prod-interop/api suspended", "prod-io/referente operativo")
	all.Leo = i.User("Leo Verdi", "prod-interop/security", "prod-pn/operator")
	return all
}

// ImportHeader is the first row of a file with users.
const ImportHeader = "Codice fiscale;Cognome;Nome;E-mail;Prodotto;Ruolo\r\n"

// NewImport loads an institution whose files Anna Bianchi may import, and gives the fiscal codes to write into them.
func (s *Site) NewImport() (i access.InstitutionID, code func(name string) string) {
	at := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	at.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	at.Admin("Ivo Rossi", "prod-io")
	at.Operator("Oto Neri", "prod-interop", "api")
	at.Operator("Sara Suspesi", "prod-interop", "api suspended")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	return at.ID, func(name string) string { return s.Seed.FiscalCode(name).Reveal() }
}

// Selection is the form of a product's list with selected users.
func Selection(product access.ProductID, action access.Action, people ...access.UserID) url.Values {
	v := url.Values{"product": {string(product)}, "action": {string(action)}, "sort": {string(access.ByNameDesc)}, "state": {"active"}}
	for _, user := range people {
		v.Add("user", string(user))
	}
	return v
}
