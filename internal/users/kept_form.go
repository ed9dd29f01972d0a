package users

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// KeptForm is a form that was sent and is shown again by a page with an address of its own, which decides about it again each
// time it is loaded. It is kept on the server, because no personal data may be in an address (rule D7).
type KeptForm struct {
	Key    store.IdempotencyKey `json:"-"`
	Page   string               // path of the page
	Fields url.Values           // those that the page's form can send

	IsSubmitted bool          // the page says what is wrong with the form; otherwise it is shown as it was typed
	Action      access.Action // that an operation refused; empty: the form itself was not accepted
	Target      access.Target // of the action
	Reason      access.Reason // of the refusal
}

// KeepForm saves a form under the command's key.
func (s *Service) KeepForm(ctx context.Context, c Command, f KeptForm) error {
	content, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("keep form: %w", err)
	}
	p := store.PreparedForm{Kind: store.PreparedPage, Key: c.Key, Actor: c.Actor, Content: content, At: s.now()}
	return s.db.PrepareForm(ctx, c.Institution, p)
}

// KeptForm reads the form that KeepForm saved under the command's key for a page; nil if there is none, or none any more.
func (s *Service) KeptForm(ctx context.Context, c Command, page string) (*KeptForm, error) {
	var p store.PreparedForm
	q := s.db.Query()
	q.PreparedForm(&p, store.PreparedPage, c.Institution, c.Actor, c.Key, s.now().Add(-store.PreparedFormTTL))
	if err := q.Read(ctx); err != nil || p.Key == "" {
		return nil, err
	}
	f := &KeptForm{Key: p.Key}
	if err := json.Unmarshal(p.Content, f); err != nil {
		return nil, fmt.Errorf("kept form: %w", err)
	}
	if f.Page != page {
		return nil, nil //nolint:nilnil // another page's
	}
	return f, nil
}
