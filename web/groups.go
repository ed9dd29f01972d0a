package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// GroupsPage lists the institution's groups by product.
type GroupsPage struct {
	Profile access.Profile // without a subject: decides which actions on groups are allowed
	Rows    []access.GroupRow
	Product access.ProductID // the shown product; empty: all
}

// GroupPage is a group with a page of its members.
type GroupPage struct {
	Profile   access.Profile // without a subject
	Group     access.Group
	Product   access.Product
	Members   access.Section
	AddResult *AddMembersResult // the result of adding members, just after it
}

// AddMembersResult is the result of adding people to a group.
type AddMembersResult struct {
	AddedCount int
	Refused    []RefusedMember
}

// RefusedMember is a person who was not added to the group, with the reason.
type RefusedMember struct {
	Person string // empty: no longer a user of the institution
	Reason access.Reason
}

// GroupFormPage is the form that creates or renames a group.
type GroupFormPage struct {
	Product        access.Product
	Group          access.Group // zero: a new group
	Title          string       // as typed
	Errors         access.FieldErrors
	IdempotencyKey string // of the form
}

// ConfirmGroupPage is the confirmation of an action on a group or of the removal of a member.
type ConfirmGroupPage struct {
	Action         access.Action
	Group          access.Group
	Product        access.Product
	Members        access.Section // with the number of members
	Person         access.User    // the member to be removed
	IdempotencyKey string
	Undoes         string // the key of the form that the page undoes; empty: it is no undo
}

// AddMembersPage selects people to add to a group.
type AddMembersPage struct {
	Group          access.Group
	Product        access.Product
	People         access.Section // a page of the people who are not members
	Filter         access.Filter  // the search and the page
	FiscalCode     UnknownFiscalCode
	AskCodeAgain   bool        // a fiscal code was dropped from the address (rule D7)
	Found          access.User // by fiscal code, and not to be added
	HasMembersOnly bool        // the searched text finds users, all of them members
	Chosen         []access.UserID
	ChosenBefore   []access.User // those of them who are not among People, which the page keeps chosen
	Errors         access.FieldErrors
	IdempotencyKey string
}

// GroupsURL is the list of the groups of one product, or of all products.
func GroupsURL(i access.InstitutionID, product access.ProductID) string {
	return withProduct(HomeURL(i)+"/groups", product)
}

// NewGroupURL is the form that creates a group of a product.
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

// groupActionPaths are the path segments of actions on a group. Read only.
var groupActionPaths = map[access.Action]string{
	access.RenameGroup: "rename", access.SuspendGroup: "suspend", access.ReactivateGroup: "reactivate", access.DeleteGroup: "delete",
}

// GroupActionURL is the confirmation of an action on a group (GET), which executes it (POST).
func GroupActionURL(i access.InstitutionID, g access.GroupID, a access.Action) string {
	return GroupURL(i, g) + "/" + groupActionPaths[a]
}

// AddMembersURL selects people to add to a group, with the filter's search and page (GET), and adds them (POST).
func AddMembersURL(i access.InstitutionID, g access.GroupID, f access.Filter) string {
	return withPage(GroupURL(i, g)+"/members/add", f)
}

// SearchMembersURL searches among them (POST). The search is in the body: a fiscal code must not be in an address (rule
// D7).
func SearchMembersURL(i access.InstitutionID, g access.GroupID) string {
	return GroupURL(i, g) + "/members/add/search"
}

// MembersURL is a page of a group's members.
func MembersURL(i access.InstitutionID, g access.GroupID, page access.Page) string {
	return withPage(GroupURL(i, g), access.Filter{Page: page})
}

// RemoveMemberURL is the confirmation of the removal of a member (GET), and removes them (POST).
func RemoveMemberURL(i access.InstitutionID, g access.GroupID, u access.UserID) string {
	return GroupURL(i, g) + "/members/" + url.PathEscape(string(u)) + "/remove"
}

// withPage adds a search and a page to an address. [ReadFilter] reads them.
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

// visibleProducts are the products whose groups are shown.
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

// titles are the first parts of the document's title.
func (p GroupsPage) titles(f Layout) []string {
	if product, found := access.FindProduct(p.Profile.Products, p.Product); found {
		return []string{f.localize(product.Title), f.locale().T("groups.title")}
	}
	return []string{f.locale().T("groups.title")}
}

// groupActions are the possible actions on a group, the irreversible one last.
func groupActions() []access.Action {
	return []access.Action{access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup}
}

// isAllowed reports whether the action is allowed now.
func (p GroupPage) isAllowed(a access.Action) bool { return p.Profile.MayActOnGroup(a, p.Group) }

// canAddMembers reports whether people can be added to the group now.
func (p GroupPage) canAddMembers() bool { return p.Profile.WhyNotAddMembers(p.Group) == "" }

// titles are the first parts of the document's title, starting with the result of adding members.
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

// aboutGroup are the arguments of texts about a group.
func (f Layout) aboutGroup(g access.Group, product access.Product, person string) locale.Args {
	a := f.about(person, access.Text{}, product.Title)
	a.Group = g.Name
	return a
}

// refusedMemberText explains why a user was not added to the group. There are no other data about a removed user.
func (f Layout) refusedMemberText(no RefusedMember, g access.Group, product access.Product) string {
	if no.Person == "" || no.Reason.Grade() == access.Hidden {
		return f.locale().T("groups.left_institution")
	}
	why := reasonText(f.locale(), no.Reason, f.aboutGroup(g, product, no.Person))
	if !strings.Contains(why, no.Person) { // most sentences contain the name
		return no.Person + ": " + why
	}
	return why
}

// memberCountText is the number of people in a section, on all its pages.
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

// firstMemberID is the id of the first checkbox, to which an error in the summary links.
const firstMemberID = "member-0"

// isChosen reports whether a user was selected before.
func (p AddMembersPage) isChosen(u access.UserID) bool {
	return slices.Contains(p.Chosen, u)
}

// stateTag is the tag of a suspended user; nil for the others.
func (p AddMembersPage) stateTag(f Layout, r access.Row) templ.Component {
	if r.Suspended() {
		return newStatusTag(f, access.Suspended)
	}
	return nil
}

// isFiltered reports whether there is a search.
func (p AddMembersPage) isFiltered() bool { return p.Filter.Text != "" || p.FiscalCode.Typed != "" }

// noMatchText explains why a search finds no user to add.
func (p AddMembersPage) noMatchText(f Layout) string {
	about := f.aboutGroup(p.Group, p.Product, p.Found.Name())
	switch {
	case p.HasMembersOnly:
		return f.locale().T("groups.members_only", about)
	case p.Found.ID == "":
		return f.locale().T("groups.no_match_text", about)
	case len(p.Found.AssignmentsOn(p.Product.ID)) == 0:
		return f.locale().T("groups.found_without_role", about)
	default:
		return f.locale().T("groups.found_in_group", about)
	}
}

// searchText is the content of the search field.
func (p AddMembersPage) searchText() string {
	if p.FiscalCode.Typed != "" {
		return p.FiscalCode.Typed
	}
	return p.Filter.Text
}
