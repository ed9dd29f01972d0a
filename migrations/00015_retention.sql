-- What has had its day is found by its age, and the application reads no more than it asks for.

-- +goose Up
-- Rows come in the order of time, so a few bytes a block are enough.
CREATE INDEX profile_view_at ON profile_view USING brin (at);
CREATE INDEX form_once_at ON form_once USING brin (at);
CREATE INDEX batch_at ON batch USING brin (at);

-- It counts how many profiles somebody opened; whose they were is for those who look into it afterwards.
REVOKE SELECT ON profile_view FROM areariservata;
GRANT SELECT (actor, at) ON profile_view TO areariservata;
REVOKE SELECT ON goose_db_version FROM areariservata;
GRANT SELECT (version_id, is_applied) ON goose_db_version TO areariservata;

-- A session stays its person's, and an attempt to sign in what it was.
REVOKE UPDATE ON web_session, login_attempt FROM areariservata;
GRANT UPDATE (data, expiry, revoked_at, revoked_why) ON web_session TO areariservata;
GRANT UPDATE (used_at) ON login_attempt TO areariservata;

-- +goose Down
REVOKE UPDATE (used_at) ON login_attempt FROM areariservata;
REVOKE UPDATE (data, expiry, revoked_at, revoked_why) ON web_session FROM areariservata;
GRANT UPDATE ON web_session, login_attempt TO areariservata;
REVOKE SELECT (version_id, is_applied) ON goose_db_version FROM areariservata;
GRANT SELECT ON goose_db_version TO areariservata;
REVOKE SELECT (actor, at) ON profile_view FROM areariservata;
GRANT SELECT ON profile_view TO areariservata;
DROP INDEX batch_at, form_once_at, profile_view_at;
