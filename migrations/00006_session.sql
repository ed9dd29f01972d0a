-- Sign-in attempts and sessions.

-- +goose Up
-- A session that is over stays as a tombstone until it is swept: a request in flight can't bring it back to life.
CREATE TABLE web_session (
    token_hash  text PRIMARY KEY,
    data        jsonb NOT NULL,
    person      uuid GENERATED ALWAYS AS ((data #>> '{values,person}')::uuid) STORED,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expiry      timestamptz NOT NULL,
    revoked_at  timestamptz,
    revoked_why text CHECK (revoked_why IN ('signed-out', 'lost-powers')),
    CHECK ((revoked_at IS NULL) = (revoked_why IS NULL))
);
CREATE INDEX web_session_person ON web_session (person) WHERE revoked_at IS NULL;
CREATE INDEX web_session_expiry ON web_session (expiry);

-- One attempt to sign in, spent by one UPDATE. Only hashes of what the browser and the provider carry.
CREATE TABLE login_attempt (
    state_hash   bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    nonce        text NOT NULL,
    verifier     text NOT NULL,
    return_to    text NOT NULL,
    expires_at   timestamptz NOT NULL,
    used_at      timestamptz
);
CREATE INDEX login_attempt_expires_at ON login_attempt (expires_at);

-- +goose Down
DROP TABLE login_attempt, web_session;
