package server

import (
	"errors"
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// groupDetail is one group and who is in it, with what has just been done to it.
func (s *Server) groupDetail(w http.ResponseWriter, r *http.Request) error {
	return s.showGroup(w, r, nil, "")
}

// showGroup shows the group that the path is about. If what was asked may not be done, or can't be as things stand, that
// heads the page, and the status says so (rule V9); person is the name of who it was about.
func (s *Server) showGroup(w http.ResponseWriter, r *http.Request, no *access.Refusal, person string) error {
	v := s.db.View()
	at := access.Page{}
	if r.Method == http.MethodGet && no == nil {
		at = readPage(web.ReadFilter(r.URL.Query())).Page
	}
	done, mark := s.told(v, r)
	batch := s.toldOfSeveral(v, r, mark)
	p, err := s.groupWith(v, r, at)
	if err != nil {
		return err
	}
	if len(p.members.Rows) == 0 && at != (access.Page{}) { // whoever the page started from has gone
		return redirect(w, r, withMark(web.GroupURL(p.visit.institution.ID, p.group.ID), mark))
	}
	page := web.GroupPage{Profile: p.profile, Group: p.group, Product: p.product, Members: p.members}
	if no != nil {
		p.frame.Refused = &web.Refused{Reason: no.Reason, Person: person, Product: p.product.Title}
		status, _ := outward(no)
		s.report(r, status, no)
		return s.show(w, r, status, web.Group(p.frame, page))
	}
	if err := s.tellGroup(r, &p, &page, *done, *batch); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, web.Group(p.frame, page))
}

// toldOfSeveral asks for what a form about several people has done; it stays zero if the address tells of none.
func (s *Server) toldOfSeveral(v *store.View, r *http.Request, mark string) *store.Batch {
	if mark == "" {
		return &store.Batch{}
	}
	institution, _ := id(r, "institution") // there is a mark: told has read it
	return v.Batch(access.InstitutionID(institution), s.me(r), store.Mark(mark), s.now().Add(-toldFor))
}

// tellGroup puts on the page what has just been done to the group, or to its members.
func (s *Server) tellGroup(r *http.Request, p *groupPage, page *web.GroupPage, done store.Done, batch store.Batch) error {
	var ids []access.UserID
	for _, result := range batch.Results {
		ids = append(ids, result.User)
	}
	if done.Action == access.Leave {
		ids = append(ids, done.Subject)
	}
	names, err := s.namesOf(r, p.visit.institution.ID, ids)
	if err != nil {
		return err
	}
	if batch.Action == access.Join && batch.Group == p.group.ID {
		page.Added = &web.Added{}
		for _, result := range batch.Results {
			if result.Reason == "" {
				page.Added.People++
			} else {
				page.Added.NotAdded = append(page.Added.NotAdded, web.NotAdded{Person: names[result.User], Reason: result.Reason})
			}
		}
		return nil
	}
	p.frame.Outcome = groupOutcome(*p, done, names[done.Subject])
	return nil
}

// namesOf reads what people are called; who isn't a user of the institution isn't among them.
func (s *Server) namesOf(r *http.Request, institution access.InstitutionID, ids []access.UserID) (map[access.UserID]string, error) {
	all := map[access.UserID]string{}
	if len(ids) == 0 {
		return all, nil
	}
	v := s.db.View()
	people := v.Users(institution, ids)
	if err := v.Read(r.Context()); err != nil {
		return nil, err
	}
	for _, u := range *people {
		all[u.ID] = u.Name()
	}
	return all, nil
}

// groupOutcome tells what a form has done; nil if there is nothing to tell of this group. The reverse action is
// offered if it may be taken now.
func groupOutcome(p groupPage, done store.Done, person string) *web.Outcome {
	if done.Group != p.group.ID {
		return nil
	}
	o := &web.Outcome{Action: done.Action, Person: person, Product: p.product.Title, Group: p.group.Name}
	told := []access.Action{access.CreateGroup, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.Leave}
	if !slices.Contains(told, done.Action) {
		return nil
	}
	if back, ok := reverse[done.Action]; ok && p.profile.MayGroup(back, p.group) {
		o.Reverse = web.GroupActionURL(p.visit.institution.ID, p.group.ID, back)
	}
	return o
}

// groupRefused shows whoever was refused the fresh page of the group with the reason on it, if they may see that page; any
// other error goes on.
func (s *Server) groupRefused(w http.ResponseWriter, r *http.Request, err error, person string) error {
	var no *access.Refusal
	if errors.As(err, &no) && no.Grade() != access.Hidden {
		return s.showGroup(w, r, no, person)
	}
	return err
}

// askLeave asks whether a member is to be taken out of the group.
func (s *Server) askLeave(w http.ResponseWriter, r *http.Request) error {
	user, err := id(r, "user")
	if err != nil {
		return err
	}
	v := s.db.View()
	institution, _ := id(r, "institution")
	people := &[]access.User{}
	if uuid.MatchString(institution) {
		people = v.Users(access.InstitutionID(institution), []access.UserID{access.UserID(user)})
	}
	p, err := s.groupWith(v, r, access.Page{})
	if err != nil {
		return err
	}
	if len(*people) > 0 {
		p.profile.Subject = (*people)[0]
	}
	subject := p.profile.Subject
	if err := access.Decide(p.profile.GroupRequest(access.Leave, p.group.Product, p.group.ID)); err != nil {
		return s.groupRefused(w, r, err, subject.Name())
	}
	return s.show(w, r, http.StatusOK, web.ConfirmGroup(p.frame, web.ConfirmGroupPage{
		Action: access.Leave, Group: p.group, Product: p.product, Person: subject, Once: newMark(),
	}))
}

// leave takes a member out of the group, and goes back to its page.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	group, err1 := id(r, "group")
	user, err2 := id(r, "user")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	c.Subject = access.UserID(user)
	if err := s.users.Leave(r.Context(), c, access.GroupID(group)); err != nil {
		names, errNames := s.namesOf(r, c.Institution, []access.UserID{c.Subject})
		if errNames != nil {
			return errNames
		}
		return s.groupRefused(w, r, notThere(err), names[c.Subject])
	}
	return redirect(w, r, withMark(web.GroupURL(c.Institution, access.GroupID(group)), string(c.Mark)))
}

// candidates offers the product's users who aren't in the group.
func (s *Server) candidates(w http.ResponseWriter, r *http.Request) error {
	f := readPage(web.ReadFilter(r.URL.Query()))
	page := web.AddMembersPage{Filter: access.Filter{Text: f.Text, Page: f.Page}, Once: newMark()}
	if access.LikeFiscalCode(f.Text) { // in an address, where it must not stay
		institution, err1 := id(r, "institution")
		group, err2 := id(r, "group")
		if err := errors.Join(err1, err2); err != nil {
			return access.ErrNotFound
		}
		return redirect(w, r, web.AddMembersURL(access.InstitutionID(institution), access.GroupID(group), access.Filter{}))
	}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Chosen = readMembers(r)
	}
	return s.showCandidates(w, r, http.StatusOK, page, "")
}

// searchCandidates takes the search. What leaves here for an address has no fiscal code in it (rule D7): who has the one that
// was typed is shown at once.
func (s *Server) searchCandidates(w http.ResponseWriter, r *http.Request) error {
	if err := parse(r); err != nil {
		return err
	}
	institution, err1 := id(r, "institution")
	group, err2 := id(r, "group")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	f := web.ReadFilter(r.PostForm)
	if !access.LikeFiscalCode(f.Text) {
		return redirect(w, r, web.AddMembersURL(access.InstitutionID(institution), access.GroupID(group), access.Filter{Text: f.Text}))
	}
	only := nobody
	if p, err := s.group(r); err != nil { // whoever may not see the group doesn't learn who has a code
		return err
	} else if code, found := access.FindFiscalCode(f.Text); found {
		user, err := s.userWith(r, p.visit.institution.ID, code)
		if err != nil {
			return err
		}
		if user != "" {
			only = user
		}
	}
	return s.showCandidates(w, r, http.StatusOK, web.AddMembersPage{Unknown: f.Text, Once: newMark()}, only)
}

// nobody is the id of no user: to look for somebody who isn't there.
const nobody access.UserID = "00000000-0000-0000-0000-000000000000"

// showCandidates shows them, if anybody can be put into the group at all; only leaves one of them.
func (s *Server) showCandidates(w http.ResponseWriter, r *http.Request, status int, page web.AddMembersPage, only access.UserID) error {
	v := s.db.View()
	institution, err1 := id(r, "institution")
	group, err2 := id(r, "group")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	people := v.Candidates(access.InstitutionID(institution), access.GroupID(group), page.Filter, only)
	p, err := s.groupWith(v, r, access.Page{})
	if err != nil {
		return err
	}
	if why := p.profile.WhyNotFill(p.group); why != "" {
		return s.groupRefused(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	if len(people.Rows) == 0 && page.Filter.Page != (access.Page{}) { // whoever the page started from has gone
		page.Filter.Page = access.Page{}
		return redirect(w, r, web.AddMembersURL(p.visit.institution.ID, p.group.ID, page.Filter))
	}
	page.Group, page.Product, page.People = p.group, p.product, *people
	return s.show(w, r, status, web.AddMembers(p.frame, page))
}

// addMembers puts the chosen people into the group, each in a change of their own, and goes to its page, which tells how it
// went. The same form again comes to the same page, and finishes what was begun.
func (s *Server) addMembers(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	v := s.db.View()
	before := v.Batch(c.Institution, c.Actor, c.Mark, s.now().Add(-toldFor))
	p, err := s.groupWith(v, r, access.Page{})
	if err != nil {
		return err
	}
	to := withMark(web.GroupURL(c.Institution, p.group.ID), string(c.Mark))
	if before.Mark != "" {
		return redirect(w, r, to)
	}
	if why := p.profile.WhyNotFill(p.group); why != "" {
		return s.groupRefused(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	chosen := readMembers(r)
	if len(chosen) == 0 {
		faults := access.Faults{access.FieldMember: access.Missing}
		return s.showCandidates(w, r, http.StatusUnprocessableEntity, web.AddMembersPage{Faults: faults, Once: string(c.Mark)}, "")
	}
	if len(chosen) > store.PageSize {
		return badForm(errors.New("more people than a page has"))
	}
	c.Target.Product = p.product.ID
	var parts []users.Part
	for _, user := range chosen {
		parts = append(parts, users.Part{User: user, Group: p.group.ID})
	}
	ctx, cancel := s.toItsEnd(w, r)
	defer cancel()
	if err := s.users.Several(ctx, c, access.Join, parts); err != nil {
		return err
	}
	return redirect(w, r, to)
}

// readMembers reads who was chosen, each once.
func readMembers(r *http.Request) []access.UserID {
	var all []access.UserID
	for _, value := range r.PostForm[string(access.FieldMember)] {
		if user := access.UserID(value); uuid.MatchString(value) && !slices.Contains(all, user) {
			all = append(all, user)
		}
	}
	return all
}
