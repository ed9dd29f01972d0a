package refmodel_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// comparison collects the results of comparing the decision with the model.
type comparison struct {
	cells, granted int
	given          map[string]bool        // reasons given at least once
	may            map[access.Action]bool // actions granted at least once
	differences    []string
}

// answer returns the decision's answer in the model's form.
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

// compare asks both and records a difference.
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
		n.differences = append(n.differences, fmt.Sprintf(
			"%s: the decision says %t %q, the model %t %q\n%+v\nrole %q, group %+v, names %t",
			q.Action, got, why, allowed, reason, s, q.Role, q.Group, q.ChangesNames))
	}
}

// within compares every question in every nth situation of an actor with these standings, counting from turn.
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

// sweep compares every nth situation of the whole space, on all processors.
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
				turn++ // a different start each time, so that the sample covers the whole space
			}
		}
	}
	close(jobs)
	workers.Wait()
	return total
}

// Compares outcome and reason of every question in the space. With -short or the race detector, every 31st situation.
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
		found := slices.Contains([]access.Reason{ // given by the packages store and users
			access.LastAdministrator, access.FormUsed, access.Edited, access.ChangedSince, access.RolesChanged,
		}, reason)
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

// A missing or unknown value gives no power and is refused.
func TestZeroValuesAreRefused(t *testing.T) {
	t.Parallel()
	type request = access.Request
	one, group := products()[0], access.Group{ID: "g", Product: "one"}
	lost := access.Group{ID: "g"}
	ann := access.User{ID: "ann", Assignments: []access.Assignment{
		{Product: "one", Role: "chief", Category: access.Administrator, Status: access.Active},
	}}
	oto := access.User{ID: "oto", Assignments: []access.Assignment{
		{Product: "one", Role: "a", Category: access.Operator, Status: access.Active},
	}}
	with := func(change func(*access.Assignment)) access.User {
		a := ann.Assignments[0]
		change(&a)
		return access.User{ID: "ann", Assignments: []access.Assignment{a}}
	}
	withoutStatus := with(func(a *access.Assignment) { a.Status = "" })
	withoutCategory := with(func(a *access.Assignment) { a.Category = "" })
	withoutProduct := with(func(a *access.Assignment) { a.Product = "" })
	odd := one
	odd.Roles = []access.Role{{ID: "odd", Category: access.Operator}}
	for name, row := range map[string]struct {
		q    request
		want access.Reason
	}{
		"all":                      {request{}, access.NoPowers},
		"all but the action":       {request{Action: access.View}, access.NoPowers},
		"action":                   {request{Actor: ann, Subject: oto, Product: one, Role: "a"}, access.NoRule},
		"actor":                    {request{Action: access.Suspend, Subject: oto, Product: one, Role: "a"}, access.NoPowers},
		"subject":                  {request{Actor: ann, Action: access.Suspend, Product: one, Role: "a"}, access.NotVisible},
		"subject of an edit":       {request{Actor: ann, Action: access.Edit}, access.NotVisible},
		"subject of a join":        {request{Actor: ann, Action: access.Join, Product: one, Group: group}, access.NotVisible},
		"product":                  {request{Actor: ann, Action: access.Assign, Subject: oto, Role: "a"}, access.NoSuchRole},
		"product of an add":        {request{Actor: ann, Action: access.Add, Role: "a"}, access.NoSuchRole},
		"role":                     {request{Actor: ann, Action: access.Assign, Subject: oto, Product: one}, access.NoSuchRole},
		"group":                    {request{Actor: ann, Action: access.Join, Subject: oto, Product: one}, access.NoGroup},
		"group and product":        {request{Actor: ann, Action: access.Join, Subject: oto}, access.NoGroup},
		"the group's product":      {request{Actor: ann, Action: access.Join, Subject: oto, Product: one, Group: lost}, access.NoGroup},
		"the group's status":       {request{Actor: ann, Action: access.Join, Subject: oto, Product: one, Group: group}, access.GroupSuspended},
		"the status, to leave":     {request{Actor: ann, Action: access.Leave, Subject: oto, Product: one, Group: group}, access.NotMember},
		"the status, to suspend":   {request{Actor: ann, Action: access.SuspendGroup, Product: one, Group: group}, access.GroupNotActive},
		"the status, to re-enable": {request{Actor: ann, Action: access.ReactivateGroup, Product: one, Group: group}, access.GroupActive},
		"group to change":          {request{Actor: ann, Action: access.RenameGroup, Product: one}, access.NoGroup},
		"all of a group":           {request{Actor: ann, Action: access.DeleteGroup}, access.NoGroup},
		"a group but its id":       {request{Actor: ann, Action: access.DeleteGroup, Group: lost}, access.NoGroup},
		"product of a new group":   {request{Actor: ann, Action: access.CreateGroup}, access.NoGroup},
		"actor of an export":       {request{Action: access.Export}, access.NoPowers},
		"the actor's status":       {request{Actor: withoutStatus, Action: access.EnterUsers}, access.NoPowers},
		"the actor's category":     {request{Actor: withoutCategory, Action: access.EnterUsers}, access.NotAnyAdministrator},
		"the actor's product":      {request{Actor: withoutProduct, Action: access.Add, Product: one, Role: "a"}, access.NotAdministrator},
		"the role's Assignable":    {request{Actor: ann, Action: access.Add, Product: odd, Role: "odd"}, access.NotAssignable},
	} {
		if allowed, reason := answer(row.q); allowed || reason != string(row.want) {
			t.Errorf("without %s: got %t %q, want %q", name, allowed, reason, row.want)
		}
	}
	active := []refmodel.Standing{{Active: 1}}
	administered := []refmodel.Product{{Active: true, Administrators: 1}}
	for question, want := range map[*refmodel.Question]string{
		{}:               "no-powers",
		{Action: "view"}: "no-powers",
		{Product: -1}:    "no-powers",
		{Action: "add", Product: 7, Actor: active, Products: administered}:                 "no-such-role",
		{Action: "view", Actor: active, Products: []refmodel.Product{{Administrators: 1}}}: "no-powers",
		{Actor: active, Products: administered}:                                            "no-rule",
	} {
		if allowed, reason := refmodel.Answer(*question); allowed || reason != want {
			t.Errorf("%+v: got %t %q, want %q", question, allowed, reason, want)
		}
	}
}
