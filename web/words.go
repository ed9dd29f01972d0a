package web

import "areariservata.example/utenti/internal/access"

// About is what a sentence may speak of. Whatever isn't known is empty, and the sentence does without.
type About struct {
	Person      string
	Role        string
	Product     string
	Institution string
	Oneself     bool // the person is who reads
	Another     bool // who reads is an active Administrator of the product too: one has to ask "another" one
}

// sentence is built from what it speaks of.
type sentence func(About) string

// Words are everything that the interface says in one language. A field left empty fails a test.
type Words struct {
	Service, ErrorPrefix, Skip, Demo              string
	Manual, Assistance, SignOut, Signed           string
	Switch, SwitchTo, Navigation, Trail           string
	Overview, Users, Me                           string
	Footer, Accessibility, Privacy                string
	You, Copy, Copied, Cancel, Retry, Back, Start string
	Reference                                     string
	SuspendedTag                                  string
	Statuses                                      map[access.Status]string
	Categories                                    map[access.Category]string
	Actions                                       map[access.Action]ActionWords
	Reasons                                       map[access.Reason]ReasonWords
	Errors                                        map[int]Notice    // by HTTP status
	SignInFaults                                  map[string]Notice // by code, see LoginErrorPage
	Login                                         LoginWords
	NoPowers                                      NoPowersWords
	SignedOut                                     SignedOutWords
	Home                                          HomeWords
	List                                          ListWords
	Profile                                       ProfileWords
	Confirm                                       ConfirmWords
	AccessibilityPage                             TextPage
	PrivacyPage                                   TextPage
}

// Notice is a title and what there is to say and do about it.
type Notice struct{ Title, Text string }

// ActionWords are an action's verb, its outcome, and what heads the page of its refusal.
type ActionWords struct {
	Verb string   // on links and buttons: "Sospendi"
	Of   sentence // the rest of the link's name, for those who hear it alone: "Operatore API di Anna Bianchi"
	Done string   // "Ruolo sospeso"
	Said sentence // what is different now
	Ask  sentence // the confirmation's title
}

// ReasonWords say why not, and what to do about it.
type ReasonWords struct {
	Title string
	Why   sentence // on a page or a banner
	Card  sentence // beside the controls that aren't there; nil: said nowhere but on a page
}

// LoginWords are those of the page where one signs in.
type LoginWords struct {
	Title, Lead, Button, Help string
	Why                       map[Why]Notice
	Fault                     string // title of the page of a sign-in that failed
}

// NoPowersWords are those of the page for who has no powers anywhere (rule V2).
type NoPowersWords struct {
	Title, Unknown, Suspended, SuspendedIntro, WayOut, SignOut string
	At                                                         func(product, institution string) string
}

// SignedOutWords are those of the page after signing out.
type SignedOutWords struct{ Title, Text, Provider, Again string }

// HomeWords are those of the institution's landing page and of the choice of the institution.
type HomeWords struct {
	Lead, Cards, ToUsers, ToUsersText, ToMe, ToMeText string
	Choose, ChooseLead                                string
}

// ListWords are those of the list of users.
type ListWords struct {
	Lead, LeadSingle, Tabs, All                string
	Filter, FilterSummary, SearchHint          string
	Category, Role, State                      string
	AnyCategory, AnyRole, AnyState             string
	Apply, Clear, Applied, RemoveFilter        string
	Name, Email, Roles, GoTo, SortUp, SortDown string
	Previous, Next, Pages, NobodyYet           string
	NobodyMatches, NobodyMatchesText           string
	Unknown, UnknownText, UnknownAll           string
	FilterCount, Count, MoreRoles              func(n int) string
	More, Caption, ManagedBy                   func(product string) string
	PartlySuspended                            func(suspended, all int) string
}

// ProfileWords are those of the profile.
type ProfileWords struct {
	Data, Roles, Groups                                   string
	FirstName, LastName, FiscalCode, Email                string
	Verified, NotVerified, CopyFiscalCode, SuspendedGroup string
	NoRoles                                               sentence
}

// ConfirmWords are what a confirmation says will follow.
type ConfirmWords struct {
	Follows      string
	Consequences map[access.Action][]sentence
	LastPower    sentence // the person is left without powers in the institution (rule P11)
}

// TextPage is a page of running text.
type TextPage struct {
	Title, Lead string
	Sections    []Notice
	Contact     string // heads the address to write to
	NoContact   string // where the configuration has none
}

// words are those of the frame's language.
func (f Frame) words() *Words { return &italian }
