package server

import (
	"context"
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// groups is the groups of the institution, by product, seen by whoever may enter the Users section (rules V3, P9).
func (s *Server) groups(w http.ResponseWriter, r *http.Request) error {
	return s.showGroups(w, r, nil, access.ProductID(r.URL.Query().Get("product")))
}

// showGroups shows the list. What was refused about a group that isn't there yet heads it.
func (s *Server) showGroups(w http.ResponseWriter, r *http.Request, no *access.Refusal, product access.ProductID) error {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	rows := v.GroupRows(access.InstitutionID(institution))
	done, _ := s.told(v, r)
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	of, found := access.ProductOf(visit.products, product)
	if product != "" && !found {
		return access.ErrNotFound
	}
	frame, status := s.frameOf(visit, web.InGroups), http.StatusOK
	if no != nil {
		frame.Refused = &web.Refused{Reason: no.Reason, Product: of.Title}
		status, _ = outward(no)
		s.report(r, status, no)
	} else if done.Action == access.DeleteGroup { // its name has gone with it
		gone, _ := access.ProductOf(visit.products, done.Target.Product)
		frame.Outcome = &web.Outcome{Action: done.Action, Product: gone.Title}
	}
	return s.show(w, r, status, web.Groups(frame, web.GroupsPage{Profile: visit.profile(access.User{}), Rows: *rows, Product: product}))
}

// newGroup asks what a group to be made is called. Its product is in the address, or is the only one that the actor administers.
func (s *Server) newGroup(w http.ResponseWriter, r *http.Request) error {
	page := web.GroupFormPage{Product: access.Product{ID: access.ProductID(r.URL.Query().Get("product"))}, Once: newMark()}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Product.ID, page.Title = access.ProductID(r.PostForm.Get("product")), r.PostForm.Get("title")
	}
	return s.showNewGroup(w, r, http.StatusOK, page)
}

// showNewGroup shows the form, if the actor may make groups of the product.
func (s *Server) showNewGroup(w http.ResponseWriter, r *http.Request, status int, page web.GroupFormPage) error {
	visit, err := s.visit(r)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	p := visit.profile(access.User{})
	if page.Product.ID == "" {
		only, found := onlyOne(p)
		if !found {
			return redirect(w, r, web.GroupsURL(visit.institution.ID, ""))
		}
		page.Product.ID = only
	}
	if err := access.Decide(p.Request(access.CreateGroup, access.Target{Product: page.Product.ID})); err != nil {
		return s.notCreated(w, r, err, page.Product.ID)
	}
	page.Product, _ = access.ProductOf(p.Products, page.Product.ID)
	return s.show(w, r, status, web.GroupForm(s.frameOf(visit, web.InGroups), page))
}

// onlyOne is the product of which the actor may make groups, if there is one only.
func onlyOne(p access.Profile) (only access.ProductID, found bool) {
	for _, product := range p.Products {
		if p.MayCreateGroup(product.ID) {
			if found {
				return "", false
			}
			only, found = product.ID, true
		}
	}
	return only, found
}

// createGroup makes a group and goes to its page. The same form again comes to the same page.
func (s *Server) createGroup(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	product := c.Target.Product
	page := web.GroupFormPage{Product: access.Product{ID: product}, Title: r.PostForm.Get("title"), Once: string(c.Mark)}
	title, faults := users.CheckTitle(page.Title)
	if faults != nil {
		page.Faults = faults
		return s.showNewGroup(w, r, http.StatusUnprocessableEntity, page)
	}
	group, err := s.users.CreateGroup(r.Context(), c, title)
	switch {
	case taken(err):
		page.Faults = access.Faults{access.FieldTitle: access.TitleTaken}
		return s.showNewGroup(w, r, http.StatusUnprocessableEntity, page)
	case err != nil:
		return s.notCreated(w, r, notThere(err), product)
	}
	return redirect(w, r, withMark(web.GroupURL(c.Institution, group), string(c.Mark)))
}

// notCreated heads the list with the reason, if whoever was refused may see it.
func (s *Server) notCreated(w http.ResponseWriter, r *http.Request, err error, product access.ProductID) error {
	var no *access.Refusal
	if errors.As(err, &no) && no.Grade() != access.Hidden {
		return s.showGroups(w, r, no, product)
	}
	return err
}

// renameForm asks what a group is to be called.
func (s *Server) renameForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.group(r)
	if err != nil {
		return err
	}
	if err := access.Decide(p.profile.GroupRequest(access.RenameGroup, p.group.Product, p.group.ID)); err != nil {
		return s.groupRefused(w, r, err, "")
	}
	page := web.GroupFormPage{Product: p.product, Group: p.group, Title: p.group.Name, Once: newMark()}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Title = r.PostForm.Get("title")
	}
	return s.show(w, r, http.StatusOK, web.GroupForm(p.frame, page))
}

// renameGroup gives a group the name that was typed, and goes back to its page.
func (s *Server) renameGroup(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	group, err := id(r, "group")
	if err != nil {
		return err
	}
	title, faults := users.CheckTitle(r.PostForm.Get("title"))
	if faults == nil {
		err = s.users.RenameGroup(r.Context(), c, access.GroupID(group), title)
		if err == nil {
			return redirect(w, r, withMark(web.GroupURL(c.Institution, access.GroupID(group)), string(c.Mark)))
		}
		if !taken(err) {
			return s.groupRefused(w, r, notThere(err), "")
		}
		faults = access.Faults{access.FieldTitle: access.TitleTaken}
	}
	p, err := s.group(r)
	if err != nil {
		return err
	}
	if err := access.Decide(p.profile.GroupRequest(access.RenameGroup, p.group.Product, p.group.ID)); err != nil {
		return s.groupRefused(w, r, err, "")
	}
	page := web.GroupFormPage{Product: p.product, Group: p.group, Title: r.PostForm.Get("title"), Faults: faults, Once: string(c.Mark)}
	return s.show(w, r, http.StatusUnprocessableEntity, web.GroupForm(p.frame, page))
}

// askGroup shows the page on which something done to a group is confirmed, if it would be granted now.
func (s *Server) askGroup(a access.Action) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.group(r)
		if err != nil {
			return err
		}
		if err := access.Decide(p.profile.GroupRequest(a, p.group.Product, p.group.ID)); err != nil {
			return s.groupRefused(w, r, err, "")
		}
		return s.show(w, r, http.StatusOK, web.ConfirmGroup(p.frame, web.ConfirmGroupPage{
			Action: a, Group: p.group, Product: p.product, Members: p.members, Once: newMark(),
		}))
	}
}

// doGroup does it and goes to the group's page, or, where there is none any more, to the list.
func (s *Server) doGroup(do func(context.Context, users.Change, access.GroupID) error, gone bool) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		c, err := s.groupForm(r)
		if err != nil {
			return err
		}
		group, err := id(r, "group")
		if err != nil {
			return err
		}
		if err := do(r.Context(), c, access.GroupID(group)); err != nil {
			return s.groupRefused(w, r, notThere(err), "")
		}
		to := web.GroupURL(c.Institution, access.GroupID(group))
		if gone {
			to = web.GroupsURL(c.Institution, c.Target.Product)
		}
		return redirect(w, r, withMark(to, string(c.Mark)))
	}
}

// groupForm reads a form about a group: by whom, where, of which product, with which mark. The product is the form's word, so
// that the same form again says the same even where the group has gone; whether the group is of that product is decided.
func (s *Server) groupForm(r *http.Request) (users.Change, error) {
	if s.me(r) == "" {
		return users.Change{}, errNoPowers
	}
	institution, err := id(r, "institution")
	if err != nil {
		return users.Change{}, err
	}
	mark, err := parseMarked(r)
	if err != nil {
		return users.Change{}, err
	}
	return users.Change{
		Institution: access.InstitutionID(institution), Actor: s.me(r), Mark: mark,
		Target: access.Target{Product: access.ProductID(r.PostForm.Get("product"))},
	}, nil
}

// taken reports whether it was refused because another group has the name.
func taken(err error) bool {
	var no *access.Refusal
	return errors.As(err, &no) && no.Reason == access.GroupNameTaken
}

// notThere: an institution that doesn't exist answers as one where the actor has no powers (rule V9).
func notThere(err error) error {
	if errors.Is(err, access.ErrNotFound) {
		return &access.Refusal{Reason: access.NoPowers}
	}
	return err
}
