package web

import (
	"net/url"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// GroupsPage is the groups of the institution, product by product.
type GroupsPage struct {
	Profile access.Profile // without a subject: decides what may be done to groups
	Rows    []access.GroupRow
	Product access.ProductID // whose groups are shown; empty: every product's
}

// GroupPage is one group, with a page of those who are in it.
type GroupPage struct {
	Profile   access.Profile // without a subject
	Group     access.Group
	Product   access.Product
	Members   access.Section
	AddResult *AddMembersResult // what a form that adds people has just done
}

// AddMembersResult is what became of the people who were to be put into a group.
type AddMembersResult struct {
	AddedCount int
	Refused    []RefusedMember
}

// RefusedMember is a user who was not added to the group, and why.
type RefusedMember struct {
	Person string // empty: no user of the institution any more
	Reason access.Reason
}

// GroupFormPage makes a group, or gives one another name.
type GroupFormPage struct {
	Product        access.Product
	Group          access.Group // zero: it is to be made
	Title          string       // as typed
	Errors         access.FieldErrors
	IdempotencyKey string // the form's one-time mark
}

// ConfirmGroupPage asks for confirmation before something is done to a group, or before a member is taken out of it.
type ConfirmGroupPage struct {
	Action         access.Action
	Group          access.Group
	Product        access.Product
	Members        access.Section // how many they are
	Person         access.User    // who is to be taken out
	IdempotencyKey string
}

// AddMembersPage chooses people to put into a group.
type AddMembersPage struct {
	Group          access.Group
	Product        access.Product
	People         access.Section // a page of those who aren't in it
	Filter         access.Filter  // what was searched for, and the page
	FiscalCode     UnknownFiscalCode
	AskCodeAgain   bool // a fiscal code was dropped from the address (rule D7)
	Chosen         []access.UserID
	Errors         access.FieldErrors
	IdempotencyKey string
}

// GroupsURL is the list of groups: one product's, or every product's.
func GroupsURL(i access.InstitutionID, product access.ProductID) string {
	return withProduct(HomeURL(i)+"/groups", product)
}

// NewGroupURL is the form that makes a group of a product.
func NewGroupURL(i access.InstitutionID, product access.ProductID) string {
	return withProduct(HomeURL(i)+"/groups/add", product)
}

func withProduct(address string, product access.ProductID) string {
	if product == "" {
		return address
	}
	return address + "?" + url.Values{"product": {string(product)}}.Encode()
}

// GroupURL is a group's page.
func GroupURL(i access.InstitutionID, g access.GroupID) string {
	return HomeURL(i) + "/groups/" + url.PathEscape(string(g))
}

// groupActionPaths are the words that addresses have for what is done to a group. Read only.
var groupActionPaths = map[access.Action]string{
	access.RenameGroup: "rename", access.SuspendGroup: "suspend", access.ReactivateGroup: "reactivate", access.DeleteGroup: "delete",
}

// GroupActionURL asks what is to be done to a group (GET), and does it (POST).
func GroupActionURL(i access.InstitutionID, g access.GroupID, a access.Action) string {
	return GroupURL(i, g) + "/" + groupActionPaths[a]
}

// AddMembersURL chooses people for a group, narrowed by the filter's text and walked by its page, and puts them into it (POST).
func AddMembersURL(i access.InstitutionID, g access.GroupID, f access.Filter) string {
	return withPage(GroupURL(i, g)+"/members/add", f)
}

// SearchMembersURL takes the search among them, which travels in the body: a fiscal code must stand in no address (rule D7).
func SearchMembersURL(i access.InstitutionID, g access.GroupID) string {
	return GroupURL(i, g) + "/members/add/search"
}

// MembersURL is a page of a group's members.
func MembersURL(i access.InstitutionID, g access.GroupID, page access.Page) string {
	return withPage(GroupURL(i, g), access.Filter{Page: page})
}

// RemoveMemberURL asks to confirm the removal of a member (GET), and removes them (POST).
func RemoveMemberURL(i access.InstitutionID, g access.GroupID, u access.UserID) string {
	return GroupURL(i, g) + "/members/" + url.PathEscape(string(u)) + "/remove"
}

// withPage adds what was searched for and a page to an address; [ReadFilter] reads them back.
func withPage(address string, f access.Filter) string {
	v := url.Values{}
	if f.Text != "" {
		v.Set("q", f.Text)
	}
	if page := pageValue(f.Page); page != "" {
		v.Set("page", page)
	}
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

// visibleProducts are the products whose groups are listed.
func (p GroupsPage) visibleProducts() []access.Product {
	if product, found := access.FindProduct(p.Profile.Products, p.Product); found {
		return []access.Product{product}
	}
	return p.Profile.Products
}

// productGroups are a product's groups.
func (p GroupsPage) productGroups(product access.ProductID) []access.GroupRow {
	var some []access.GroupRow
	for _, g := range p.Rows {
		if g.Product == product {
			some = append(some, g)
		}
	}
	return some
}

// titles are the list's part of the page's title.
func (p GroupsPage) titles(f Layout) []string {
	if product, found := access.FindProduct(p.Profile.Products, p.Product); found {
		return []string{f.localize(product.Title), f.locale().T("groups.title")}
	}
	return []string{f.locale().T("groups.title")}
}

// groupActions are what can be done to a group itself, the last one for good.
func groupActions() []access.Action {
	return []access.Action{access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup}
}

// isAllowed reports whether the action would be granted now.
func (p GroupPage) isAllowed(a access.Action) bool { return p.Profile.MayActOnGroup(a, p.Group) }

// canAddMembers reports whether people can be put into the group now.
func (p GroupPage) canAddMembers() bool { return p.Profile.WhyNotAddMembers(p.Group) == "" }

// titles are the group's part of the page's title: what has just happened to its members comes first.
func (p GroupPage) titles(f Layout) []string {
	l := f.locale()
	titles := []string{p.Group.Name, f.localize(p.Product.Title), l.T("groups.title")}
	switch {
	case p.AddResult == nil:
		return titles
	case p.AddResult.AddedCount == 0:
		return append([]string{l.T("common.error_prefix") + l.T("groups.added_none")}, titles...)
	default:
		return append([]string{l.T("groups.added", locale.Args{Count: p.AddResult.AddedCount})}, titles...)
	}
}

// aboutGroup is what sentences about a group speak of.
func (f Layout) aboutGroup(g access.Group, product access.Product, person string) locale.Args {
	a := f.about(person, access.Text{}, product.Title)
	a.Group = g.Name
	return a
}

// refusedMemberText is the reason why a user was not added to the group; a removed user has no other data.
func (f Layout) refusedMemberText(no RefusedMember, g access.Group, product access.Product) string {
	if no.Person == "" || no.Reason.Grade() == access.Hidden {
		return f.locale().T("groups.left_institution")
	}
	why := reasonText(f.locale(), no.Reason, f.aboutGroup(g, product, no.Person))
	if !strings.Contains(why, no.Person) { // most sentences name them
		return no.Person + ": " + why
	}
	return why
}

// memberCountText is how many people a section has, all its pages together.
func (f Layout) memberCountText(s access.Section) string {
	if s.Capped {
		return people(f.locale(), access.MaxTotal+1)
	}
	return people(f.locale(), s.Total)
}

// people is a number of people, counted up to [access.MaxTotal].
func people(l *locale.Locale, n int) string {
	switch {
	case n == 0:
		return l.T("groups.people_none")
	case n > access.MaxTotal:
		return l.T("groups.people_over", locale.Args{Count: access.MaxTotal})
	default:
		return l.T("groups.people", locale.Args{Count: n})
	}
}

// firstMemberID is the id of the first check box, to which a fault in the summary leads.
const firstMemberID = "member-0"

// isChosen reports whether a user was chosen before.
func (p AddMembersPage) isChosen(u access.UserID) bool {
	return slices.Contains(p.Chosen, u)
}

// isFiltered reports whether something was searched for.
func (p AddMembersPage) isFiltered() bool { return p.Filter.Text != "" || p.FiscalCode.Typed != "" }

// searchText is what the search field shows.
func (p AddMembersPage) searchText() string {
	if p.FiscalCode.Typed != "" {
		return p.FiscalCode.Typed
	}
	return p.Filter.Text
}

// pageFilter is another page of the same people.
func (p AddMembersPage) pageFilter(page access.Page) access.Filter {
	return access.Filter{Text: p.Filter.Text, Page: page}
}
