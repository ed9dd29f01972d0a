package web

import (
	"maps"
	"net/url"
	"slices"

	"areariservata.example/utenti/internal/access"
)

// SeveralURL takes the people chosen in a list and what is to be done to them, and asks (POST). Nothing about them stands in
// an address.
func SeveralURL(i access.InstitutionID) string { return HomeURL(i) + "/users/several" }

// SeveralConfirmURL takes the answer, and does it.
func SeveralConfirmURL(i access.InstitutionID) string { return SeveralURL(i) + "/confirm" }

// SeveralDoneURL tells what the form with the mark has done, and leads back to the list that it was asked from.
func SeveralDoneURL(i access.InstitutionID, f access.Filter, mark string) string {
	v := query(i, f)
	v.Set("done", mark)
	return SeveralURL(i) + "/done?" + v.Encode()
}

// CessationURL asks whether all of a user's roles that the actor may take away are to go (GET), and takes them (POST).
func CessationURL(i access.InstitutionID, u access.UserID) string {
	return ProfileURL(i, u) + "/cessation"
}

// query is a list's filter as an address says it, but for the text that was searched for, which may be somebody's name.
func query(i access.InstitutionID, f access.Filter) url.Values {
	f.Text = ""
	address, err := url.Parse(UsersURL(i, f))
	if err != nil {
		return url.Values{} // it is an address of ours
	}
	return address.Query()
}

// UserRole names a user's role in a form. Users are UUIDs: whatever a role is called, the first colon ends the user.
func UserRole(u access.UserID, r access.RoleID) string { return string(u) + ":" + string(r) }

// SeveralPage asks before the same is done to several users.
type SeveralPage struct {
	Action  access.Action // to suspend, re-enable or remove what they hold on the product, or to put them into a group of it
	Product access.Product
	Filter  access.Filter // of the list that it was asked from
	Ones    []SeveralOne
	Gone    int            // those chosen who aren't users any more
	Groups  []access.Group // the product's active ones, to choose from
	Group   access.GroupID // chosen
	Faults  access.Faults
	Once    string // the form's one-time mark
}

// SeveralOne is one of the users: what would be done, or why nothing can be.
type SeveralOne struct {
	Profile access.Profile
	Roles   []access.Target // those that would change
	WhyNot  access.Reason
}

// granted are those to whom it would be done.
func (p SeveralPage) granted() []SeveralOne {
	return slices.DeleteFunc(slices.Clone(p.Ones), func(o SeveralOne) bool { return o.WhyNot != "" })
}

// refused are the others.
func (p SeveralPage) refused() []SeveralOne {
	return slices.DeleteFunc(slices.Clone(p.Ones), func(o SeveralOne) bool { return o.WhyNot == "" })
}

// title asks, or says that there is nobody to ask about.
func (p SeveralPage) title(f Frame) string {
	w, product := f.words().Several, f.say(p.Product.Title)
	if n := len(p.granted()); n > 0 {
		return w.Ask[p.Action](n, product)
	}
	return w.Nobody[p.Action](product)
}

// temporary reports whether a removal could be a suspension instead.
func (p SeveralPage) temporary() bool {
	return p.Action == access.Remove && slices.ContainsFunc(p.granted(), func(o SeveralOne) bool { return suspendable(o.Profile, o.Roles) })
}

// members counts those of them who are in a group already.
func (p SeveralPage) members(g access.Group) int {
	n := 0
	for _, o := range p.granted() {
		if slices.ContainsFunc(o.Profile.Subject.Groups, func(in access.Group) bool { return in.ID == g.ID }) {
			n++
		}
	}
	return n
}

// follows says what would happen to one of them, sentence by sentence.
func (o SeveralOne) follows(f Frame, p SeveralPage) []string {
	w := f.words().Several
	groups := groupNames(o.Profile.Subject.GroupsOn(p.Product.ID))
	if p.Action == access.Join {
		all := []string{w.As(f.roles(p.Product, o.Profile.Subject.On(p.Product.ID)))}
		if len(groups) > 0 {
			all = append(all, w.InGroups(f.several(groups)))
		}
		return all
	}
	all := []string{w.Will[p.Action](f.labels(p.Product, o.Roles), len(o.Roles))}
	if p.Action == access.Reactivate {
		return all
	}
	follow := o.Profile.RemovingAll(o.Roles)
	switch {
	case p.Action == access.Remove && follow.LastAtAll:
		return append(all, w.Leaves)
	case p.Action == access.Remove && follow.LastOnProduct && len(groups) > 0:
		all = append(all, w.LosesGroups(f.several(groups)))
	}
	if powerless(o.Profile, o.Roles) {
		all = append(all, w.LastPower)
	}
	return all
}

// labels are the names of roles of a product, one after the other.
func (f Frame) labels(p access.Product, roles []access.Target) string {
	var all []string
	for _, t := range roles {
		all = append(all, f.say(roleLabel(p, t.Role)))
	}
	return f.several(all)
}

// roles are those that somebody holds on a product, with the state of those that are suspended.
func (f Frame) roles(p access.Product, held []access.Assignment) string {
	var all []string
	for _, a := range held {
		name := f.say(roleLabel(p, a.Role))
		if a.Status == access.Suspended {
			name += " (" + f.words().Statuses[a.Status] + ")"
		}
		all = append(all, name)
	}
	return f.several(all)
}

func groupNames(groups []access.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Name)
	}
	return all
}

// powerless reports whether the person has no active role left in the institution without these (rule P11).
func powerless(p access.Profile, roles []access.Target) bool {
	after := access.User{}
	for _, a := range p.Subject.Assignments {
		if !slices.Contains(roles, access.Target{Product: a.Product, Role: a.Role}) {
			after.Assignments = append(after.Assignments, a)
		}
	}
	return p.Subject.HasPowers() && !after.HasPowers()
}

// suspendable reports whether any of the roles could be suspended.
func suspendable(p access.Profile, roles []access.Target) bool {
	some, _ := p.Several(access.Suspend, roles)
	return len(some) > 0
}

// whyNot says before why nothing can be done to somebody.
func (f Frame) whyNot(o SeveralOne, product access.Product) string {
	about := f.about(o.Profile.Subject.Name(), access.Text{}, product.Title)
	if said, known := f.words().Several.WhyNot[o.WhyNot]; known {
		return said(about)
	}
	return f.whyNotDone(o.WhyNot)
}

// whyNotDone says it afterwards.
func (f Frame) whyNotDone(why access.Reason) string {
	if why.Grade() == access.Hidden { // the person is there: it is what they were to lose or to enter that isn't
		return f.words().Several.Missing
	}
	return f.words().Reasons[why].Title + "."
}

// SeveralDonePage tells what was done to several users, one by one.
type SeveralDonePage struct {
	Action  access.Action
	Product access.Product
	Filter  access.Filter
	Done    []access.Profile // as they are now
	Left    int              // to whom it was done, and who aren't users any more
	Refused []SeveralOne
	Gone    int // to whom nothing could be done: they weren't users any more
}

// title counts.
func (p SeveralDonePage) title(f Frame) string {
	w := f.words().Several
	done, not := len(p.Done)+p.Left, len(p.Refused)+p.Gone
	if done == 0 || not == 0 {
		return w.Done[p.Action](done)
	}
	return w.Done[p.Action](done) + w.NotDone(not)
}

// now is what one of them holds on the product, or is in.
func (p SeveralDonePage) now(f Frame, of access.Profile) string {
	w := f.words().Several
	if groups := groupNames(of.Subject.GroupsOn(p.Product.ID)); p.Action == access.Join {
		if len(groups) == 0 {
			return w.InNoGroup
		}
		return w.InGroups(f.several(groups))
	}
	held := of.Subject.On(p.Product.ID)
	if len(held) == 0 {
		return w.NoRole(f.say(p.Product.Title))
	}
	return w.As(f.roles(p.Product, held))
}

// reversible are those to whom the reverse could be done now.
func (p SeveralDonePage) reversible() []access.Profile {
	back, known := reverse[p.Action]
	if !known {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Done), func(of access.Profile) bool {
		var roles []access.Target
		for _, a := range of.Subject.On(p.Product.ID) {
			roles = append(roles, access.Target{Product: a.Product, Role: a.Role})
		}
		some, _ := of.Several(back, roles)
		return len(some) == 0
	})
}

// carried are the fields that lead back to a list, and the product whose it is.
func carried(f Frame, p access.Product, filter access.Filter, a access.Action) []hiddenField {
	v := query(f.Institution.ID, filter)
	v.Set("product", string(p.ID))
	if a != "" {
		v.Set("action", string(a))
	}
	var all []hiddenField
	for _, name := range slices.Sorted(maps.Keys(v)) {
		all = append(all, hiddenField{name, v.Get(name)})
	}
	return all
}
