-- Who asked to see whose profile, when: a profile shows a fiscal code. It is also what too many at once are told by, on
-- however many machines the site runs.

-- +goose Up
CREATE TABLE profile_view (
    institution uuid NOT NULL,
    actor       uuid NOT NULL,
    subject     uuid NOT NULL, -- as asked for: there may be nobody
    at          timestamptz NOT NULL
);
CREATE INDEX profile_view_actor ON profile_view (actor, at);
CREATE INDEX profile_view_subject ON profile_view (institution, subject, at);
GRANT SELECT, INSERT ON profile_view TO areariservata;

-- +goose Down
DROP TABLE profile_view;
