package users_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/notify"
)

// D6: over random changes, each change that takes effect queues one e-mail, a refused one none, and everything that the
// e-mail states holds in the database as the change left it.
func TestEveryStatementOfAnEmailHolds(t *testing.T) {
	t.Parallel()
	o := setup(t)
	dice := rand.New(rand.NewPCG(6, 13)) // the same changes each time
	all := []access.Target{api, security, {Product: "prod-pn", Role: "operator"}}
	code := parse(t, "RSSMRA80A01H501U")
	statements := map[string]int{}
	var pia access.UserID
	for range 200 {
		roles := slices.Clone(all)
		dice.Shuffle(len(roles), func(i, j int) { roles[i], roles[j] = roles[j], roles[i] })
		roles = roles[:1+dice.IntN(len(roles))]
		before := o.lastEmail(t)
		action, err := o.changeAtRandom(t, dice, &pia, code, roles)
		after := o.lastEmail(t)
		if err != nil {
			if reason(err) == "" || after.id != before.id {
				t.Fatalf("%s: %v; e-mails up to %d, then %d", action, err, before.id, after.id)
			}
			continue
		}
		if after.id != before.id+1 {
			t.Fatalf("%s: %d e-mails", action, after.id-before.id)
		}
		o.checkEmail(t, action, pia, after.email)
		statements[fmt.Sprintf("%s, others %v, closed %v, last %v", action, after.email.Others, after.email.Closed, after.email.Last)]++
	}
	if len(statements) < 8 {
		t.Errorf("only these e-mails were seen: %v", statements)
	}
}

// changeAtRandom tries one change of Pia's roles; she is added while she is no user.
func (o fixture) changeAtRandom(
	t *testing.T, dice *rand.Rand, pia *access.UserID, code access.FiscalCode, roles []access.Target,
) (action access.Action, err error) {
	var onOne []access.RoleID
	for _, r := range roles {
		if r.Product == roles[0].Product {
			onOne = append(onOne, r.Role)
		}
	}
	c := o.change(o.anna, *pia, access.Target{Product: roles[0].Product})
	if *pia == "" {
		*pia, err = o.service.Add(t.Context(), c, form.NewUser{
			FiscalCode: code, FirstName: "Pia", LastName: "Gialli", Email: "pia@ente.example", Product: roles[0].Product, Roles: onOne,
		})
		return access.Add, err
	}
	switch dice.IntN(5) {
	case 4:
		var from []access.RoleID
		profile := o.profile(t, o.anna, *pia)
		for _, t := range profile.ChangedRoles(c.Target.Product) {
			from = append(from, t.Role)
		}
		return access.ChangeRole, o.service.ChangeRole(t.Context(), c, from, onOne)
	case 0:
		return access.Assign, o.service.Assign(t.Context(), c, onOne)
	case 1:
		return access.Suspend, o.service.SuspendAll(t.Context(), c, roles)
	case 2:
		return access.Reactivate, o.service.ReactivateAll(t.Context(), c, roles)
	default:
		isRemoved, err := o.service.RemoveAll(t.Context(), c, roles)
		if isRemoved {
			*pia = ""
		}
		return access.Remove, err
	}
}

type queuedEmail struct {
	id    int
	email notify.Email
}

// lastEmail is the newest e-mail of the queue, by its number.
func (o fixture) lastEmail(t *testing.T) (last queuedEmail) {
	t.Helper()
	var raw []byte
	err := o.db.Owner.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM river_job), coalesce((SELECT args->'Email' FROM river_job ORDER BY id DESC LIMIT 1), '{}')`).
		Scan(&last.id, &raw)
	if err == nil {
		err = json.Unmarshal(raw, &last.email)
	}
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// checkEmail compares what an e-mail states with the database.
func (o fixture) checkEmail(t *testing.T, action access.Action, pia access.UserID, e notify.Email) {
	t.Helper()
	var user access.User
	var products []access.Product
	q := o.store.Query()
	if pia != "" {
		q.User(&user, o.institution.ID, pia)
	}
	q.Products(&products, o.institution.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	held := map[notify.Role]access.Status{}
	for _, a := range user.Assignments {
		product, _ := access.FindProduct(products, a.Product)
		role, _ := product.Role(a.Role)
		held[notify.Role{Product: product.Title, Role: role.Label}] = a.Status
	}
	want := map[access.Action]access.Status{
		access.Add: access.Active, access.Assign: access.Active, access.ChangeRole: access.Active,
		access.Reactivate: access.Active, access.Suspend: access.Suspended,
	}[action]
	for _, role := range e.From {
		if held[role] != "" {
			t.Errorf("%s: %s is %q, the e-mail says that it was changed", action, role.Role.It, held[role])
		}
	}
	if (len(e.From) > 0) != (action == access.ChangeRole) {
		t.Errorf("%s: the e-mail is about a change from %v", action, e.From)
	}
	for _, role := range e.Roles {
		if held[role] != want {
			t.Errorf("%s: %s is %q, the e-mail says %q", action, role.Role.It, held[role], want)
		}
		delete(held, role)
	}
	if e.Kind != action || len(e.Roles) == 0 || e.Others != (len(held) > 0) || e.Closed == user.HasPowers() || e.Last != (user.ID == "") {
		t.Errorf("%s: %+v, and the user has %+v", action, e, user.Assignments)
	}
	if e.Name != "Pia Gialli" || e.Address != "pia@ente.example" {
		t.Errorf("%s: to %s, %s", action, e.Name, e.Address)
	}
}
