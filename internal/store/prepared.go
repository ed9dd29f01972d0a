package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// PreparedFormTTL is how long a check page can be confirmed. Its content is personal data, so this is short.
const PreparedFormTTL = 2 * time.Hour

// maxPrepared is how many forms of each kind are kept of an actor in an institution; the oldest are deleted.
const maxPrepared = 10

// PreparedKind is what a [PreparedForm] is for.
type PreparedKind string

// The kinds.
const (
	PreparedImport PreparedKind = "import" // the plan that the check page of a file shows
	PreparedPage   PreparedKind = "form"   // a form that was sent, which a page shows again
)

// PreparedForm is the content of a page, under a key. Of the plan of a file, what is confirmed is what its check page showed:
// of a copy in the page, the browser changes line breaks.
type PreparedForm struct {
	Kind    PreparedKind
	Key     IdempotencyKey
	Actor   access.UserID
	Content []byte
	At      time.Time
}

// PrepareForm saves the content of a page, sealed, and deletes expired ones of the institution.
func (s *Store) PrepareForm(ctx context.Context, institution access.InstitutionID, f PreparedForm) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		DELETE FROM prepared_form WHERE institution = $1 AND (at <= $2 OR key IN (
			SELECT key FROM prepared_form WHERE institution = $1 AND actor = $3 AND kind = $5 ORDER BY at DESC OFFSET $4))`,
		string(institution), f.At.Add(-PreparedFormTTL), string(f.Actor), maxPrepared-1, f.Kind)
	batch.Queue(`INSERT INTO prepared_form (institution, key, actor, sealed, at, kind) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(institution), string(f.Key), string(f.Actor), s.keys.sealForm(f), f.At, f.Kind)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("prepare form: %w", err)
	}
	return nil
}

// PreparedForm reads one of the actor's forms of a kind, unless it is older than since.
func (q *Query) PreparedForm(
	dst *PreparedForm, kind PreparedKind, institution access.InstitutionID, actor access.UserID, m IdempotencyKey, since time.Time,
) {
	q.queryRow(func(row pgx.Row) error {
		var sealed []byte
		f := PreparedForm{Kind: kind, Key: m, Actor: actor}
		err := row.Scan(&sealed, &f.At)
		if err != nil {
			return err
		}
		if f.Content, err = q.keys.openForm(f, sealed); err != nil {
			return fmt.Errorf("prepared form: %w", err)
		}
		*dst = f
		return nil
	}, `
		SELECT sealed, at FROM prepared_form WHERE institution = $1 AND key = $2 AND actor = $3 AND at > $4 AND kind = $5`,
		institution, m, actor, since, kind)
}

// sealForm encrypts the content for the form's actor and key: in another row it does not decrypt.
func (k Keys) sealForm(f PreparedForm) []byte {
	return seal(k.seal, string(f.Content), f.owner())
}

func (k Keys) openForm(f PreparedForm, sealed []byte) ([]byte, error) {
	plain, err := open(k.seal, sealed, f.owner())
	return []byte(plain), err
}

// owner cannot equal an id, for which fiscal codes are sealed with the same key.
func (f PreparedForm) owner() access.UserID { return "form " + f.Actor + " " + access.UserID(f.Key) }
