package admin_test

import (
	"testing"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// Each kind of damage: exactly the rows that differ are found and repaired, and then none differs. Some kinds are applied
// with the triggers that keep the counts, and some without.
func TestListingsAreRepairedFromTheAssignments(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		sql  string
		want admin.Repaired
	}{
		"nothing":    {`SELECT`, admin.Repaired{}},
		"a name":     {`UPDATE listing SET last_name = 'Altra' WHERE last_name = 'Zoff'`, admin.Repaired{Listing: 1}},
		"a sort key": {`UPDATE listing SET sort_key = 'x' WHERE last_name = 'Zoff'`, admin.Repaired{Listing: 1}},
		"both keys": {
			`UPDATE listing SET sort_key = 'x', search_key = 'y' WHERE last_name IN ('Zoff', 'Verdi')`,
			admin.Repaired{Listing: 2, GroupMembers: 1},
		},
		"an e-mail":     {`UPDATE listing SET email = 'x@y.example' WHERE last_name = 'Zoff'`, admin.Repaired{Listing: 1}},
		"an assignment": {`UPDATE assignment SET sort_key = 'x', email = '' WHERE role = 'api'`, admin.Repaired{Assignments: 2}},
		"a state": {
			`UPDATE listing SET statuses = '{suspended,active}' WHERE last_name = 'Verdi'`,
			admin.Repaired{Listing: 1, UserCounts: 1},
		},
		"a state, unseen": {
			unseen + `UPDATE listing SET statuses = '{suspended,active}' WHERE last_name = 'Verdi'`,
			admin.Repaired{Listing: 1},
		},
		"a missing row":   {`DELETE FROM listing WHERE last_name = 'Zoff'`, admin.Repaired{Listing: 1, UserCounts: 1}},
		"missing, unseen": {unseen + `DELETE FROM listing WHERE last_name = 'Zoff'`, admin.Repaired{Listing: 1}},
		"a row too many": {
			unseen + `DELETE FROM assignment WHERE category = 'operator' AND product = 'prod-pn'`,
			admin.Repaired{Listing: 1, UserCounts: 1, Suspensions: 1},
		},
		"counts":    {`UPDATE user_count SET users = '{"//": 7}' WHERE product = 'prod-pn'`, admin.Repaired{UserCounts: 2}},
		"no counts": {`DELETE FROM user_count WHERE product = 'prod-interop'`, admin.Repaired{UserCounts: 1}},
		"superfluous counts": {
			`INSERT INTO user_count SELECT institution, product, '{"//": 1}' FROM institution_product WHERE product = 'prod-io'`,
			admin.Repaired{UserCounts: 1},
		},
		"empty counts": {
			`INSERT INTO user_count SELECT institution, product, '{}' FROM institution_product WHERE product = 'prod-io'`,
			admin.Repaired{},
		},
		"a member's place": {`UPDATE group_member SET sort_key = 'x'`, admin.Repaired{GroupMembers: 1}},
		"a group's number": {`UPDATE user_group SET member_count = 7`, admin.Repaired{Groups: 2}},
		"no suspensions":   {`DELETE FROM suspension`, admin.Repaired{Suspensions: 2}},
		"one too many": {
			`INSERT INTO suspension SELECT institution, person, product, role, category, sort_key, email FROM assignment WHERE role = 'api'`,
			admin.Repaired{Suspensions: 1},
		},
		"one elsewhere":  {`UPDATE suspension SET sort_key = 'x' WHERE role = 'security'`, admin.Repaired{Suspensions: 1}},
		"a day":          {`UPDATE audit_day SET last_seq = 0`, admin.Repaired{AuditDays: 2}},
		"a missing day":  {`DELETE FROM audit_day`, admin.Repaired{AuditDays: 2}},
		"a day too many": {`INSERT INTO audit_day SELECT institution, '2020-01-01', 1, 1 FROM audit_day`, admin.Repaired{AuditDays: 2}},
		"everything":     {`TRUNCATE listing`, admin.Repaired{Listing: 5, UserCounts: 3}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			s := seed.New(t, db.Owner, seed.Keys(t)).MarkVerified("Ugo Zoff")
			i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
			i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
			i.User("Ugo Zoff", "prod-pn/operator suspended")
			i.User("Ada Verdi", "prod-interop/api", "prod-interop/security suspended")
			group := i.Group("prod-interop", "Ufficio")
			i.Group("prod-pn", "Ufficio")
			if _, err := db.Owner.Exec(t.Context(), `
				INSERT INTO group_member (institution, "group", product, person)
				SELECT institution, $1, product, person FROM listing WHERE last_name = 'Verdi'`, group); err != nil {
				t.Fatal(err)
			}
			s.Institution("Altrove", "PA").Product("prod-pn").Admin("Anna Bianchi", "prod-pn")
			if what == "an assignment" {
				i.User("Ivo Neri", "prod-interop/api")
			}
			if _, err := db.Owner.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Owner.Exec(t.Context(), `SET session_replication_role = DEFAULT`); err != nil {
				t.Fatal(err)
			}
			c.want.Institutions = 2
			if got, err := admin.RepairListing(t.Context(), db.Owner); err != nil || got != c.want {
				t.Errorf("repaired %+v, want %+v: %v", got, c.want, err)
			}
			if got, err := admin.RepairListing(t.Context(), db.Owner); err != nil || got != (admin.Repaired{Institutions: 2}) {
				t.Errorf("repaired again: %+v, %v", got, err)
			}
			if what != "a row too many" { // the deleted assignment leaves its enrolment behind
				if err := consistency.CheckDerived(t.Context(), db.Owner); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// unseen disables triggers for the statement after it.
const unseen = `SET LOCAL session_replication_role = replica; `
