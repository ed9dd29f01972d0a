package users

import (
	"context"
	"slices"
	"strconv"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// PlanImport looks at every row of a file as the form that adds one person would (rules P4, P5, P10, D1 to D3), and says what would
// follow from it after the rows above. Nothing is done. Who is known to other institutions only is nobody (rule P10).
func (s *Service) PlanImport(ctx context.Context, p access.Profile, rows access.Plan) (access.Plan, error) {
	seen, _, err := s.seen(ctx, p, rows, "")
	if err != nil {
		return nil, err
	}
	plan := make(access.Plan, len(rows))
	for i, row := range rows {
		plan[i], _ = seen.plan(p, row)
	}
	return plan, nil
}

// people are those whom a file's rows are about, as they would be after the rows that were looked at.
type people map[access.FiscalCode]*inFile

// inFile is one of them.
type inFile struct {
	user  access.User // no id yet of somebody to be added
	data  *Newcomer   // as the first row has them
	added bool        // a row above adds them
}

// seen reads who of a file's people are users of the institution, and what the form with the mark has done of its rows
// before, on the same snapshot.
func (s *Service) seen(ctx context.Context, p access.Profile, rows access.Plan, mark store.Mark) (people, []store.Done, error) {
	all := people{}
	ids := map[access.FiscalCode]*access.UserID{}
	v := s.db.View()
	for _, row := range rows {
		if code, err := access.ParseFiscalCode(row.Draft.FiscalCode); err == nil && all[code] == nil {
			all[code] = &inFile{}
			ids[code] = v.UserWith(p.Institution.ID, code)
		}
	}
	if err := v.Read(ctx); err != nil {
		return nil, nil, err
	}
	v = s.db.View()
	read := map[access.FiscalCode]*access.User{}
	for code, id := range ids {
		if *id != "" {
			read[code] = v.User(p.Institution.ID, *id)
		}
	}
	outcomes := make([]*store.Done, len(rows))
	for i, row := range rows {
		outcomes[i] = &store.Done{}
		if mark != "" {
			outcomes[i] = v.Outcome(p.Institution.ID, p.Actor.ID, mark.Of(strconv.Itoa(row.Line)), time.Time{})
		}
	}
	if err := v.Read(ctx); err != nil {
		return nil, nil, err
	}
	for code, user := range read {
		all[code].user = *user
	}
	done := make([]store.Done, len(rows))
	for i := range outcomes {
		done[i] = *outcomes[i]
	}
	return all, done, nil
}

// found notes whose row was done.
func (all people) found(row access.Planned, id access.UserID) {
	if code, err := access.ParseFiscalCode(row.Draft.FiscalCode); err == nil {
		all[code].user.ID = id
	}
}

// plan looks at one row, and takes it for done.
func (all people) plan(p access.Profile, row access.Planned) (access.Planned, Newcomer) {
	who := &inFile{} // nobody, unless the fiscal code is one
	if code, err := access.ParseFiscalCode(row.Draft.FiscalCode); err == nil {
		who = all[code]
	}
	p.Subject = who.user
	row.Draft.Product, row.Draft.Roles = understood(p, row.Product, row.Role)
	n, faults := CheckNewcomer(row.Draft, p)
	if who.user.ID != "" && !who.added { // their data are what they are: the file's aren't looked at
		row.Subject = who.user
		faults = CheckRoles(row.Draft.Product, row.Draft.Roles, p)
	}
	row.Warned = faults[access.FieldNames] == access.NamesDiffer
	delete(faults, access.FieldNames)
	if row.Product != "" && faults[access.FieldProduct] == access.Missing {
		faults[access.FieldProduct] = access.NoSuchProduct
	}
	if row.Role != "" && faults[access.FieldRole] == access.Missing {
		faults[access.FieldRole] = access.NoRoleCalledSo
	}
	if row.Subject.ID == "" && faults[access.FieldFirstName] == "" && faults[access.FieldLastName] == "" && faults[access.FieldEmail] == "" {
		if who.data == nil {
			who.data = &n
		} else if !sameData(*who.data, n) {
			faults[access.FieldFiscalCode] = access.OtherData
		}
	}
	row.Faults = faults
	if len(n.Roles) == 0 {
		return row, n
	}
	t := access.Target{Product: n.Product, Role: n.Roles[0]}
	row = follows(p, row, t, who.added)
	if !row.Wrong() && row.Does != "" {
		who.added = who.added || row.Does == access.Add
		who.user = p.With(t).Subject
	}
	return row, n
}

// follows says what follows from a row, or why nothing may: the answer that the form's check has had.
func follows(p access.Profile, row access.Planned, t access.Target, added bool) access.Planned {
	ask := access.Assign
	if p.Subject.ID == "" {
		ask = access.Add
	}
	reason := p.WhyNot(ask, t)
	if reason == "" {
		row.Does = access.Assign
		if ask == access.Add && !added {
			row.Does = access.Add
		}
		return row
	}
	delete(row.Faults, access.FieldRole) // the reason tells more
	if reason == access.AlreadyHeld {
		held, _ := p.Subject.Holds(t.Product, t.Role)
		row.Held = held.Status
	} else {
		row.Why = reason
	}
	return row
}

// sameData reports whether two rows speak of one person: capitals and accents aside.
func sameData(a, b Newcomer) bool {
	return form.Fold(a.FirstName) == form.Fold(b.FirstName) && form.Fold(a.LastName) == form.Fold(b.LastName) && a.Email == b.Email
}

// understood finds the product and the role that a row means, by id and code or by what they are called in either language;
// capitals and accents don't matter. What isn't found, or could be more than one, stays empty.
func understood(p access.Profile, product, role string) (access.ProductID, []access.RoleID) {
	of, found := productCalled(p.Products, product)
	if !found || role == "" {
		return of.ID, nil
	}
	var some []access.RoleID
	for _, r := range of.Roles {
		if form.Fold(string(r.ID)) == form.Fold(role) {
			return of.ID, []access.RoleID{r.ID}
		}
		if called(r.Label, role) {
			some = append(some, r.ID)
		}
	}
	if len(some) > 1 { // of roles that are called alike, the one that is given from here
		some = slices.DeleteFunc(some, func(id access.RoleID) bool {
			r, _ := of.Role(id)
			return r.Assignable != access.FromHere
		})
	}
	if len(some) != 1 {
		return of.ID, nil
	}
	return of.ID, some
}

func productCalled(products []access.Product, typed string) (access.Product, bool) {
	var some []access.Product
	for _, product := range products {
		if typed != "" && form.Fold(string(product.ID)) == form.Fold(typed) {
			return product, true
		}
		if called(product.Title, typed) {
			some = append(some, product)
		}
	}
	if len(some) != 1 {
		return access.Product{}, false
	}
	return some[0], true
}

func called(t access.Text, typed string) bool {
	word := form.Fold(typed)
	return word != "" && (form.Fold(t.It) == word || form.Fold(t.En) == word)
}
