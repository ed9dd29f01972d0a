-- The audit log of changes, and the record of profiles that were opened.

-- +goose Up
-- D5: events are numbered per institution without gaps, and each holds the hash of the one before. Ids have no foreign
-- keys, because the log outlives the users it names. before and after are json rather than jsonb, because their text is
-- part of what is hashed.
CREATE TABLE audit_event (
    institution uuid NOT NULL,
    seq         bigint NOT NULL CHECK (seq > 0),
    at          timestamptz NOT NULL,
    actor       uuid, -- null: an operator of the service, by a command
    action      text NOT NULL,
    subject     uuid, -- null: the event is about a group or an exported list
    product     text NOT NULL DEFAULT '',
    role        text NOT NULL DEFAULT '',
    before      json,
    after       json,
    previous    bytea NOT NULL, -- the hash of the event before, empty for the first
    hash        bytea NOT NULL,
    PRIMARY KEY (institution, seq)
);
CREATE INDEX audit_event_subject ON audit_event (institution, subject, seq);
-- The log is read by number, product by product: all events, those of one action, those of one actor.
CREATE INDEX audit_event_product ON audit_event (institution, product, seq) INCLUDE (at);
CREATE INDEX audit_event_action ON audit_event (institution, product, action, seq) INCLUDE (at);
CREATE INDEX audit_event_actor ON audit_event (institution, product, actor, seq) INCLUDE (at, action);

-- The owner of the table can't rewrite the log either, short of dropping the trigger: then the hashes show it.
-- +goose StatementBegin
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM raise_check_violation('audit_log_is_append_only', 'the audit log is only ever added to');
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
CREATE TRIGGER audit_log_is_not_truncated BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();

-- The range of event numbers of each day (of the Italian time zone), so that a log of a period starts at the right
-- number. Ranges may overlap, because clocks differ.
CREATE TABLE audit_day (
    institution uuid NOT NULL,
    day         date NOT NULL,
    first_seq   bigint NOT NULL,
    last_seq    bigint NOT NULL, -- an upper bound, raised in steps of 128: most events write nothing here
    PRIMARY KEY (institution, day)
);

-- +goose StatementBegin
CREATE FUNCTION update_audit_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_day AS d (institution, day, first_seq, last_seq)
    SELECT institution, (at AT TIME ZONE 'Europe/Rome')::date, min(seq), max(seq) | 127 FROM new_rows GROUP BY 1, 2
    ON CONFLICT (institution, day) DO UPDATE
    SET first_seq = least(d.first_seq, excluded.first_seq), last_seq = greatest(d.last_seq, excluded.last_seq)
    WHERE excluded.first_seq < d.first_seq OR excluded.last_seq > d.last_seq;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER update_audit_day AFTER INSERT ON audit_event REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_audit_day();

-- Profiles that were opened, because a profile shows a fiscal code. Also the basis of the rate limit, across replicas.
CREATE TABLE profile_view (
    institution uuid NOT NULL,
    actor       uuid NOT NULL,
    subject     uuid NOT NULL, -- as requested: there may be no such user
    at          timestamptz NOT NULL
);
CREATE INDEX profile_view_actor ON profile_view (actor, at);
CREATE INDEX profile_view_subject ON profile_view (institution, subject, at);
CREATE INDEX profile_view_at ON profile_view USING brin (at); -- for retention; rows arrive in the order of time

GRANT SELECT, INSERT ON audit_event TO areariservata;
GRANT SELECT ON audit_day TO areariservata;
GRANT INSERT, SELECT (actor, at) ON profile_view TO areariservata; -- the limit counts views; subjects are for auditors

-- +goose Down
DROP TABLE profile_view, audit_day, audit_event;
DROP FUNCTION update_audit_day, audit_log_is_append_only;
