package refmodel

// actionSet is a set of actions, one bit each.
type actionSet uint32

const (
	enter actionSet = 1 << iota
	view
	add
	edit
	assign
	suspend
	reactivate
	remove
	join
	leave
	export
	createGroup
	renameGroup
	suspendGroup
	reactivateGroup
	deleteGroup
	change
	other // every action without a rule

	allActions   = 1<<iota - 1
	ofPerson     = view | edit | assign | change | ofHeld | ofMembership // start from a person's profile
	ofSection    = enter | add | export | createGroup | ofGroup          // start from the Users section
	ofGiving     = add | assign
	ofHeld       = suspend | reactivate | remove
	ofGaining    = ofGiving | change
	ofRole       = ofGaining | ofHeld
	ofMembership = join | leave
	ofGroup      = renameGroup | suspendGroup | reactivateGroup | deleteGroup
	ofNaming     = createGroup | renameGroup
	ofProduct    = ofRole | ofMembership | createGroup | ofGroup // change something on a product
)

func actionBit(word string) actionSet {
	words := [...]string{
		"enter-users", "view", "add", "edit", "assign", "suspend", "reactivate", "remove", "join", "leave", "export",
		"create-group", "rename-group", "suspend-group", "reactivate-group", "delete-group", "change-role",
	}
	for i, w := range words {
		if w == word {
			return 1 << i
		}
	}
	return other
}

// refusal is a reason to refuse some actions: all facts of when hold, and none of unless.
type refusal struct {
	reason  string
	actions actionSet
	when    fact
	unless  fact
}

// table lists the reasons in the order in which they are checked: not visible, not permitted, not possible now. Two
// come before their group: an action without a rule is refused for every subject, and the section is closed to an
// Operator for every role that they ask to give. One comes after it: a signature does not help against a role that is
// held or of the other category. Whether a person is a user already is disclosed only to an actor who may add them.
var table = refusals{
	{reason: "no-powers", actions: allActions, unless: hasActiveRole},                  // V9
	{reason: "no-rule", actions: other},                                                // closed by default
	{reason: "not-seen", actions: ofPerson, unless: administersAny | self},             // V4
	{reason: "not-seen", actions: ofPerson, unless: known},                             // the subject is no user
	{reason: "not-anywhere", actions: ofSection, unless: administersAny},               // V3, V4
	{reason: "no-such-role", actions: ofRole, unless: roleExists},                      // V9
	{reason: "no-such-group", actions: ofMembership | ofGroup, unless: groupOnProduct}, // V9
	{reason: "no-such-group", actions: createGroup, unless: productActive},             // V9: no product to create it on
	{reason: "on-oneself", actions: assign | change | ofHeld, when: self},              // P2
	{reason: "not-administrator", actions: ofProduct, unless: administersProduct},      // P1
	{reason: "nothing-in-common", actions: edit, unless: sharesProduct},                // P8
	{reason: "on-oneself", actions: edit, when: self | names},                          // P8: actors edit only their own e-mail
	{reason: "not-assignable", actions: ofGaining, when: notAssignableHere},            // section 1
	{reason: "phasing-out", actions: ofGaining, when: phaseOut},                        // section 1
	{
		reason:  "needs-signature",
		actions: add,
		when:    signed | known,
	}, // section 1: as of an unknown person (P10)
	{reason: "no-role-there", actions: change, unless: holdsOnProduct},                                 // P13
	{reason: "already-user", actions: add, when: known},                                                // P10
	{reason: "already-held", actions: ofGaining, when: held},                                           // P5
	{reason: "other-category", actions: ofGiving, when: otherCategory},                                 // P5
	{reason: "other-category", actions: change, when: suspendedOfOther},                                // P13
	{reason: "needs-signature", actions: ofGaining, when: signed},                                      // section 1
	{reason: "all-suspended-there", actions: ofGaining, when: holdsOnProduct, unless: activeOnProduct}, // P5
	{reason: "not-combinable", actions: ofGiving, when: notCombinable},                                 // P5, section 1
	{reason: "not-combinable", actions: change, when: suspendedNotCombinable},                          // P13
	{reason: "not-held", actions: ofHeld, unless: held},                                                // P6
	{reason: "not-active", actions: suspend, unless: heldActive},                                       // P6
	{reason: "not-suspended", actions: reactivate, unless: heldSuspended},                              // P6
	{reason: "all-suspended", actions: edit, unless: anyRoleActive},                                    // P8
	{reason: "names-verified", actions: edit, when: names | verified},                                  // P8, D4
	{reason: "no-role-there", actions: join, unless: holdsOnProduct},                                   // P9
	{reason: "already-member", actions: join, when: member},                                            // P9
	{reason: "group-suspended", actions: join, unless: groupActive},                                    // P9
	{reason: "not-member", actions: leave, unless: member},                                             // P9, reversed
	{reason: "group-name-taken", actions: ofNaming, when: nameTaken},                                   // names are unique within a product
	{reason: "group-not-active", actions: suspendGroup, unless: groupActive},                           // like P6
	{reason: "group-active", actions: reactivateGroup, when: groupActive},                              // like P6
}

type refusals []refusal

// granted is no row of the table.
const granted = 1 << 20

// reasonAt is the reason of a row; empty for granted.
func (t refusals) reasonAt(row int) string {
	if row == granted {
		return ""
	}
	return t[row].reason
}

// refusedBy is the first row of the table that refuses a question; granted if none does.
func refusedBy(c Question) int {
	asked, holding := actionBit(c.Action), facts(c)
	for i, r := range table {
		if asked&r.actions != 0 && holding&r.when == r.when && holding&r.unless == 0 {
			return i
		}
	}
	return granted
}

// Answer decides a question, and gives the first reason of a refusal. A product's last Administrator (P3) needs no row:
// the actor is an active one, is not the subject, and stays.
func Answer(c Question) (allowed bool, reason string) {
	reason = table.reasonAt(refusedBy(c))
	return reason == "", reason
}
