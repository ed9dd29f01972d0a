package web

import "areariservata.example/utenti/internal/access"

// About is what a sentence may speak of. Whatever isn't known is empty, and the sentence does without.
type About struct {
	Person      string
	Role        string
	Product     string
	Institution string
	Group       string
	Gone        bool // the person is no user of the institution any more
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
	Footer, Languages, Accessibility, Privacy     string
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
	Activity                                      ActivityWords
	Form                                          FormWords
	Groups                                        GroupsWords
	Several                                       SeveralWords
	Cessation                                     CessationWords
	Files                                         FilesWords
	And                                           string // before the last of several
	Gone, SeveralAssigned                         string // outcomes that an action's own words don't fit
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
	Why                       map[SignInReason]Notice
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
	Lead, LeadSingle, Tabs, All          string
	Filter, FilterSummary, SearchHint    string
	Category, Role, State                string
	AnyCategory, AnyRole, AnyState       string
	Apply, Clear, Applied, RemoveFilter  string
	Name, Email, Roles, SortUp, SortDown string
	Previous, Next, Pages, NobodyYet     string
	NobodyHere                           string // on this stretch of a list that is walked
	NobodyMatches, NobodyMatchesText     string
	Unknown, UnknownText, UnknownAll     string
	FilterCount, Count, MoreRoles        func(n int) string
	Number                               func(n int) string         // beside a tab or a filter's option: how many it would show
	Over                                 string                     // the total of a search that finds more than are counted
	Select                               func(person string) string // names a row's check box
	SelectAll                            string                     // names the one that ticks all of the page
	SelectedNone                         string                     // heads what can be done to several
	SelectedOne, SelectedMany            string                     // the same with a number that the script puts in; # stands for it
	More, Caption, ManagedBy             func(product string) string
	Actions                              string                     // unfolds what can be done to a row's roles
	ActionsOn                            func(person string) string // the rest of its name, for those who hear it alone
	Live                                 string                     // what the search field does by itself, for those who can't see it happen
	PartlySuspended                      func(suspended, all int) string
}

// ProfileWords are those of the profile.
type ProfileWords struct {
	Data, Roles, Groups                                   string
	FirstName, LastName, FiscalCode, Email                string
	Verified, NotVerified, CopyFiscalCode, SuspendedGroup string
	NoRoles                                               sentence
	Another                                               string
	AnotherOf                                             sentence
	NoOther                                               map[access.Reason]sentence // why "Assegna un altro ruolo" isn't there
	NoEdit                                                map[access.Reason]string   // why "Modifica" isn't there
	AllGroups                                             sentence
}

// ConfirmWords are what a confirmation says will follow.
type ConfirmWords struct {
	Follows      string
	Buttons      map[access.Action]string // the button that confirms
	Consequences map[access.Action][]sentence
	LastPower    sentence // the person is left without powers in the institution (rule P11)
	// What follows from taking a role away (rule P7): one of several, the last one on a product, the last one of all.
	RemoveOne, RemoveLastOnProduct, RemoveLastAtAll []sentence
	Temporary                                       string // suspend instead
}

// FormWords are those of the forms about a user: adding, editing, roles and groups.
type FormWords struct {
	Problem, Continue, Add, Assign, Save, Change string
	AddLead, Person, Product, Role               string
	ProductAndRole, FiscalCodeHint, EmailHint    string
	NamesQuestion, NamesText, NamesConfirm       string // names that don't fit the fiscal code (rule D2)
	Existing, ExistingText, ToExisting           string // the fiscal code is a user's already (rule P10)
	Check, CheckLead                             string
	Several, One, NoneToGive                     string
	ConflictTitle, ConflictText                  string
	Now, Typed, FixedCode                        string
	RolesOn                                      func(product string) string
	Together                                     func(groups []string) string // which roles may be chosen together, group by group
	Others                                       func(n int) string           // "and n others", after some names
	AssignTitle, AssignLead                      sentence
	AnotherTitle, AnotherLead                    sentence
	EditTitle, JoinTitle, JoinLegend             sentence
	FixedNames                                   map[access.Reason]string     // why the names are no fields (rule P8)
	Faults                                       map[access.FieldError]string // what is wrong with a field, and how to mend it
	Missing                                      map[access.Field]string      // the same of a field left empty
}

// FilesWords are those of lists that are taken along as files, and of files with people to be added.
type FilesWords struct {
	Export, CSV, XLSX, Name, Sheet                           string
	Columns                                                  []string // of the list as a file
	RoleState                                                func(role, state string) string
	Capped                                                   func(rows int) string // the last line of a file that would be longer
	Import, ImportLead, Prepare, PrepareText, EachRole       string
	ColumnsOf                                                map[access.Field]Notice // of a file with people: the heading, and what to write
	Template, TemplateName, Upload, UploadHint, Paste, Check string
	PasteHint                                                string
	RolesTitle, RolesText, Code                              string
	Kept                                                     Notice
	Faults                                                   map[ImportError]string
	TooMany, TooLarge                                        func(most int) string
	Quotes                                                   func(line int) string
	NoColumns                                                func(columns string) string
	CheckTitle, CheckLead                                    string
	Adds, Assigns, Nothings, Wrongs, LeftOut                 func(n int) string
	WrongTitle                                               func(n int) string
	WrongText, NobodyTitle, NobodyText                       string
	NamesText, NamesConfirm, NamesMissing                    string
	Line, Person, Follows, Result                            string
	WillAdd, WillAssign, WillAssignToo                       sentence
	Held, HeldSuspended, Doubtful                            string
	Add, AddRight, Proceed, ProceedRight                     func(n int) string
	Back, Another                                            string
	DoneTitle                                                string
	Done                                                     map[string]string // by the word of what a row did
	NotDone                                                  func(why string) string
	Unnamed                                                  string // somebody whose row added nobody
	Expired                                                  Notice // the page of results that nobody has any more
}

// SeveralWords are those of the pages on which the same is done to several users.
type SeveralWords struct {
	Ask                                     map[access.Action]func(n int, product string) string // the question's title
	Nobody                                  map[access.Action]func(product string) string        // the title where there is nobody to ask about
	Will                                    map[access.Action]func(roles string, n int) string   // what happens to one of them
	Consequences                            map[access.Action][]string                           // what happens to all
	Button, Done                            map[access.Action]func(n int) string
	NotDone                                 func(n int) string // goes on after Done
	NotFor, Did, DidNot                     string             // head lists of people
	Them                                    string             // whom the reverse is about, for those who hear the button alone
	ToList, Missing                         string
	Leaves, LastPower, Temporary, InNoGroup string
	As, InGroups, LosesGroups               func(names string) string
	NoRole, Legend, Outcome                 func(product string) string
	Members                                 func(n int) string // of those chosen, who are in a group already
	Gone, Left                              func(n int) string // who isn't a user any more: before it was done, and because of it
	NobodyChosen, TooMany                   Notice
	WhyNot                                  map[access.Reason]sentence // said before
}

// CessationWords are those of the end of all roles that somebody has on the products of who asks.
type CessationWords struct {
	Verb, Goes, Stays string
	Button, Done      string
	StillUser, Afresh string
	Of, Ask, Said     sentence
	On                func(product, roles string) string
	Groups            func(product, groups string) string
	Kept              func(product, roles string, n int) string
}

// GroupsWords are those of the Groups section.
type GroupsWords struct {
	Title, Lead, Tabs, Data                string
	Group, Members, Name, NameHint         string
	None, NoneYet, Empty, EmptyYet, Closed string
	AddPeople, AddToGroup, TakeOut         string
	Search, Find, ShowAll                  string
	NoMatch, AllInText, ThisPage           string
	Nobody                                 string // somebody who isn't a user any more
	Instead                                string // suspend instead of deleting
	Count, People, Added, NotAdded         func(n int) string
	Ends                                   func(n int, over bool) string // how many memberships end with a group
	Caption                                func(product string) string
	MembersOf, BackTo                      func(group string) string
	TakeOutOf                              func(person string) string // the rest of its name, for those who hear it alone
	NewTitle, AddTitle, AddLead, AddLegend sentence
	AllIn, NoMatchText                     sentence
	Consequences                           map[access.Action][]sentence
}

// TextPage is a page of running text.
type TextPage struct {
	Title, Lead string
	Sections    []Notice
	Contact     string // heads the address to write to
	NoContact   string // where the configuration has none
}

// words are those of the frame's language.
func (f Layout) words() *Words {
	if f.Lang == English {
		return &english
	}
	return &italian
}
