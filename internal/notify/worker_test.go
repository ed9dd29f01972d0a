package notify

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/riverqueue/river/rivertype"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestAnEmailOfACommittedChangeArrivesOnce(t *testing.T) { // D6
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	startWorker(t, db.App, mailer(r.address))
	got := r.only(t, isSent(t, db, 1))
	if got.to != "anna.bianchi@comune.example.it" || got.from != "nessuna-risposta@example.it" {
		t.Errorf("from %s to %s", got.from, got.to)
	}
	enqueue(t, db.App, true) // no e-mails
}

func TestAnEmailOfARolledBackChangeIsNeverSent(t *testing.T) { // D6
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	startWorker(t, db.App, mailer(r.address))
	enqueue(t, db.App, false, testEmail("Anna Bianchi"))
	enqueue(t, db.App, true, testEmail("Oto Neri"))
	if got := r.only(t, isSent(t, db, 1)); !strings.HasPrefix(got.to, "oto") {
		t.Errorf("an e-mail to %s", got.to)
	}
	if n := number(t, db, `SELECT count(*) FROM river_job`); n != 1 {
		t.Errorf("%d e-mails in the queue", n)
	}
}

func TestARefusingServerGetsTheEmailLater(t *testing.T) {
	t.Parallel()
	var times atomic.Int32
	db := pgtest.New(t)
	r := receive(t, func(r *receiver) {
		r.onRcpt = func() error {
			if times.Add(1) == 1 {
				return &smtp.SMTPError{
					Code:         550,
					EnhancedCode: smtp.EnhancedCode{5, 1, 1},
					Message:      "no mailbox anna.bianchi@comune.example.it of Anna Bianchi",
				}
			}
			return nil
		}
		r.onData = func() error {
			if times.Load() == 2 {
				return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "anna.bianchi@comune.example.it has no room"}
			}
			return nil
		}
	})
	var log lockedBuffer
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	startWorker(t, db.App, mailer(r.address), &log)
	r.only(t, isSent(t, db, 1))
	if n := failures(t, db); n != 2 {
		t.Errorf("%d failures are recorded", n)
	}

	var kept string
	if err := db.Owner.QueryRow(t.Context(), `SELECT array_to_string(errors, ' ') FROM river_job`).Scan(&kept); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"log": log.String(), "queue": kept} {
		if !strings.Contains(text, "550 5.1.1") || !strings.Contains(text, "452 4.2.2") {
			t.Errorf("the %s doesn't contain the server's replies: %s", what, text)
		}
		if strings.Contains(strings.ToLower(text), "anna") || strings.Contains(text, "Comune") {
			t.Errorf("the %s names a person: %s", what, text)
		}
	}
}

func TestAServerThatHangsOrIsDownGetsTheEmailWhenItIsBack(t *testing.T) { // D6
	t.Parallel()
	db := pgtest.New(t)
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections and sends nothing
	if err != nil {
		t.Fatal(err)
	}
	address := silent.Addr().String()
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	m := mailer(address)
	m.Timeout = time.Second
	startWorker(t, db.App, m)
	eventually(t, "two failures while it hangs", func() bool { return failures(t, db) >= 2 })
	_ = silent.Close()
	before := failures(t, db)
	eventually(t, "two failures while it is down", func() bool { return failures(t, db) >= before+2 })
	receiveAt(t, address).only(t, isSent(t, db, 1))
}

func TestAStoppedWorkerFinishesTheEmailItIsSending(t *testing.T) {
	t.Parallel()
	db, under, finish := pgtest.New(t), make(chan struct{}), make(chan struct{})
	r := receive(t, func(r *receiver) {
		r.onData = func() error {
			close(under)
			<-finish
			return nil
		}
	})
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	p := startWorker(t, db.App, mailer(r.address))
	<-under
	stopped := make(chan error)
	go func() { stopped <- p.Stop(context.Background()) }()
	close(finish)
	if err := <-stopped; err != nil {
		t.Fatal(err)
	}
	r.only(t, isSent(t, db, 1))
}

// The server accepts the message and never replies, so the worker cannot know that it was delivered. The e-mail is sent
// again with the same Message-ID.
func TestAWorkerStoppedAtOnceLeavesTheEmailToTheNext(t *testing.T) {
	t.Parallel()
	db, under, finish := pgtest.New(t), make(chan struct{}, 9), make(chan struct{})
	r := receive(t, func(r *receiver) {
		r.onData = func() error {
			under <- struct{}{}
			<-finish
			return nil
		}
	})
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	first := startWorker(t, db.App, mailer(r.address))
	<-under
	atOnce, cancel := context.WithCancel(context.Background())
	cancel()
	if err := first.Stop(atOnce); err != nil {
		t.Fatal(err)
	}
	if n := number(t, db, `SELECT count(*) FROM river_job WHERE state = 'available' AND attempt = 0`); n != 1 {
		t.Error("the e-mail isn't back in the queue without a counted attempt")
	}
	close(finish)
	startWorker(t, db.App, mailer(r.address))
	checkSentTwice(t, db, r)
}

func TestTheEmailOfAKilledProcessIsSentByTheNext(t *testing.T) { // D6
	t.Parallel()
	db, under, finish := pgtest.New(t), make(chan struct{}, 9), make(chan struct{})
	r := receive(t, func(r *receiver) {
		r.onData = func() error {
			under <- struct{}{}
			<-finish
			return nil
		}
	})
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	doomed := exec.CommandContext(t.Context(), os.Args[0])
	doomed.Env = append(os.Environ(), "TEST_WORKER_DATABASE="+db.AppURL, "TEST_WORKER_SMTP="+r.address)
	if err := doomed.Start(); err != nil {
		t.Fatal(err)
	}
	<-under
	if err := doomed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = doomed.Wait()
	close(finish)
	if n := number(t, db, `SELECT count(*) FROM river_job WHERE state = 'running'`); n != 1 {
		t.Fatal("the job of the killed process isn't running")
	}
	// Moves the job's start and the leader's lease into the past, so that the job counts as stuck.
	if _, err := db.Owner.Exec(
		t.Context(),
		`UPDATE river_job SET attempted_at = attempted_at - interval '10 minutes'; DELETE FROM river_leader`,
	); err != nil {
		t.Fatal(err)
	}
	startWorker(t, db.App, mailer(r.address))
	checkSentTwice(t, db, r)
}

// checkSentTwice checks that the e-mail was received twice, with the same Message-ID.
func checkSentTwice(t *testing.T, db *pgtest.DB, r *receiver) {
	t.Helper()
	eventually(t, "the e-mail is sent again", isSent(t, db, 1))
	all := r.all()
	if len(all) != 2 {
		t.Fatalf("%d messages, want the one without an answer and the answered one", len(all))
	}
	if a, b := open(t, all[0]).header.Get("Message-ID"), open(t, all[1]).header.Get("Message-ID"); a != b || a == "" {
		t.Errorf("%s, and then %s", a, b)
	}
}

func TestTwoWorkersSendEachEmailOnce(t *testing.T) {
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	const n = 60
	for range 2 {
		startWorker(t, db.App, mailer(r.address))
	}
	for i := range n {
		enqueue(t, db.App, true, testEmail(fmt.Sprintf("Persona %d", i)))
	}
	eventually(t, "all are sent", isSent(t, db, n))
	times, ids := map[string]int{}, map[string]bool{}
	for _, got := range r.all() {
		times[got.to]++
		ids[open(t, got).header.Get("Message-ID")] = true
	}
	for to, count := range times {
		if count != 1 {
			t.Errorf("%d times to %s", count, to)
		}
	}
	if len(times) != n || len(ids) != n {
		t.Errorf("%d addresses, %d Message-IDs, want %d", len(times), len(ids), n)
	}
}

func TestAnUnsendableEmailIsKeptForAnOperatorAndNotRetried(t *testing.T) {
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	var log lockedBuffer
	wrong, noKind := testEmail("Anna Bianchi"), testEmail("Anna Bianchi")
	wrong.Address = "anna@example.it>\r\nRCPT TO:<eve@example.it"
	noKind.Kind = access.View
	enqueue(t, db.App, true, wrong, noKind)
	startWorker(t, db.App, mailer(r.address), &log)
	eventually(t, "both are put aside", func() bool {
		return number(t, db, `SELECT count(*) FROM river_job WHERE state = 'cancelled' AND attempt = 1`) == 2
	})
	if n := len(r.all()); n != 0 {
		t.Errorf("%d messages", n)
	}
	if text := log.String(); strings.Count(text, `"level":"ERROR"`) != 2 || strings.Contains(strings.ToLower(text), "anna") {
		t.Errorf("the log: %s", text)
	}
}

func TestSentEmailsAreDeletedAfterAnHour(t *testing.T) {
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	enqueue(t, db.App, true, testEmail("Anna Bianchi"), testEmail("Oto Neri"))
	first := startWorker(t, db.App, mailer(r.address))
	eventually(t, "both are sent", isSent(t, db, 2))
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Owner.Exec(t.Context(), `UPDATE river_job SET finalized_at = now() -
		CASE args->'Email'->>'Name' WHEN 'Anna Bianchi' THEN interval '61 minutes' ELSE interval '50 minutes' END`); err != nil {
		t.Fatal(err)
	}
	startWorker(t, db.App, mailer(r.address))
	eventually(t, "the older one is deleted", isSent(t, db, 1))
	if n := number(t, db, `SELECT count(*) FROM river_job WHERE args->'Email'->>'Name' = 'Oto Neri'`); n != 1 {
		t.Error("the newer one is deleted")
	}
}

func TestRetriesBackOffWithJitter(t *testing.T) {
	t.Parallel()
	all := map[time.Duration]bool{}
	for attempt := 1; attempt <= maxAttempts; attempt++ {
		want := maxRetryDelay
		if attempt < 9 {
			want = min(maxRetryDelay, minRetryDelay<<(attempt-1))
		}
		for id := range int64(20) {
			got := retryDelay(minRetryDelay, &rivertype.JobRow{ID: id, Attempt: attempt})
			if got > want || got < want*2/3 {
				t.Errorf("attempt %d: %s, want two thirds of %s at least", attempt, got, want)
			}
			if attempt == maxAttempts {
				all[got] = true
			}
		}
	}
	if len(all) < 18 {
		t.Errorf("20 e-mails are retried at %d moments", len(all))
	}
}

// The queue's statements need neither LISTEN nor a privilege that the application's role lacks.
func TestTheQueueUsesNeitherListenNorNotify(t *testing.T) {
	t.Parallel()
	db, r := pgtest.New(t), receive(t)
	conn, err := db.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(
		t.Context(),
		`LISTEN "public.river_insert"; LISTEN "public.river_control"; LISTEN "public.river_leadership"`,
	); err != nil {
		t.Fatal(err)
	}
	var log lockedBuffer
	startWorker(t, db.App, mailer(r.address), &log)
	enqueue(t, db.App, true, testEmail("Anna Bianchi"))
	r.only(t, isSent(t, db, 1))
	if _, err := conn.Exec(t.Context(), `NOTIFY "public.river_insert", 'the test itself'`); err != nil {
		t.Fatal(err)
	}
	called, err := conn.Conn().WaitForNotification(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if called.Payload != "the test itself" {
		t.Errorf("called on %s: %s", called.Channel, called.Payload)
	}
	if text := log.String(); text != "" {
		t.Errorf("the queue logged: %s", text)
	}
}
