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

// planImport checks every row of a file as the form that adds one person does (rules P4, P5, P10, D1 to D3), and
// reports what the row would do after those above it. A person who is known to other institutions only is treated as
// unknown (rule P10).
func (s *Service) planImport(ctx context.Context, p access.Profile, rows access.ImportPlan) (access.ImportPlan, error) {
	seen, _, err := s.loadImport(ctx, p, rows, "")
	if err != nil {
		return nil, err
	}
	plan := make(access.ImportPlan, len(rows))
	for i, row := range rows {
		row.Form.Product, row.Form.Roles = resolveTarget(p, row.Product, row.Role)
		plan[i], _ = seen.planRow(p, row)
	}
	return plan, nil
}

// importPeople are the people in a file's rows, as they would be after the rows planned so far.
type importPeople map[access.FiscalCode]*importPerson

// importPerson is a person in a file.
type importPerson struct {
	user  access.User   // without ID if not a user yet
	data  *form.NewUser // names and e-mail of the person's first row
	added bool          // a row above adds the person
}

// loadImport reads which people of a file are users of the institution, and the receipts of rows that the form with the
// key has imported before.
func (s *Service) loadImport(
	ctx context.Context, p access.Profile, rows access.ImportPlan, key store.IdempotencyKey,
) (importPeople, []store.Receipt, error) {
	all := importPeople{}
	ids := map[access.FiscalCode]*access.UserID{}
	q := s.db.Query()
	for _, row := range rows {
		if code, err := access.ParseFiscalCode(row.Form.FiscalCode); err == nil && all[code] == nil {
			all[code] = &importPerson{}
			ids[code] = new(access.UserID)
			q.UserByFiscalCode(ids[code], p.Institution.ID, code)
		}
	}
	if err := q.Read(ctx); err != nil {
		return nil, nil, err
	}
	q = s.db.Query()
	for code, id := range ids {
		if *id != "" {
			q.User(&all[code].user, p.Institution.ID, *id)
		}
	}
	done := make([]store.Receipt, len(rows))
	if key != "" {
		for i, row := range rows {
			q.Receipt(&done[i], p.Institution.ID, p.Actor.ID, key.Derive(strconv.Itoa(row.Line)), time.Time{})
		}
	}
	if err := q.Read(ctx); err != nil {
		return nil, nil, err
	}
	return all, done, nil
}

// markDone records that a row was imported, for the rows below it.
func (all importPeople) markDone(row access.ImportRow, id access.UserID) {
	if code, err := access.ParseFiscalCode(row.Form.FiscalCode); err == nil {
		all[code].user.ID = id
		all[code].added = all[code].added || row.Action == access.Add
	}
}

// planRow plans one row, whose product and role are resolved. Rows planned later see its effect.
func (all importPeople) planRow(p access.Profile, row access.ImportRow) (access.ImportRow, form.NewUser) {
	who := &importPerson{} // stays zero if the fiscal code is invalid
	if code, err := access.ParseFiscalCode(row.Form.FiscalCode); err == nil {
		who = all[code]
	}
	p.Subject = who.user
	n, errs := form.CheckNewUser(row.Form, p)
	if who.user.ID != "" && !who.added { // an existing user's data are kept, so the file's are not checked
		row.Subject = who.user
		errs = form.CheckRoles(row.Form.Product, row.Form.Roles, p)
	}
	row.Doubts = nil
	if errs[access.FieldNames] == access.NamesDiffer {
		row.Doubts = append(row.Doubts, access.DoubtfulNames)
	}
	if errs[access.FieldNames] == access.NoFirstName {
		row.Doubts = append(row.Doubts, access.NameMissing)
	}
	if errs[access.FieldEmailDoubt] == access.EmailDoubtful {
		row.Doubts = append(row.Doubts, access.DoubtfulEmail)
	}
	if row.Subject.ID != "" && form.Differs(row.Form, row.Subject) {
		row.Doubts = append(row.Doubts, access.DoubtfulPerson)
	}
	delete(errs, access.FieldNames)
	delete(errs, access.FieldEmailDoubt)
	if row.Product != "" && errs[access.FieldProduct] == access.Missing {
		errs[access.FieldProduct] = access.NoSuchProduct
	}
	if row.Role != "" && errs[access.FieldRole] == access.Missing {
		errs[access.FieldRole] = access.RoleNotRecognized
	}
	if row.Subject.ID == "" && errs[access.FieldFirstName] == "" && errs[access.FieldLastName] == "" && errs[access.FieldEmail] == "" {
		if who.data == nil {
			who.data = &n
		} else if !sameData(*who.data, n) {
			errs[access.FieldFiscalCode] = access.ConflictingData
		}
	}
	row.Errors = errs
	if len(n.Roles) == 0 {
		return row, n
	}
	t := access.Target{Product: n.Product, Role: n.Roles[0]}
	row = planAction(p, row, t, who.added)
	if !row.Invalid() && row.Action != "" {
		who.added = who.added || row.Action == access.Add
		who.user = p.WithRole(t).Subject
	}
	return row, n
}

// planAction sets what a row would do, or the reason why it cannot.
func planAction(p access.Profile, row access.ImportRow, t access.Target, added bool) access.ImportRow {
	ask := access.Assign
	if p.Subject.ID == "" {
		ask = access.Add
	}
	reason := p.WhyNot(ask, t)
	if reason == "" {
		row.Action = access.Assign
		if ask == access.Add && !added {
			row.Action = access.Add
		}
		return row
	}
	delete(row.Errors, access.FieldRole) // the reason says more
	if reason == access.AlreadyHeld {
		held, _ := p.Subject.FindAssignment(t.Product, t.Role)
		row.Existing = held.Status
	} else {
		row.Reason = reason
	}
	return row
}

// sameData reports whether two rows have the same names, regardless of case and accents, and the same e-mail.
func sameData(a, b form.NewUser) bool {
	return form.Fold(a.FirstName) == form.Fold(b.FirstName) && form.Fold(a.LastName) == form.Fold(b.LastName) && a.Email == b.Email
}

// resolveTarget finds the product and the role of a row by their code, or by their name in either language, regardless
// of case and accents. A name that is unknown or ambiguous gives no ID.
func resolveTarget(p access.Profile, product, role string) (access.ProductID, []access.RoleID) {
	of, found := findProduct(p.Products, product)
	if !found || role == "" {
		return of.ID, nil
	}
	var some []access.RoleID
	for _, r := range of.Roles {
		if form.Fold(string(r.ID)) == form.Fold(role) {
			return of.ID, []access.RoleID{r.ID}
		}
		if matchesName(r.Label, role) {
			some = append(some, r.ID)
		}
	}
	if len(some) > 1 { // of roles with the same name, the assignable one
		some = slices.DeleteFunc(some, func(id access.RoleID) bool {
			r, _ := of.Role(id)
			return r.Assignable != access.AssignableHere
		})
	}
	if len(some) != 1 {
		return of.ID, nil
	}
	return of.ID, some
}

func findProduct(products []access.Product, typed string) (access.Product, bool) {
	var some []access.Product
	for _, product := range products {
		if typed != "" && form.Fold(string(product.ID)) == form.Fold(typed) {
			return product, true
		}
		if matchesName(product.Title, typed) {
			some = append(some, product)
		}
	}
	if len(some) != 1 {
		return access.Product{}, false
	}
	return some[0], true
}

func matchesName(t access.Text, typed string) bool {
	word := form.Fold(typed)
	return word != "" && (form.Fold(t.It) == word || form.Fold(t.En) == word)
}
