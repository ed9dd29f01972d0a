package audit_test

import (
	"encoding/hex"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// D5: the expected hash was computed without this code, and never changes.
func TestEventHash(t *testing.T) {
	t.Parallel()
	event := audit.Event{
		Institution: "i", At: time.Date(2026, 11, 21, 9, 30, 0, 123456789, time.UTC), Actor: "anna", Action: access.Suspend,
		Subject: "oto", Product: "send", Role: "api", Before: audit.Details{Status: access.Active}.JSON(),
	}
	key, head := audit.Key("key"), audit.Head{Seq: 7, Hash: []byte{1, 2}}
	chained, next := key.Chain(event, head)
	if got := hex.EncodeToString(next.Hash); got != "d9ea636bdb759d51c8142de80ec36ce2713d5ae432947572d631a425ca8ba156" {
		t.Errorf("the hash is %s", got)
	}
	if got, err := key.Verify(chained, head); err != nil || got.Seq != 8 {
		t.Errorf("verified as %+v, %v", got, err)
	}
	for name, alter := range map[string]func(*audit.Event){
		"number":   func(e *audit.Event) { e.Seq++ },
		"previous": func(e *audit.Event) { e.Previous = []byte{1} },
		"time":     func(e *audit.Event) { e.At = e.At.Add(time.Microsecond) },
		"actor":    func(e *audit.Event) { e.Actor = "" },
		"boundary": func(e *audit.Event) { e.Product, e.Role = "senda", "pi" },
		"before":   func(e *audit.Event) { e.Before = audit.Details{Status: access.Suspended}.JSON() },
		"after":    func(e *audit.Event) { e.After, e.Before = e.Before, nil },
	} {
		altered := chained
		alter(&altered)
		if _, err := key.Verify(altered, head); err == nil {
			t.Errorf("an altered %s was not noticed", name)
		}
	}
}
