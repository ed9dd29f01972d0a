package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/migrations"
)

// V6: names are found in the spellings that people type; an e-mail by its mailbox, and by its domain with an @ only.
func TestSearchFindsEachSpelling(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Eva Ente", "prod-pn")
	for _, name := range []string{
		"Hans Grüner", "Karl Gruener", "Ivo Gruner", "Carla Lo Presti", "Dino Lopresti", "Rita D'Amico", "Maria-Teresa Rossi", "Søren Đorđević",
		"Åse Ångström", "Samuele Enríquez",
	} {
		i.Operator(name, "prod-pn", "operator")
	}
	s := store.New(db.App, seed.Keys(t))
	group := i.Group("prod-pn", "Ufficio")
	for text, want := range map[string]string{
		"gruener": "Gruener Grüner", "gruner": "Gruener Gruner Grüner", "GRÜNER": "Gruener Gruner Grüner", "gru\u0308ner hans": "Grüner",
		"lopresti": "Lo Presti Lopresti", "lo presti": "Lo Presti Lopresti", "presti": "Lo Presti Lopresti", "presti, carla": "Lo Presti",
		"d amico": "D'Amico", "d’amico": "D'Amico", "damico": "D'Amico", "mariateresa": "Rossi", "teresa maria": "Rossi",
		"soeren": "Đorđević", "soren djordjevic": "Đorđević", "sören": "Đorđević", "aase": "Ångström", "angstroem": "Ångström",
		"samuel": "Enríquez", "uele": "Enríquez", "enriquez": "Enríquez", "enriqez": "",
		"ente": "Ente", "example": "", "hans.gruner": "Grüner", "gruner@": "Gruner Grüner", "Gruner@ente": "Gruner Grüner",
		"Hans Grüner <hans.gruner@ente.example>": "Grüner", "hans.gruner@ente.example;": "Grüner", "gruner@nte": "", "hans@ente": "",
		"@ente.example rossi": "Rossi", "@altrove": "", "maria.teresa.rossi@ente.example": "Rossi",
	} {
		var got []string
		for _, row := range read(t, s, i.ID, access.Filter{Product: "prod-pn", Text: text}).Rows {
			got = append(got, row.LastName)
		}
		slices.Sort(got)
		if all := strings.Join(got, " "); all != want {
			t.Errorf("%q finds %q, want %q", text, all, want)
		}
		var candidates access.Section
		q := s.Query()
		q.Candidates(&candidates, i.ID, group, access.Filter{Text: text}, "")
		if err := q.Read(t.Context()); err != nil || candidates.Total != len(got) || len(candidates.Rows) != len(got) {
			t.Errorf("%q finds %d candidates of %d, %v", text, len(candidates.Rows), candidates.Total, err)
		}
	}
}

// The keys that earlier releases wrote are replaced, in every institution and batch.
func TestEarlierSearchKeysAreReplaced(t *testing.T) {
	pgtest.SkipDistributed(t, "a distributed database is never migrated down")
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	i.Admin("Hans Grüner", "prod-pn", "prod-interop")
	s.Institution("Altrove", "PA").Product("prod-pn").Admin("Carla Lo Presti", "prod-pn")
	loadUsers(t, db.Owner, i.ID, "prod-pn", 1_500)
	provider, err := migrations.Provider(db.Owner, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = provider.Close() }()
	if _, err := provider.DownTo(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	const earlier = `UPDATE listing SET search_key = lower(last_name || ' ' || first_name || ' ' || email)`
	if _, err := db.Owner.Exec(t.Context(), earlier); err != nil {
		t.Fatal(err)
	}
	if err := store.Migrate(t.Context(), db.Owner); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Owner.Query(t.Context(), `SELECT first_name, last_name, email, search_key FROM listing`)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var first, last, email, key string
	_, err = pgx.ForEachRow(rows, []any{&first, &last, &email, &key}, func() error {
		if n++; key != store.SearchKey(first, last, email) {
			t.Errorf("%s %s has the key %q", first, last, key)
		}
		return nil
	})
	if err != nil || n != 1_503 {
		t.Errorf("%d rows, %v", n, err)
	}
}
