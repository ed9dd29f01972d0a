-- Groups are changed from the pages too, some events are about nobody, and a form may be about several people.

-- +goose Up
ALTER TABLE audit_event ALTER COLUMN subject DROP NOT NULL; -- null: it is about a group, or a list taken along
ALTER TABLE form_once ALTER COLUMN subject DROP NOT NULL;

GRANT INSERT, DELETE ON user_group TO areariservata;
GRANT UPDATE (name) ON user_group TO areariservata;
GRANT DELETE ON group_member TO areariservata;
CREATE INDEX user_group_product ON user_group (institution, product);

-- What a form about several people did, person by person: its page can be shown again, and the same form again finds it.
-- Ids and words only.
CREATE TABLE batch (
    institution uuid NOT NULL REFERENCES institution,
    mark        uuid NOT NULL,
    actor       uuid NOT NULL,
    action      text NOT NULL,
    product     text NOT NULL DEFAULT '',
    results     jsonb NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (institution, mark)
);
GRANT SELECT, INSERT ON batch TO areariservata;

-- +goose Down
DROP TABLE batch;
DROP INDEX user_group_product;
REVOKE DELETE ON group_member FROM areariservata;
REVOKE UPDATE (name) ON user_group FROM areariservata;
REVOKE INSERT, DELETE ON user_group FROM areariservata;
ALTER TABLE form_once ALTER COLUMN subject SET NOT NULL;
ALTER TABLE audit_event ALTER COLUMN subject SET NOT NULL;
