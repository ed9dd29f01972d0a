package refmodel_test

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// comparison is what a comparison has seen.
type comparison struct {
	cells, granted int
	given          map[string]bool        // reasons
	may            map[access.Action]bool // granted at least once
	differences    []string
}

// answer is the decision's, as the oracle would say it.
func answer(q access.Request) (allowed bool, reason string) {
	err := access.Decide(q)
	var no *access.Refusal
	switch {
	case err == nil:
		return true, ""
	case errors.As(err, &no) && no.Action == q.Action:
		return false, string(no.Reason)
	}
	return false, "not a refusal of this action: " + err.Error()
}

// compare asks both, and notes where they differ.
func (n *comparison) compare(s situation, c refmodel.Question, q access.Request) {
	n.cells++
	allowed, reason := refmodel.Answer(c)
	if allowed {
		n.granted++
		n.may[q.Action] = true
	} else if !n.given[reason] {
		n.given[reason] = true
	}
	if got, why := answer(q); got != allowed || why != reason {
		n.differences = append(n.differences, fmt.Sprintf("%s: the decision says %t %q, the oracle %t %q\n%+v\nrole %q, group %+v, names %t",
			q.Action, got, why, allowed, reason, s, q.Role, q.Group, q.ChangesNames))
	}
}

// within compares all that can be asked when the actor holds these: in one situation of so many, from the given turn on.
func (n *comparison) within(asked int, here, there refmodel.Standing, turn, every int) {
	situations(asked, here, there, func(s situation) {
		if turn++; turn%every == 0 && len(n.differences) < 10 {
			questions(s, func(c refmodel.Question, q access.Request) { n.compare(s, c, q) })
		}
	})
}

func newComparison() *comparison {
	return &comparison{given: map[string]bool{}, may: map[access.Action]bool{}}
}

func (n *comparison) add(m *comparison) {
	n.cells, n.granted = n.cells+m.cells, n.granted+m.granted
	for reason := range m.given {
		n.given[reason] = true
	}
	for action := range m.may {
		n.may[action] = true
	}
	n.differences = append(n.differences, m.differences...)
}

// sweep compares the whole space, on all processors; or one situation of so many.
func sweep(every int) *comparison {
	total, jobs := newComparison(), make(chan func(*comparison))
	var workers sync.WaitGroup
	var adding sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			own := newComparison()
			for job := range jobs {
				job(own)
			}
			adding.Lock()
			defer adding.Unlock()
			total.add(own)
		})
	}
	turn := 0
	for asked := range 2 {
		for _, here := range fullStandings {
			for _, there := range otherStandings {
				from := turn
				jobs <- func(own *comparison) { own.within(asked, here, there, from, every) }
				turn++ // elsewhere in the next, so that a slice has something of everything
			}
		}
	}
	close(jobs)
	workers.Wait()
	return total
}

// Every cell of the space, outcome and reason. With -short or the race detector, one situation of 31.
func TestDecisionAndModelAgreeOnEveryQuestion(t *testing.T) {
	t.Parallel()
	every := 1
	if testing.Short() || raced {
		every = 31
	}
	seen := sweep(every)
	for _, d := range seen.differences[:min(3, len(seen.differences))] {
		t.Error(d)
	}
	t.Logf("%d cells compared, %d of them granted", seen.cells, seen.granted)

	for reason := range access.Reasons {
		found := reason == access.LastAdministrator || reason == access.FormUsed || reason == access.Edited // the store's
		if found == seen.given[string(reason)] {
			t.Errorf("the reason %q: expected in the space %t", reason, !found)
		}
	}
	for _, action := range append([]access.Action{access.EnterUsers, access.View}, access.Actions...) {
		never := action == access.Load || action == access.Verify
		if never == seen.may[action] {
			t.Errorf("%s: granted somewhere in the space %t", action, !never)
		}
	}
}

// Whatever isn't there, or has no value that the rules know, gives no power and is refused.
func TestWhatIsZeroIsRefused(t *testing.T) {
	t.Parallel()
	one := products()[0]
	ann := access.User{ID: "ann", Assignments: []access.Assignment{{Product: "one", Role: "chief", Category: access.Administrator, Status: access.Active}}}
	oto := access.User{ID: "oto", Assignments: []access.Assignment{{Product: "one", Role: "a", Category: access.Operator, Status: access.Active}}}
	with := func(change func(*access.Assignment)) access.User {
		a := ann.Assignments[0]
		change(&a)
		return access.User{ID: "ann", Assignments: []access.Assignment{a}}
	}
	odd := one
	odd.Roles = []access.Role{{ID: "odd", Category: access.Operator}}
	for name, row := range map[string]struct {
		q    access.Request
		want access.Reason
	}{
		"all":                         {access.Request{}, access.NoPowers},
		"all but the action":          {access.Request{Action: access.View}, access.NoPowers},
		"action":                      {access.Request{Actor: ann, Subject: oto, Product: one, Role: "a"}, access.NoRule},
		"actor":                       {access.Request{Action: access.Suspend, Subject: oto, Product: one, Role: "a"}, access.NoPowers},
		"subject":                     {access.Request{Actor: ann, Action: access.Suspend, Product: one, Role: "a"}, access.NotVisible},
		"subject of an edit":          {access.Request{Actor: ann, Action: access.Edit}, access.NotVisible},
		"subject of a join":           {access.Request{Actor: ann, Action: access.Join, Product: one, Group: access.Group{ID: "g", Product: "one"}}, access.NotVisible},
		"product":                     {access.Request{Actor: ann, Action: access.Assign, Subject: oto, Role: "a"}, access.NoSuchRole},
		"product of an add":           {access.Request{Actor: ann, Action: access.Add, Role: "a"}, access.NoSuchRole},
		"role":                        {access.Request{Actor: ann, Action: access.Assign, Subject: oto, Product: one}, access.NoSuchRole},
		"group":                       {access.Request{Actor: ann, Action: access.Join, Subject: oto, Product: one}, access.NoGroup},
		"group and product":           {access.Request{Actor: ann, Action: access.Join, Subject: oto}, access.NoGroup},
		"the group's product":         {access.Request{Actor: ann, Action: access.Join, Subject: oto, Product: one, Group: access.Group{ID: "g"}}, access.NoGroup},
		"the group's status":          {access.Request{Actor: ann, Action: access.Join, Subject: oto, Product: one, Group: access.Group{ID: "g", Product: "one"}}, access.GroupSuspended},
		"the status, to leave":        {access.Request{Actor: ann, Action: access.Leave, Subject: oto, Product: one, Group: access.Group{ID: "g", Product: "one"}}, access.NotMember},
		"the status, to suspend":      {access.Request{Actor: ann, Action: access.SuspendGroup, Product: one, Group: access.Group{ID: "g", Product: "one"}}, access.GroupNotActive},
		"the status, to re-enable":    {access.Request{Actor: ann, Action: access.ReactivateGroup, Product: one, Group: access.Group{ID: "g", Product: "one"}}, access.GroupActive},
		"group to change":             {access.Request{Actor: ann, Action: access.RenameGroup, Product: one}, access.NoGroup},
		"all of a group":              {access.Request{Actor: ann, Action: access.DeleteGroup}, access.NoGroup},
		"a group but its id":          {access.Request{Actor: ann, Action: access.DeleteGroup, Group: access.Group{ID: "g"}}, access.NoGroup},
		"product of a new group":      {access.Request{Actor: ann, Action: access.CreateGroup}, access.NoGroup},
		"actor of an export":          {access.Request{Action: access.Export}, access.NoPowers},
		"the actor's status":          {access.Request{Actor: with(func(a *access.Assignment) { a.Status = "" }), Action: access.EnterUsers}, access.NoPowers},
		"the actor's category":        {access.Request{Actor: with(func(a *access.Assignment) { a.Category = "" }), Action: access.EnterUsers}, access.NotAnyAdministrator},
		"the actor's product":         {access.Request{Actor: with(func(a *access.Assignment) { a.Product = "" }), Action: access.Add, Product: one, Role: "a"}, access.NotAdministrator},
		"the role's way of being had": {access.Request{Actor: ann, Action: access.Add, Product: odd, Role: "odd"}, access.NotAssignable},
	} {
		if allowed, reason := answer(row.q); allowed || reason != string(row.want) {
			t.Errorf("without %s: got %t %q, want %q", name, allowed, reason, row.want)
		}
	}
	for cell, want := range map[*refmodel.Question]string{
		{}:               "no-powers",
		{Action: "view"}: "no-powers",
		{Product: -1}:    "no-powers",
		{Action: "add", Product: 7, Actor: []refmodel.Standing{{Active: 1}}, Products: []refmodel.Product{{Active: true, Administrators: 1}}}: "no-such-role",
		{Action: "view", Actor: []refmodel.Standing{{Active: 1}}, Products: []refmodel.Product{{Administrators: 1}}}:                          "no-powers",
		{Actor: []refmodel.Standing{{Active: 1}}, Products: []refmodel.Product{{Active: true, Administrators: 1}}}:                            "no-rule",
	} {
		if allowed, reason := refmodel.Answer(*cell); allowed || reason != want {
			t.Errorf("%+v: got %t %q, want %q", cell, allowed, reason, want)
		}
	}
}
