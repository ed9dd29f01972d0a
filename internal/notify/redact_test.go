package notify

import (
	"log/slog"
	"strings"
	"testing"
)

// What the queue says of itself may hold a letter, as a panic's value or a payload; none of it reaches the log.
func TestTheQueuesLogNamesNoPerson(t *testing.T) {
	t.Parallel()
	var output lockedBuffer
	log := slog.New(redactingHandler{slog.NewJSONHandler(&output, nil)})
	log.Info("job errored", "error", "chatter")
	log.With("args", "anna", "queue", "letters").
		Error("panic recovery", "job_id", 7, "panic_val", "anna", "payload", "anna", slog.Group("row", "args", "anna"))
	got := output.String()
	if strings.Contains(got, "anna") || strings.Contains(got, "chatter") {
		t.Error(got)
	}
	if !strings.Contains(got, `"job_id":7`) || !strings.Contains(got, `"queue":"letters"`) {
		t.Errorf("nothing is left to find the fault by: %s", got)
	}
}
