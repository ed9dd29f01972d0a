package notify

import (
	"log/slog"
	"strings"
	"testing"
)

// River's log attributes can contain an e-mail, such as the value of a panic or a job's arguments. They must not be
// logged.
func TestTheQueuesLogNamesNoPerson(t *testing.T) {
	t.Parallel()
	var output lockedBuffer
	log := slog.New(redactingHandler{slog.NewJSONHandler(&output, nil)})
	log.Info("job errored", "error", "chatter")
	log.With("args", "anna", "queue", "emails").
		Error("panic recovery", "job_id", 7, "panic_val", "anna", "payload", "anna", slog.Group("row", "args", "anna"))
	got := output.String()
	if strings.Contains(got, "anna") || strings.Contains(got, "chatter") {
		t.Error(got)
	}
	if !strings.Contains(got, `"job_id":7`) || !strings.Contains(got, `"queue":"emails"`) {
		t.Errorf("the log has nothing to find the fault by: %s", got)
	}
}
