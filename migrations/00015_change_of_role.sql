-- A change of role (rule P13) changes a user's category on a product, where the groups stay.

-- +goose Up
GRANT UPDATE (category) ON enrolment, listing TO areariservata;
ALTER TABLE idempotency_key ADD COLUMN replaced text[] NOT NULL DEFAULT '{}'; -- the roles that the change took away, to undo it

-- +goose Down
ALTER TABLE idempotency_key DROP COLUMN replaced;
REVOKE UPDATE (category) ON enrolment, listing FROM areariservata;
