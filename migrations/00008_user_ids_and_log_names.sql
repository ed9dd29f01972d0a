-- A user's id is the institution's own: the column person of every table of an institution. It does not show that the
-- same person is a user elsewhere (rule P10). What belongs to the user alone moves from person to app_user, and what
-- the audit log needs of a user outlives them in user_history (rule P7).
--
-- Existing users keep their ids, which are also the ids of their persons: addresses and logs stay valid. Their names,
-- language and encrypted fiscal code are copied from person. The log's keys of people who were removed before were
-- deleted with them, so the log names them no longer.

-- +goose Up
-- The audit log's part of a user. Deleted by `areariservata erase`, and by `retain` when the log's retention is over;
-- the application has no right to.
CREATE TABLE user_history (
    institution      uuid NOT NULL REFERENCES institution,
    person           uuid NOT NULL DEFAULT gen_random_uuid(), -- the user's id in this institution
    fiscal_code_hash bytea NOT NULL, -- finds the id of a person who is added again
    -- Encrypts the names and e-mails in the audit log: they become unreadable when the row is deleted.
    key              bytea NOT NULL
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    name_sealed      text, -- of a removed user, at the removal
    removed_at       timestamptz, -- null: a user now
    PRIMARY KEY (institution, person),
    UNIQUE (institution, fiscal_code_hash),
    CHECK ((name_sealed IS NULL) = (removed_at IS NULL))
);
CREATE INDEX user_history_fiscal_code ON user_history (fiscal_code_hash); -- for an erasure
CREATE INDEX user_history_removed_at ON user_history (removed_at) WHERE removed_at IS NOT NULL; -- for retention
INSERT INTO user_history (institution, person, fiscal_code_hash, key)
    SELECT u.institution, u.person, p.fiscal_code_hash, p.history_key FROM app_user u JOIN person p ON p.id = u.person;
GRANT SELECT, INSERT, UPDATE (name_sealed, removed_at) ON user_history TO areariservata;

ALTER TABLE app_user
    ADD COLUMN identity uuid REFERENCES person, -- who the user is, in all institutions
    ADD COLUMN fiscal_code_sealed bytea, -- encrypted for the user's id
    ADD COLUMN verified_at timestamptz, -- D4: the first sign-in after being added; null: names as typed
    ADD COLUMN language text CHECK (language IN ('it', 'en')); -- of the last use; null: no sign-in since being added
UPDATE app_user u
    SET identity = p.id, fiscal_code_sealed = p.fiscal_code_sealed, verified_at = p.verified_at, language = p.language,
        first_name = coalesce(p.verified_first_name, u.first_name),
        last_name = coalesce(p.verified_last_name, u.last_name)
    FROM person p WHERE p.id = u.person;
ALTER TABLE app_user
    ALTER COLUMN identity SET NOT NULL,
    ALTER COLUMN fiscal_code_sealed SET NOT NULL,
    DROP CONSTRAINT app_user_person_fkey,
    ADD FOREIGN KEY (institution, person) REFERENCES user_history;
DROP INDEX app_user_person, assignment_person; -- no id is looked up over all institutions any more
CREATE UNIQUE INDEX app_user_identity ON app_user (identity, institution);
ALTER TABLE person DROP COLUMN fiscal_code_sealed, DROP COLUMN history_key;
GRANT UPDATE (verified_at, language) ON app_user TO areariservata;

-- P8, D4: a user stays the same person, and verified names never change.
-- +goose StatementBegin
CREATE FUNCTION user_identity_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.institution, NEW.person, NEW.identity, NEW.fiscal_code_sealed)
       IS DISTINCT FROM (OLD.institution, OLD.person, OLD.identity, OLD.fiscal_code_sealed) THEN
        PERFORM raise_check_violation('fiscal_code_is_immutable', 'a user stays the same person');
    END IF;
    IF OLD.verified_at IS NOT NULL AND (NEW.first_name, NEW.last_name, NEW.verified_at)
       IS DISTINCT FROM (OLD.first_name, OLD.last_name, OLD.verified_at) THEN
        PERFORM raise_check_violation('verified_names_are_immutable', 'verified names never change');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER user_identity_is_immutable BEFORE UPDATE ON app_user
    FOR EACH ROW EXECUTE FUNCTION user_identity_is_immutable();

-- The limit of profile views counts a person's in all institutions.
ALTER TABLE profile_view ADD COLUMN viewer uuid; -- the actor's person
UPDATE profile_view SET viewer = actor;
ALTER TABLE profile_view ALTER COLUMN viewer SET NOT NULL;
DROP INDEX profile_view_actor;
CREATE INDEX profile_view_viewer ON profile_view (viewer, at);
REVOKE SELECT (actor) ON profile_view FROM areariservata;
GRANT SELECT (viewer) ON profile_view TO areariservata;

-- +goose Down
REVOKE SELECT (viewer) ON profile_view FROM areariservata;
GRANT SELECT (actor) ON profile_view TO areariservata;
ALTER TABLE profile_view DROP COLUMN viewer;
CREATE INDEX profile_view_actor ON profile_view (actor, at);
DROP TRIGGER user_identity_is_immutable ON app_user;
DROP FUNCTION user_identity_is_immutable;
-- Ids and encrypted codes cannot become those of persons again: only a database without users is taken back.
ALTER TABLE person
    ADD COLUMN fiscal_code_sealed bytea NOT NULL,
    ADD COLUMN history_key bytea NOT NULL
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex');
ALTER TABLE app_user
    DROP COLUMN identity, DROP COLUMN fiscal_code_sealed, DROP COLUMN verified_at, DROP COLUMN language,
    ADD FOREIGN KEY (person) REFERENCES person,
    DROP CONSTRAINT app_user_institution_person_fkey;
CREATE INDEX app_user_person ON app_user (person);
CREATE INDEX assignment_person ON assignment (person);
DROP TABLE user_history;
