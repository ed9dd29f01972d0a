package ha

import (
	"encoding/json"
	"net/http"
)

// Primary is a machine in one term as the primary; a machine that becomes primary again has another term.
type Primary struct {
	*Machine
	timeline int
	since    string
}

// CurrentPrimary is the machine that accepts changes now; none if no machine or two claim to: a thawed one does until
// it has looked around.
func (r *Cluster) CurrentPrimary() (now Primary) {
	for _, m := range r.Machines {
		if m.isOff {
			continue
		}
		status, text := m.askPatroni("/primary")
		if status != http.StatusOK {
			continue
		}
		var says struct {
			Timeline int
			Since    string `json:"postmaster_start_time"`
		}
		if err := json.Unmarshal(text, &says); err != nil || now.Machine != nil || says.Since == "" {
			return Primary{} // the last is one whose PostgreSQL has just died
		}
		now = Primary{m, says.Timeline, says.Since}
	}
	return now
}

// WaitForSuccessor waits for the next term, usually of another machine.
func (r *Cluster) WaitForSuccessor(was Primary) (next Primary) {
	r.t.Helper()
	r.waitUntil("another primary", func() bool {
		next = r.CurrentPrimary()
		return next.Machine != nil && next != was
	})
	return next
}

// Standbys are the machines that are not the primary, the synchronous one first.
func (r *Cluster) Standbys() []*Machine {
	r.t.Helper()
	r.WaitHealthy()
	var all []*Machine
	for _, role := range []string{"sync_standby", "replica"} {
		for _, of := range r.Machines[0].members() {
			for _, m := range r.Machines {
				if of.Role == role && m.Name == of.Name {
					all = append(all, m)
				}
			}
		}
	}
	return all
}

// member is a member by Patroni.
type member struct {
	Name, Role, State string
	Timeline          int
	Lag               any // of a standby: bytes, or that it isn't known
}

// members are the machines as this one sees them.
func (m *Machine) members() []member {
	var cluster struct{ Members []member }
	if status, text := m.askPatroni("/cluster"); status != http.StatusOK || json.Unmarshal(text, &cluster) != nil {
		return nil
	}
	return cluster.Members
}

// WaitHealthy waits until all three agree: a primary, a synchronous standby unless there are to be none, and another,
// all up to date.
func (r *Cluster) WaitHealthy() (now Primary) {
	r.t.Helper()
	r.waitUntil("three machines, all up to date", func() bool {
		now = r.CurrentPrimary()
		if now.Machine == nil {
			return false
		}
		for _, m := range r.Machines {
			if !r.isComplete(m.members(), now.Name) {
				return false
			}
		}
		return true
	})
	return now
}

// isComplete reports whether the members are as they should be.
func (r *Cluster) isComplete(all []member, primary string) bool {
	roles := map[string]int{}
	for _, m := range all {
		if lag, _ := m.Lag.(float64); m.State != "running" && m.State != "streaming" || m.Timeline != all[0].Timeline || lag > 1<<20 {
			return false
		}
		if m.Role == "leader" && m.Name != primary {
			return false
		}
		roles[m.Role]++
	}
	return len(all) == 3 && roles["leader"] == 1 && (roles["sync_standby"] == 1 || !r.isSynchronous)
}
