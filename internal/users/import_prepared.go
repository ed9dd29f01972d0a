package users

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// ErrCheckExpired means that there is no check page under the key, or no longer.
var ErrCheckExpired = errors.New("import: the check page has expired")

// PreparedImport is a file as its check page shows it. It is kept on the server under the form's key, so that exactly
// what was shown is confirmed, and the page has an address of its own.
type PreparedImport struct {
	Text string // the rows, to be corrected
	Plan access.ImportPlan
}

// preparedRow stores a row of a plan. Of an existing user it stores what the check page shows: the rest is read again.
type preparedRow struct {
	access.ImportRow
	Subject struct { // hides the row's own
		ID                         access.UserID
		FirstName, LastName, Email string
	}
}

// PrepareImport plans the rows of a file, saves the plan under the command's key and returns it. It changes nothing else.
func (s *Service) PrepareImport(
	ctx context.Context, c Command, p access.Profile, text string, rows access.ImportPlan,
) (access.ImportPlan, error) {
	plan, err := s.planImport(ctx, p, rows)
	if err != nil {
		return nil, err
	}
	saved := struct {
		Text string
		Rows []preparedRow
	}{Text: text}
	for _, row := range plan {
		r := preparedRow{ImportRow: row}
		r.Subject.ID, r.Subject.Email = row.Subject.ID, row.Subject.Email
		r.Subject.FirstName, r.Subject.LastName = row.Subject.FirstName, row.Subject.LastName
		saved.Rows = append(saved.Rows, r)
	}
	content, err := json.Marshal(saved)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	f := store.PreparedForm{Kind: store.PreparedImport, Key: c.Key, Actor: c.Actor, Content: content, At: s.now()}
	return plan, s.db.PrepareForm(ctx, c.Institution, f)
}

// PreparedImport reads what PrepareImport saved under the key. Errors: [ErrCheckExpired]; any other is the database's.
func (s *Service) PreparedImport(ctx context.Context, c Command) (PreparedImport, error) {
	var f store.PreparedForm
	q := s.db.Query()
	q.PreparedForm(&f, store.PreparedImport, c.Institution, c.Actor, c.Key, s.now().Add(-store.PreparedFormTTL))
	if err := q.Read(ctx); err != nil {
		return PreparedImport{}, err
	}
	if f.Key == "" {
		return PreparedImport{}, ErrCheckExpired
	}
	var saved struct {
		Text string
		Rows []preparedRow
	}
	if err := json.Unmarshal(f.Content, &saved); err != nil {
		return PreparedImport{}, fmt.Errorf("import: %w", err)
	}
	prepared := PreparedImport{Text: saved.Text}
	for _, r := range saved.Rows {
		row := r.ImportRow
		row.Subject = access.User{
			ID: r.Subject.ID, FirstName: r.Subject.FirstName, LastName: r.Subject.LastName, Email: r.Subject.Email,
		}
		prepared.Plan = append(prepared.Plan, row)
	}
	return prepared, nil
}
