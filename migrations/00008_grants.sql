-- What the application may do: whoever logs in for it is a member of this role. Migrations and imports run as the owner.

-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    CREATE ROLE areariservata NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- roles belong to the cluster: another database has made it
END $$;
-- +goose StatementEnd
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO areariservata;
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE format('REVOKE TEMP ON DATABASE %I FROM PUBLIC', current_database());
END $$;
-- +goose StatementEnd

GRANT SELECT ON product, role_offer, active_product TO areariservata;
GRANT SELECT, UPDATE (audit_seq, audit_head) ON institution TO areariservata; -- the row's lock needs a column to update
GRANT SELECT ON person, app_user, enrolment, assignment, listing, user_group, group_member TO areariservata;
GRANT UPDATE (status) ON assignment TO areariservata;
GRANT UPDATE (statuses) ON listing TO areariservata;
GRANT SELECT, INSERT ON audit_event, form_once TO areariservata;
GRANT SELECT, INSERT, UPDATE, DELETE ON web_session, login_attempt TO areariservata;
GRANT SELECT ON goose_db_version TO areariservata; -- to refuse a schema that isn't the expected one

-- +goose Down
DROP OWNED BY areariservata; -- in this database only; the role itself belongs to the cluster
GRANT ALL ON SCHEMA public TO PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database());
END $$;
-- +goose StatementEnd
