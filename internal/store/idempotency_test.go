package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// A form's content can contain a fiscal code, and all possible codes are few enough to try: its hash needs the key.
func TestAStoredFormHashIsKeyed(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	anna := i.Admin("Anna Bianchi", "prod-pn")
	content := sha256.Sum256([]byte("RSSMRA80A01H501U"))
	form := store.Receipt{Actor: anna, Action: access.Add, Subject: anna, Content: content[:]}
	const key = "00000000-0000-4000-8000-000000000001"
	err := store.New(db.App, seed.Keys(t)).Change(t.Context(), i.ID, access.Add, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CompleteKey(ctx, key, form, seed.Now()); err != nil {
			return err
		}
		if _, claimed, err := tx.ClaimKey(ctx, key, form); err != nil || !claimed {
			t.Errorf("the same form is not recognised: %v %v", claimed, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var kept []byte
	if err := db.Owner.QueryRow(t.Context(), `SELECT content_hash FROM idempotency_key`).Scan(&kept); err != nil ||
		len(kept) == 0 || bytes.Contains(kept, content[:]) {
		t.Errorf("saved: %x (%v)", kept, err)
	}
}

// P6: a key serves the form that it was made for, and no other: neither another actor's nor another change.
func TestAKeyServesOneFormOfOneActor(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	anna, ada := i.Admin("Anna Bianchi", "prod-pn"), i.Admin("Ada Neri", "prod-pn")
	form := store.Receipt{
		Actor: anna, Action: access.Suspend, Subject: ada, Target: access.Target{Product: "prod-pn", Role: "admin"}, Content: []byte("x"),
	}
	const key = "00000000-0000-4000-8000-000000000001"
	err := store.New(db.App, seed.Keys(t)).Change(t.Context(), i.ID, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CompleteKey(ctx, key, form, seed.Now()); err != nil {
			return err
		}
		for name, change := range map[string]func(*store.Receipt){
			"actor":   func(r *store.Receipt) { r.Actor = ada },
			"action":  func(r *store.Receipt) { r.Action = access.Remove },
			"subject": func(r *store.Receipt) { r.Subject = anna },
			"product": func(r *store.Receipt) { r.Target.Product = "prod-io" },
			"role":    func(r *store.Receipt) { r.Target.Role = "operator" },
			"content": func(r *store.Receipt) { r.Content = []byte("y") },
		} {
			other := form
			change(&other)
			var no *access.Refusal
			got, claimed, err := tx.ClaimKey(ctx, key, other)
			if !errors.As(err, &no) || no.Reason != access.FormUsed || claimed || got.Subject != "" {
				t.Errorf("another %s: %+v, %t, %v", name, got, claimed, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
