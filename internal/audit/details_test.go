package audit_test

import (
	"reflect"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// D5: a log written by an earlier version must verify, so the recorded bytes never change.
func TestDetailsAreWrittenByteForByte(t *testing.T) {
	t.Parallel()
	const group = access.GroupID("018f2f0e-0000-7000-8000-000000000001")
	const name = `Ufficio "<A&B>" è`
	for _, row := range []struct {
		kind    string
		details audit.Details
		want    string
	}{
		{"an active role", audit.Details{Status: access.Active}, `{"status":"active"}`},
		{"a suspended role", audit.Details{Status: access.Suspended}, `{"status":"suspended"}`},
		{"a membership", audit.Details{Group: group}, `{"group":"018f2f0e-0000-7000-8000-000000000001"}`},
		{
			"a group's name",
			audit.Details{Group: group, Name: name},
			`{"group":"018f2f0e-0000-7000-8000-000000000001","name":"Ufficio \"\u003cA\u0026B\u003e\" è"}`,
		},
		{
			"a group's status",
			audit.Details{Group: group, Name: name, Status: access.Suspended},
			`{"group":"018f2f0e-0000-7000-8000-000000000001","name":"Ufficio \"\u003cA\u0026B\u003e\" è","status":"suspended"}`,
		},
		{
			"an edit",
			audit.Details{
				Fields: []access.Datum{access.DatumNames, access.DatumEmail}, Sealed: []string{"c2VjcmV0", "YQ=="},
			},
			`{"fields":["names","email"],"sealed":["c2VjcmV0","YQ=="]}`,
		},
		{
			"a change of role",
			audit.Details{Roles: []access.RoleID{"api", "security"}},
			`{"roles":["api","security"]}`,
		},
		{
			"an export without rows",
			audit.Details{ExportDetails: &audit.ExportDetails{Format: "xlsx"}},
			`{"format":"xlsx","rows":0}`,
		},
		{
			"a filtered export",
			audit.Details{
				ExportDetails: &audit.ExportDetails{Format: "csv", Rows: 12, Filters: []string{"role", "text"}},
			},
			`{"format":"csv","rows":12,"narrowed":["role","text"]}`,
		},
	} {
		if got := string(row.details.JSON()); got != row.want {
			t.Errorf("%s: got %s, want %s", row.kind, got, row.want)
		}
		if got, err := audit.ParseDetails([]byte(row.want)); err != nil || !reflect.DeepEqual(got, row.details) {
			t.Errorf("%s: parsed as %+v, %v", row.kind, got, err)
		}
	}
}

func TestParseDetails(t *testing.T) {
	t.Parallel()
	if d, err := audit.ParseDetails(nil); err != nil || !reflect.DeepEqual(d, audit.Details{}) {
		t.Errorf("no text: got %+v, %v", d, err)
	}
	if _, err := audit.ParseDetails([]byte(`{"status":`)); err == nil {
		t.Error("half a text was accepted")
	}
}
