package server

import (
	"net/http"
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// list shows the users of the institution, by product (rules V3 to V7).
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	f := validatePage(web.ReadFilter(r.URL.Query()))
	kept, err := s.keptForm(r)
	if err != nil {
		return err
	}
	if kept != nil { // a fiscal code that was searched for
		f.Text = web.ReadFilter(r.PostForm).Text
	}
	if access.LooksLikeFiscalCode(f.Text) { // a fiscal code must not stay in an address
		return s.findByFiscalCode(w, r, f)
	}
	return s.showList(w, r, f, web.UnknownFiscalCode{})
}

// search redirects to the list with a filter. The form's fields are in its body, and a fiscal code does not enter the
// address (rule D7).
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	f := web.ReadFilter(r.PostForm)
	if access.LooksLikeFiscalCode(f.Text) {
		return s.findByFiscalCode(w, r, f)
	}
	in, err := pathID[access.InstitutionID](r, "institution")
	if err != nil {
		return err
	}
	return redirect(w, r, web.UsersURL(in, f))
}

// findByFiscalCode redirects to the profile of the user with the fiscal code; without one, the list says so.
func (s *Server) findByFiscalCode(w http.ResponseWriter, r *http.Request, f access.Filter) error {
	scope, err := s.load(r, need{action: access.EnterUsers}, nil)
	if err != nil {
		return err
	}
	typed := f.Text
	f.Text = ""
	unknown := web.UnknownFiscalCode{Typed: typed, Code: access.SearchedCode(typed)}
	code, fieldError := form.CheckFiscalCode(unknown.Code)
	if unknown.Error = fieldError; fieldError == "" {
		user, err := s.userByFiscalCode(r, scope.institution.ID, code)
		if err != nil {
			return err
		}
		if user != "" {
			return redirect(w, r, web.ProfileURL(scope.institution.ID, user))
		}
	}
	switch {
	case r.Method == http.MethodPost:
		return s.keepAndShow(w, r, web.UsersURL(scope.institution.ID, f), users.KeptForm{})
	case !isCodeKept(r): // it is in the address
		return redirect(w, r, web.WithCodeAgain(web.UsersURL(scope.institution.ID, f)))
	}
	return s.showList(w, r, f, unknown)
}

// isCodeKept reports whether the page is that of a fiscal code that was searched for in the form.
func isCodeKept(r *http.Request) bool { return r.PostForm.Has("q") }

// userByFiscalCode returns the institution's user with a fiscal code; empty if there is none.
func (s *Server) userByFiscalCode(r *http.Request, in access.InstitutionID, code access.FiscalCode) (user access.UserID, err error) {
	q := s.db.Query()
	q.UserByFiscalCode(&user, in, code)
	return user, q.Read(r.Context())
}

// showList shows the list, or a message in place of its rows if a fiscal code leads to no user.
func (s *Server) showList(w http.ResponseWriter, r *http.Request, f access.Filter, unknown web.UnknownFiscalCode) error {
	d := access.Directory{Filter: f}
	askCodeAgain := web.IsCodeAgain(r.URL.Query())
	var list store.List
	var receipt store.Receipt
	scope, err := s.load(r, need{action: access.EnterUsers}, func(q *store.Query, in access.InstitutionID) {
		q.List(&list, in, f)
		if f.Product == "" {
			q.People(&d.People, in)
		}
		s.queueReceipt(q, &receipt, r, in)
	})
	if err != nil {
		return err
	}
	normalized, err := f.Normalize(scope.products)
	if err != nil {
		return err
	}
	d.Institution, d.Actor, d.Products = scope.institution, scope.actor, scope.products
	d.UserCounts, d.Groups = list.UserCounts, list.HasActiveGroup
	d = d.WithSections(list.Sections)
	if d.IsEmpty() {
		normalized.Page = access.Page{} // the cursor's user is gone
	}
	if normalized != f {
		to := withReceipt(web.UsersURL(scope.institution.ID, normalized), receiptKey(r))
		if askCodeAgain {
			to = web.WithCodeAgain(to)
		}
		if isCodeKept(r) {
			to = withParameter(to, formParameter, r.URL.Query().Get(formParameter))
		}
		if f.Role != (access.Target{}) && normalized.Role == (access.Target{}) {
			to = withParameter(to, goneParameter, "role")
		}
		return redirect(w, r, to)
	}
	layout := s.scopeLayout(scope, web.NavUsers)
	layout.ListSignature = s.signSearch(r, f.Text)
	if layout.Outcome, err = s.listOutcome(r, scope, receipt, f); err != nil {
		return err
	}
	return s.show(w, r, web.Users(layout, web.UsersPage{
		Directory: d, FiscalCode: unknown, AskCodeAgain: askCodeAgain, RoleGone: r.URL.Query().Get(goneParameter) == "role",
		ActedOn: receipt.Subject, ActedOnProduct: receipt.Target.Product,
	}))
}

// goneParameter names a filter of a bookmark that was dropped, because what it filters by is not there any more.
const goneParameter = "gone"

// withParameter adds a parameter to an address.
func withParameter(address, name, value string) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + url.Values{name: {value}}.Encode()
}

// listOutcome is the banner about a change that was chosen in the list, or that took a person's last role; nil if there
// is none. The reverse action returns to the list too.
func (s *Server) listOutcome(r *http.Request, v scope, receipt store.Receipt, list access.Filter) (*web.Outcome, error) {
	if receipt.Subject == "" {
		return nil, nil //nolint:nilnil // no banner
	}
	var people []access.User
	var log access.EventList
	q := s.db.Query()
	q.Users(&people, v.institution.ID, []access.UserID{receipt.Subject})
	q.Events(&log, v.institution.ID, v.actor.ID, access.EventFilter{Subject: receipt.Subject}, 1)
	if err := q.Read(r.Context()); err != nil {
		return nil, err
	}
	if len(people) > 0 {
		o := profileOutcome(v.profile(people[0]), receipt)
		if o != nil && o.ReverseURL != "" {
			o.ReverseURL = web.ReturnTo(o.ReverseURL, list, s.signSearch(r, list.Text))
		}
		return o, nil
	}
	if receipt.Action != access.Remove {
		return nil, nil //nolint:nilnil // the person has left since
	}
	product, role := targetTexts(v.profile(access.User{}), receipt.Target)
	o := &web.Outcome{
		Action: access.Remove, Role: role, Product: product, LeftInstitution: true, Offboarded: isOffboarding(receipt),
	}
	if len(log.Events) > 0 { // the log still names a person who has left
		o.Person = log.Events[0].Subject.Name
	}
	return o, nil
}

// validatePage drops a cursor that is no user.
func validatePage(f access.Filter) access.Filter {
	for _, user := range []access.UserID{f.Page.After, f.Page.Before} {
		if user != "" && !isUUID(string(user)) {
			f.Page = access.Page{}
		}
	}
	return f
}
