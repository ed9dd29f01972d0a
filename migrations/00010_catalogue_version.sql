-- The catalogue's version, which changes with every statement that changes the catalogue: the application reads the
-- catalogue itself only when it has no copy of the present version.

-- +goose Up
-- Random, so that a restored database never has the version of another content.
CREATE TABLE catalogue_version (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single), -- one row
    version uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO catalogue_version DEFAULT VALUES;

-- +goose StatementBegin
CREATE FUNCTION renew_catalogue_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE catalogue_version SET version = gen_random_uuid();
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER renew_catalogue_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON product
    FOR EACH STATEMENT EXECUTE FUNCTION renew_catalogue_version();
CREATE TRIGGER renew_catalogue_version AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON role_offer
    FOR EACH STATEMENT EXECUTE FUNCTION renew_catalogue_version();

GRANT SELECT ON catalogue_version TO areariservata;

-- +goose Down
DROP TRIGGER renew_catalogue_version ON role_offer;
DROP TRIGGER renew_catalogue_version ON product;
DROP FUNCTION renew_catalogue_version;
DROP TABLE catalogue_version;
