package main

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"

	"areariservata.example/utenti/internal/bridge"
)

func TestIdentitiesArePrintedInTheBridgesFormat(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	const folder = "../../internal/demo/"
	if err := run(t.Context(), []string{"identities", folder + "catalogue.json", folder + "data.yaml"}, nil, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var offered []bridge.Identity
	decoder := json.NewDecoder(&out)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&offered); err != nil {
		t.Fatal(err)
	}
	if len(offered) < 10 {
		t.Errorf("only %d identities", len(offered))
	}
	for _, i := range offered {
		if len(i.FiscalCode) != 16 || i.FirstName == "" || i.LastName == "" || i.Note == "" {
			t.Errorf("incomplete: %s %s", i.FirstName, i.LastName)
		}
	}
}
