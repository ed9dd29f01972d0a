package refmodel

// act is a set of actions, a bit each.
type act uint32

const (
	enter act = 1 << iota
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
	other // whatever has no rule

	everything   = 1<<iota - 1
	ofPerson     = view | edit | assign | ofHeld | ofMembership // somebody's profile is what it starts from
	ofSection    = enter | add | export | createGroup | ofGroup // the Users section is what it starts from
	ofGiving     = add | assign
	ofHeld       = suspend | reactivate | remove
	ofRole       = ofGiving | ofHeld
	ofMembership = join | leave
	ofGroup      = renameGroup | suspendGroup | reactivateGroup | deleteGroup
	ofNaming     = createGroup | renameGroup
	ofProduct    = ofRole | ofMembership | createGroup | ofGroup // what is changed on one
)

func actOf(word string) act {
	words := [...]string{
		"enter-users", "view", "add", "edit", "assign", "suspend", "reactivate", "remove", "join", "leave", "export",
		"create-group", "rename-group", "suspend-group", "reactivate-group", "delete-group",
	}
	for i, w := range words {
		if w == word {
			return 1 << i
		}
	}
	return other
}

// refusal is a reason to refuse some actions: all of its facts are so, and none of the others.
type refusal struct {
	reason string
	of     act
	when   fact
	unless fact
}

// table is every reason in the order in which they are looked for: what isn't seen, what isn't permitted, what isn't
// possible now. Two come sooner than their kind: what nobody may do is refused whomever it is about, and the section is
// closed to an Operator whichever role they ask to give in it.
var table = [...]refusal{
	{reason: "no-powers", of: everything, unless: empowered},                      // V9
	{reason: "no-rule", of: other},                                                // closed by default
	{reason: "not-seen", of: ofPerson, unless: governing | self},                  // V4
	{reason: "not-seen", of: ofPerson, unless: known},                             // nobody is there to be seen
	{reason: "not-anywhere", of: ofSection, unless: governing},                    // V3, V4
	{reason: "no-such-role", of: ofRole, unless: exists},                          // V9
	{reason: "no-such-group", of: ofMembership | ofGroup, unless: grouped},        // V9
	{reason: "no-such-group", of: createGroup, unless: placed},                    // V9: nor where it could be made
	{reason: "on-oneself", of: assign | ofHeld, when: self},                       // P2
	{reason: "not-administrator", of: ofProduct, unless: inCharge},                // P1
	{reason: "nothing-in-common", of: edit, unless: inCommon},                     // P8
	{reason: "on-oneself", of: edit, when: self | names},                          // P8: of oneself, the e-mail
	{reason: "needs-signature", of: ofGiving, when: signed},                       // section 1
	{reason: "not-assignable", of: ofGiving, when: elsewhere},                     // section 1
	{reason: "phasing-out", of: ofGiving, when: phaseOut},                         // section 1
	{reason: "already-user", of: add, when: known},                                // P10
	{reason: "already-held", of: ofGiving, when: held},                            // P5
	{reason: "other-category", of: ofGiving, when: opposed},                       // P5
	{reason: "all-suspended-there", of: ofGiving, when: present, unless: working}, // P5
	{reason: "not-combinable", of: ofGiving, when: clashing},                      // P5, section 1
	{reason: "not-held", of: ofHeld, unless: held},                                // P6
	{reason: "not-active", of: suspend, unless: heldActive},                       // P6
	{reason: "not-suspended", of: reactivate, unless: heldPaused},                 // P6
	{reason: "all-suspended", of: edit, unless: awake},                            // P8
	{reason: "names-verified", of: edit, when: names | verified},                  // P8, D4
	{reason: "no-role-there", of: join, unless: present},                          // P9
	{reason: "already-member", of: join, when: member},                            // P9
	{reason: "group-suspended", of: join, unless: groupActive},                    // P9
	{reason: "not-member", of: leave, unless: member},                             // P9, undone
	{reason: "group-name-taken", of: ofNaming, when: nameTaken},                   // two groups of a product are told apart
	{reason: "group-not-active", of: suspendGroup, unless: groupActive},           // as P6
	{reason: "group-active", of: reactivateGroup, when: groupActive},              // as P6
}

// Answer decides: yes, or no and why, in the first reason that there is. A product's last Administrator (P3) needs no
// row: whoever acts on another is an active one, and stays.
func Answer(c Cell) (allowed bool, reason string) {
	asked, so := actOf(c.Action), facts(c)
	for _, r := range table {
		if asked&r.of != 0 && so&r.when == r.when && so&r.unless == 0 {
			return false, r.reason
		}
	}
	return true, ""
}
