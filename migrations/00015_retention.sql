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

-- +goose Down
REVOKE SELECT (version_id, is_applied) ON goose_db_version FROM areariservata;
GRANT SELECT ON goose_db_version TO areariservata;
REVOKE SELECT (actor, at) ON profile_view FROM areariservata;
GRANT SELECT ON profile_view TO areariservata;
DROP INDEX batch_at, form_once_at, profile_view_at;
