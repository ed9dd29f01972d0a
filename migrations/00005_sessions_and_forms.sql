-- Sign-in attempts and sessions; forms saved for after signing in again; what submitted forms did (P6).

-- +goose Up
-- A session that has ended stays as a tombstone until retention deletes it: a request under way can't revive it.
CREATE TABLE web_session (
    token_hash     text PRIMARY KEY,
    data           jsonb NOT NULL,
    person         uuid GENERATED ALWAYS AS ((data #>> '{values,person}')::uuid) STORED,
    created_at     timestamptz NOT NULL DEFAULT now(),
    expiry         timestamptz NOT NULL,
    revoked_at     timestamptz,
    revoked_reason text CHECK (revoked_reason IN ('signed-out', 'lost-powers')),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
);
CREATE INDEX web_session_person ON web_session (person) WHERE revoked_at IS NULL;
CREATE INDEX web_session_expiry ON web_session (expiry);

-- An attempt to sign in, used up by one UPDATE. Holds only hashes of what the browser and the provider carry.
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

-- A form that was submitted when the session had just ended, shown again after signing in. The key that decrypts it is
-- in the browser's cookie only.
CREATE TABLE saved_form (
    id_hash    bytea PRIMARY KEY,
    person     uuid NOT NULL, -- of the session: the form is shown to no other
    path       text NOT NULL,
    sealed     bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX saved_form_expires_at ON saved_form (expires_at);

-- P6: the key of a form and the one change it made. The same form, submitted again, finds its first outcome here.
CREATE TABLE idempotency_key (
    institution  uuid NOT NULL REFERENCES institution,
    key          uuid NOT NULL,
    actor        uuid NOT NULL,
    action       text NOT NULL,
    subject      uuid, -- null: the form is about a group or a list
    product      text NOT NULL,
    role         text NOT NULL,
    at           timestamptz NOT NULL,
    content_hash bytea NOT NULL DEFAULT '', -- a keyed hash of all fields: the same key with others is another form
    roles        text[] NOT NULL DEFAULT '{}',
    "group"      uuid,
    PRIMARY KEY (institution, key)
);
CREATE INDEX idempotency_key_at ON idempotency_key USING brin (at); -- for retention; rows arrive in the order of time

-- What a bulk action or an import did, user by user, so that its result page can be shown again. Ids and codes only.
CREATE TABLE bulk_result (
    institution uuid NOT NULL REFERENCES institution,
    key         uuid NOT NULL,
    actor       uuid NOT NULL,
    action      text NOT NULL,
    product     text NOT NULL DEFAULT '',
    results     jsonb NOT NULL,
    at          timestamptz NOT NULL,
    "group"     uuid,
    PRIMARY KEY (institution, key)
);
CREATE INDEX bulk_result_at ON bulk_result USING brin (at);

-- The application can't give a session to another person, nor alter what an attempt to sign in was.
GRANT SELECT, INSERT, DELETE, UPDATE (data, expiry, revoked_at, revoked_reason) ON web_session TO areariservata;
GRANT SELECT, INSERT, DELETE, UPDATE (used_at) ON login_attempt TO areariservata;
GRANT SELECT, INSERT, DELETE ON saved_form TO areariservata;
GRANT SELECT, INSERT ON idempotency_key, bulk_result TO areariservata;

-- +goose Down
DROP TABLE bulk_result, idempotency_key, saved_form, login_attempt, web_session;
