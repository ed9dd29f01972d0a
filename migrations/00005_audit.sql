-- Who did what to whom, and the forms that did it.

-- +goose Up
-- D5. Numbered per institution without gaps, each event chained to the one before. Ids only, by no foreign key: the log
-- outlives whom it speaks of. before and after are json, not jsonb: their text is part of what is hashed.
CREATE TABLE audit_event (
    institution uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    at          timestamptz NOT NULL,
    actor       uuid, -- null: the operator of the service, by a command
    action      text NOT NULL,
    subject     uuid NOT NULL,
    product     text NOT NULL DEFAULT '',
    role        text NOT NULL DEFAULT '',
    before      json,
    after       json,
    previous    bytea NOT NULL, -- the hash of the event before, empty for the first
    hash        bytea NOT NULL,
    PRIMARY KEY (institution, seq)
);

-- Nobody rewrites the log, the owner of the table included (short of dropping the trigger, which leaves the chain to tell).
-- +goose StatementBegin
CREATE FUNCTION audit_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('audit_is_written_once', 'the audit log is only ever added to');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_is_written_once BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_is_written_once();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_written_once();

-- P6: a form's one-time mark, with the one change that it made. The same form again finds its first outcome here.
CREATE TABLE form_once (
    institution uuid NOT NULL REFERENCES institution,
    mark        uuid NOT NULL,
    actor       uuid NOT NULL,
    action      text NOT NULL,
    subject     uuid NOT NULL,
    product     text NOT NULL,
    role        text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (institution, mark)
);

-- +goose Down
DROP TABLE form_once;
DROP TRIGGER audit_is_not_emptied ON audit_event;
DROP TABLE audit_event;
DROP FUNCTION audit_is_written_once;
