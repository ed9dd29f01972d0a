-- A form that was sent when the session had just ended: it is found again after signing in. Encrypted with what the
-- browser's cookie holds and nothing else does.

-- +goose Up
CREATE TABLE kept_form (
    id_hash    bytea PRIMARY KEY,
    person     uuid NOT NULL, -- whose session it was: nobody else is shown it
    path       text NOT NULL,
    sealed     bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX kept_form_expires_at ON kept_form (expires_at);
GRANT SELECT, INSERT, DELETE ON kept_form TO areariservata;

-- +goose Down
DROP TABLE kept_form;
