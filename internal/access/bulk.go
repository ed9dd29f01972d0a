package access

import "slices"

// BulkActions are the actions that can be taken on several users of a product at once (rule P22), in the order in
// which a list offers them. [Join] needs a group to join.
func BulkActions(withGroups bool) []Action {
	if !withGroups {
		return []Action{Suspend, Reactivate, Remove}
	}
	return []Action{Suspend, Reactivate, Join, Remove}
}

// IsBulk reports whether an action can be taken on several users at once.
func (a Action) IsBulk() bool { return slices.Contains(BulkActions(true), a) }
