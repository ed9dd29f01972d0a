package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// sessionStore stores scs's sessions in PostgreSQL. An ended session stays as a tombstone: scs writes the session back
// at the end of a request that began before, and that must not reopen it. (The store that scs publishes reopens it.)
type sessionStore struct{ pool *pgxpool.Pool }

// sessionState has the state of a request's session beside its data. It travels in the request's context, since scs
// reads only the data from the store.
type sessionState struct {
	isLive    bool
	expiry    time.Time
	endReason EndReason         // if not isLive
	person    string            // also of an ended session; empty for an unknown user
	language  string            // that the person has chosen; empty: none
	users     map[string]string // the person's user id in each institution, by the institution's id
}

type sessionStateKey struct{}

// storeTimeout bounds each statement, the wait for a connection included. Otherwise a database that neither answers nor
// closes the connection would hold every request. Writes continue if the browser leaves.
const storeTimeout = 5 * time.Second

// FindCtx implements scs.CtxStore.
func (s sessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	bounded, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	var data []byte
	var f sessionState
	err := s.pool.QueryRow(bounded, `
		SELECT data, expiry, expiry > now() AND revoked_at IS NULL, coalesce(revoked_reason, 'expired'), coalesce(person::text, ''),
		       coalesce((SELECT p.language FROM person p WHERE p.id = s.person), ''),
		       (SELECT jsonb_object_agg(u.institution, u.person) FROM app_user u
		        WHERE u.identity = (SELECT person FROM web_session WHERE token_hash = $1)) -- by itself: users may be on other machines
		FROM web_session s WHERE token_hash = $1`, token).Scan(&data, &f.expiry, &f.isLive, &f.endReason, &f.person, &f.language, &f.users)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if state, ok := ctx.Value(sessionStateKey{}).(*sessionState); ok {
		*state = f
	}
	if !f.isLive {
		return nil, false, nil
	}
	return data, true, nil
}

// CommitCtx implements scs.CtxStore.
func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := s.pool.Exec(ctx, `
		INSERT INTO web_session (token_hash, data, expiry) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expiry = excluded.expiry
		WHERE web_session.revoked_at IS NULL`, token, string(data), expiry)
	if err != nil {
		return fmt.Errorf("commit session: %w", err)
	}
	return nil
}

// DeleteCtx implements scs.CtxStore: it sets the tombstone.
func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := s.pool.Exec(ctx, `
		UPDATE web_session SET revoked_at = now(), revoked_reason = $2 WHERE token_hash = $1 AND revoked_at IS NULL`,
		token, SignedOut)
	if err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

// Find implements scs.Store, like Commit and Delete. scs does not call them on a CtxStore.
func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store.
func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store.
func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// codec writes sessions as JSON, so that the database can read the person's id.
type codec struct{}

type sessionData struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(sessionData{deadline, values})
}

// Decode implements scs.Codec.
func (codec) Decode(data []byte) (time.Time, map[string]any, error) {
	var d sessionData
	err := json.Unmarshal(data, &d)
	return d.Deadline, d.Values, err
}
