package server

import (
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// adding is what the pages that add a user start from: a profile of nobody yet.
func (s *Server) adding(r *http.Request) (subjectPage, error) {
	visit, err := s.visit(r)
	if err != nil {
		return subjectPage{}, err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return subjectPage{}, err
	}
	return subjectPage{visit: visit, profile: visit.profile(access.User{}), frame: s.frameOf(visit, web.UsersList)}, nil
}

// addForm is the empty form (rule P10), with the product chosen that the link came from.
func (s *Server) addForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	draft := access.Draft{Product: access.ProductID(r.URL.Query().Get("product"))}
	if tells(string(draft.Product)) { // the page links to the product's list
		draft.Product = ""
	}
	if products := p.profile.NewProducts(); len(products) == 1 {
		draft.Product = products[0].ID
	}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		draft = readDraft(r)
	}
	return s.show(w, r, http.StatusOK, web.AddUser(p.frame, web.AddUserPage{Profile: p.profile, Draft: draft}))
}

// addCheck takes the form, and shows it again with what is wrong, or the page on which it is looked at before it takes effect.
func (s *Server) addCheck(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	if err := parse(r); err != nil {
		return err
	}
	draft := readDraft(r)
	if r.PostForm.Get("back") != "" {
		return s.show(w, r, http.StatusOK, web.AddUser(p.frame, web.AddUserPage{Profile: p.profile, Draft: draft}))
	}
	newcomer, faults := users.CheckNewcomer(draft, p.profile)
	if len(faults) > 0 {
		return s.addAgain(w, r, p, draft, faults)
	}
	existing, err := s.userWith(r, p.visit.institution.ID, newcomer.FiscalCode)
	if err != nil {
		return err
	}
	if existing != "" {
		return s.addExisting(w, r, p, draft, existing)
	}
	product, _ := access.ProductOf(p.profile.Products, newcomer.Product)
	page := web.CheckUserPage{Draft: checked(newcomer, draft), Product: product, Once: newMark()}
	for _, id := range newcomer.Roles {
		role, _ := product.Role(id)
		page.Roles = append(page.Roles, role)
	}
	return s.show(w, r, http.StatusOK, web.CheckUser(p.frame, page))
}

// addConfirm adds the user, and goes to their profile.
func (s *Server) addConfirm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.adding(r)
	if err != nil {
		return err
	}
	mark, err := parseMarked(r)
	if err != nil {
		return err
	}
	draft := readDraft(r)
	newcomer, faults := users.CheckNewcomer(draft, p.profile)
	if len(faults) > 0 {
		if no := forbidden(p.profile, newcomer); no != nil {
			return no
		}
		return s.addAgain(w, r, p, draft, faults)
	}
	c := users.Change{Institution: p.visit.institution.ID, Actor: p.visit.actor.ID, Mark: mark}
	user, err := s.users.Add(r.Context(), c, newcomer)
	var no *access.Refusal
	if errors.As(err, &no) && no.Reason == access.AlreadyUser {
		return s.addExisting(w, r, p, draft, user)
	}
	if err != nil {
		return err
	}
	return redirect(w, r, web.ProfileURL(c.Institution, user)+"?done="+string(mark))
}

// forbidden is why the newcomer's roles aren't the actor's to give, if so: an attempt that is refused for lack of authority
// is none to be mended (rules V9, D5).
func forbidden(p access.Profile, n users.Newcomer) error {
	for _, role := range n.Roles {
		err := access.Decide(p.Request(access.Add, access.Target{Product: n.Product, Role: role}))
		var no *access.Refusal
		if errors.As(err, &no) && no.Grade() == access.Forbidden {
			return no
		}
	}
	return nil
}

// addAgain shows the form as filled in, with what is wrong.
func (s *Server) addAgain(w http.ResponseWriter, r *http.Request, p subjectPage, d access.Draft, faults access.Faults) error {
	_, warning := faults[access.FieldNames]
	return s.show(w, r, http.StatusUnprocessableEntity, web.AddUser(p.frame, web.AddUserPage{Profile: p.profile, Draft: d, Faults: faults, Warning: warning}))
}

// addExisting says that the person is a user already, and where (rule P10). Nothing of theirs is changed.
func (s *Server) addExisting(w http.ResponseWriter, r *http.Request, p subjectPage, d access.Draft, user access.UserID) error {
	return s.show(w, r, http.StatusConflict, web.AddUser(p.frame, web.AddUserPage{Profile: p.profile, Draft: d, Existing: web.ProfileURL(p.visit.institution.ID, user)}))
}

// checked is the draft as it was understood.
func checked(n users.Newcomer, d access.Draft) access.Draft {
	d.FiscalCode, d.FirstName, d.LastName, d.Email = n.FiscalCode.Reveal(), n.FirstName, n.LastName, n.Email
	return d
}
