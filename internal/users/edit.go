package users

import (
	"context"
	"encoding/json"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// Edit is what a user's data are to be, and the version that the form started from.
type Edit struct {
	FirstName string
	LastName  string
	Email     string
	Version   int
}

// Edit changes a user's e-mail, and the names as long as nobody has verified them (rule P8). If somebody else has changed
// them since the form was shown, it is refused: [access.Edited].
func (s *Service) Edit(ctx context.Context, c Change, e Edit) error {
	form := []string{e.FirstName, e.LastName, e.Email, strconv.Itoa(e.Version)}
	_, err := s.do(ctx, c, verb{action: access.Edit, content: content(form), act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		names := e.FirstName != p.Subject.FirstName || e.LastName != p.Subject.LastName
		if err := access.Decide(access.Request{Actor: p.Actor, Action: access.Edit, Subject: p.Subject, Names: names}); err != nil {
			return deed{}, err
		}
		before := history{p.Subject.FirstName, p.Subject.LastName, p.Subject.Email}
		after := history{e.FirstName, e.LastName, e.Email}
		events, err := changed(ctx, tx, c.Subject, access.Edit, before, after)
		if err != nil {
			return deed{}, err
		}
		return deed{events: events}, tx.Rename(ctx, c.Subject, e.FirstName, e.LastName, e.Email, e.Version)
	}})
	return err
}

// history is what the log keeps of a user's data.
type history struct{ FirstName, LastName, Email string }

func (h history) names() string { return h.FirstName + " " + h.LastName }

// changed tells the log which of the data have changed, and seals what they were and are. Nothing changed, nothing to tell.
func changed(ctx context.Context, tx *store.Tx, subject access.UserID, action access.Action, before, after history) ([]audit.Event, error) {
	var fields []access.Datum
	var was, is []string
	// A word that goes from the first name to the surname is a change too.
	if before.FirstName != after.FirstName || before.LastName != after.LastName {
		fields, was, is = append(fields, access.DatumNames), append(was, before.names()), append(is, after.names())
	}
	if before.Email != after.Email {
		fields, was, is = append(fields, access.DatumEmail), append(was, before.Email), append(is, after.Email)
	}
	if len(fields) == 0 {
		return nil, nil
	}
	sealed, err := tx.SealHistory(ctx, subject, append(was, is...)...)
	if err != nil {
		return nil, err
	}
	event := audit.Event{Action: action}
	if event.Before, err = json.Marshal(data{fields, sealed[:len(was)]}); err != nil {
		return nil, err
	}
	event.After, err = json.Marshal(data{fields, sealed[len(was):]})
	return []audit.Event{event}, err
}

// data is how the log tells them: which fields, and each sealed with the person's own key.
type data struct {
	Fields []access.Datum `json:"fields"`
	Sealed []string       `json:"sealed"`
}
