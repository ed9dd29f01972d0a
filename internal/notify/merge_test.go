package notify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/pgtest"
)

// formEmail is an e-mail of a form with several changes to a mailbox.
func formEmail(form, mailbox, name string) Email {
	e := testEmail(name)
	e.Form, e.Address, e.User = form, mailbox, access.UserID(name)
	return e
}

// The e-mails of one form to one mailbox are one message, which greets each person; those to other mailboxes and of other
// forms are messages of their own, and a message that is on its way is left alone.
func TestEmailsOfAFormToOneMailboxAreMerged(t *testing.T) {
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	for _, e := range []Email{
		formEmail("one", "ufficio@ente.example", "Anna Bianchi"), formEmail("one", "ufficio@ente.example", "Oto Neri"),
		formEmail("one", "pia@ente.example", "Pia Gialli"), formEmail("two", "ufficio@ente.example", "Ivo Rossi"),
	} {
		enqueue(t, db.App, true, e)
	}
	if n := number(t, db, `SELECT count(*) FROM river_job WHERE state = 'scheduled' AND scheduled_at > now() + interval '1 minute'`); n != 3 {
		t.Fatalf("%d messages wait, want 3", n)
	}
	if _, err := db.Owner.Exec(t.Context(), `UPDATE river_job SET state = 'available', scheduled_at = now()`); err != nil {
		t.Fatal(err)
	}
	enqueue(t, db.App, true, formEmail("one", "ufficio@ente.example", "Leo Verdi"))
	if n := number(t, db, `SELECT count(*) FROM river_job`); n != 4 {
		t.Errorf("%d messages, want another one after the first is on its way", n)
	}
	startWorker(t, db.App, mailer(r.address))
	eventually(t, "three are sent", isSent(t, db, 3))
	merged := 0
	for _, m := range r.all() {
		parsed := open(t, m)
		text := parsed.text
		if strings.Contains(text, "Ciao Anna Bianchi,") && strings.Contains(text, "Ciao Oto Neri,") {
			merged++
			if to := parsed.header.Get("To"); to != "<ufficio@ente.example>" || strings.Count(text, "Qualcosa non torna?") != 1 {
				t.Errorf("to %q:\n%s", to, text)
			}
			if subject := parsed.subject; subject != "Comune di Prova: 2 messaggi per chi usa questa casella" {
				t.Errorf("subject %q", subject)
			}
		}
	}
	if merged != 1 {
		t.Errorf("%d messages greet both, want 1", merged)
	}
}

// A merged message says each thing once to a person, whatever the order of the file's rows, and greets two people of one name
// each by themselves.
func TestAMergedMessageRepeatsNoSentence(t *testing.T) {
	t.Parallel()
	first, other := formEmail("one", "x@y.example", "Pia Gialli"), formEmail("one", "x@y.example", "Oto Neri")
	again := first
	again.Roles = []Role{{Product: first.Roles[0].Product, Role: access.Text{It: "Operatore Sicurezza"}}}
	namesake := first
	namesake.User = "another"
	m, err := Renderer{}.render(t.Context(), "1", first, other, again, namesake)
	if err != nil {
		t.Fatal(err)
	}
	before, after, _ := strings.Cut(m.Text, "Ciao Oto Neri,")
	seen := map[string]bool{}
	for paragraph := range strings.SplitSeq(before, "\n\n") {
		if seen[paragraph] && paragraph != "" {
			t.Errorf("repeated: %q", paragraph)
		}
		seen[paragraph] = true
	}
	if !strings.Contains(before, "Operatore Sicurezza") || strings.Count(after, "Ciao Pia Gialli,") != 1 {
		t.Errorf("got\n%s", m.Text)
	}
}

// A form of 500 people with one mailbox sends five messages there, and they can be erased one by one.
func TestAFormSendsFewMessagesToOneMailbox(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var all []Email
	for n := range 500 {
		all = append(all, formEmail("one", "ufficio@ente.example", fmt.Sprintf("Anna %d", n)))
	}
	enqueue(t, db.App, true, all...)
	if n := number(t, db, `SELECT count(*) FROM river_job`); n != 5 {
		t.Errorf("%d messages, want 5", n)
	}
	var deleted int
	if err := pgx.BeginFunc(t.Context(), db.Owner, func(tx pgx.Tx) (err error) {
		deleted, err = DeleteFor(t.Context(), tx, []access.UserID{"Anna 0", "Anna 7", "Anna 499"})
		return err
	}); err != nil || deleted != 3 {
		t.Fatalf("%d deleted, %v", deleted, err)
	}
	const left = `SELECT count(*) FROM river_job CROSS JOIN jsonb_array_elements(jsonb_build_array(args->'Email') || (args->'More')) m`
	if n, names := number(t, db, left), number(t, db, left+` WHERE m->>'Name' IN ('Anna 0', 'Anna 7', 'Anna 499')`); n != 497 || names != 0 {
		t.Errorf("%d are left, %d of them erased", n, names)
	}
}
