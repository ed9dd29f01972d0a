-- Everything that administrators do: what they may write, and what it leaves behind.

-- +goose Up
-- A form's whole content, by its keyed hash: the same mark with another content is another form.
ALTER TABLE form_once ADD COLUMN content bytea NOT NULL DEFAULT '';

-- What the log keeps of names and e-mails is encrypted with the person's own key, and can't be read any more once the
-- person's row is gone: the log stays whole and tells nothing of them.
ALTER TABLE person ADD COLUMN history_key bytea NOT NULL
    DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
ALTER TABLE person ADD COLUMN language text CHECK (language IN ('it', 'en')); -- as chosen; null: the browser's

GRANT INSERT ON person, app_user, enrolment, assignment, listing, group_member TO areariservata;
GRANT DELETE ON person, app_user, enrolment, assignment TO areariservata; -- listing rows and memberships go with the enrolment
GRANT UPDATE (verified_first_name, verified_last_name, verified_at, language) ON person TO areariservata;
GRANT UPDATE (first_name, last_name, email, version) ON app_user TO areariservata;
GRANT UPDATE (sort_key) ON assignment TO areariservata;
GRANT UPDATE (sort_key, search_key, first_name, last_name, email, roles) ON listing TO areariservata;
GRANT UPDATE (status) ON user_group TO areariservata; -- to lock the group that somebody joins

-- The log, by who was acted on.
CREATE INDEX audit_event_subject ON audit_event (institution, subject, seq);

-- +goose Down
DROP INDEX audit_event_subject;
REVOKE UPDATE (status) ON user_group FROM areariservata;
REVOKE UPDATE (sort_key, search_key, first_name, last_name, email, roles) ON listing FROM areariservata;
REVOKE UPDATE (sort_key) ON assignment FROM areariservata;
REVOKE UPDATE (first_name, last_name, email, version) ON app_user FROM areariservata;
REVOKE UPDATE (verified_first_name, verified_last_name, verified_at, language) ON person FROM areariservata;
REVOKE DELETE ON person, app_user, enrolment, assignment FROM areariservata;
REVOKE INSERT ON person, app_user, enrolment, assignment, listing, group_member FROM areariservata;
ALTER TABLE person DROP COLUMN language;
ALTER TABLE person DROP COLUMN history_key;
ALTER TABLE form_once DROP COLUMN content;
