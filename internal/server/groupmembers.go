package server

import (
	"errors"
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
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
