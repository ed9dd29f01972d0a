-- How many users each product has, by category, role and state, and lists in the order of their e-mails.

-- +goose Up
-- One row an institution and product, one number a key: "state/category/role", where what is left empty is any. Kept by
-- triggers on listing, in the transaction of the change: no writer can forget it, and none but them can write it. A list
-- shows its numbers without counting anybody, whatever the institution's size.
CREATE TABLE tally (
    institution uuid NOT NULL,
    product     text NOT NULL,
    users       jsonb NOT NULL, -- numbers above zero only
    PRIMARY KEY (institution, product),
    FOREIGN KEY (institution, product) REFERENCES institution_product ON DELETE CASCADE
) WITH (fillfactor = 50); -- rewritten with every change: room beside each row for its next version
ALTER TABLE tally ALTER COLUMN users SET STORAGE MAIN; -- many roles are compressed, and stay in the row

-- Under which keys a listing row counts, each once.
-- +goose StatementBegin
CREATE FUNCTION tally_keys(category text, roles text[], statuses text[]) RETURNS SETOF text LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT s.state || '/' || k.key
    FROM unnest(roles, statuses) AS held (role, status),
         LATERAL (VALUES (''), (held.status)) AS s (state),
         LATERAL (VALUES ('/'), (category || '/'), (category || '/' || held.role)) AS k (key)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION tally_sum(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, n), '{}')
    FROM (SELECT key, sum(value::int) AS n FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)) both_of
          GROUP BY key HAVING sum(value::int) <> 0) summed
$$;
-- +goose StatementEnd

-- As the tables' owner: the application itself can't write what it counts by.
-- +goose StatementBegin
CREATE FUNCTION tally_follows_listing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM tally;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO tally AS t (institution, product, users)
        SELECT institution, product, jsonb_object_agg(key, n) FROM (
            SELECT institution, product, tally_keys(category, roles, statuses) AS key, count(*) AS n FROM came GROUP BY 1, 2, 3) c
        GROUP BY institution, product
        ON CONFLICT (institution, product) DO UPDATE SET users = tally_sum(t.users, excluded.users);
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE tally t SET users = tally_sum(t.users, c.users) FROM (
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, tally_keys(category, roles, statuses) AS key, -count(*) AS n FROM went GROUP BY 1, 2, 3) k
            GROUP BY institution, product) c
        WHERE t.institution = c.institution AND t.product = c.product;
    ELSE
        -- What a change of names or e-mails leaves the same isn't written again.
        UPDATE tally t SET users = tally_sum(t.users, c.users) FROM (
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, key, sum(one) AS n FROM (
                    SELECT institution, product, tally_keys(category, roles, statuses) AS key, 1 AS one FROM came
                    UNION ALL
                    SELECT institution, product, tally_keys(category, roles, statuses), -1 FROM went) moved
                GROUP BY 1, 2, 3 HAVING sum(one) <> 0) k
            GROUP BY institution, product) c
        WHERE t.institution = c.institution AND t.product = c.product;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER tally_follows_insert AFTER INSERT ON listing REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION tally_follows_listing();
CREATE TRIGGER tally_follows_update AFTER UPDATE ON listing REFERENCING OLD TABLE AS went NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION tally_follows_listing();
CREATE TRIGGER tally_follows_delete AFTER DELETE ON listing REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION tally_follows_listing();
CREATE TRIGGER tally_follows_truncate AFTER TRUNCATE ON listing
    FOR EACH STATEMENT EXECUTE FUNCTION tally_follows_listing();

-- Those who are listed already. Nobody writes meanwhile: the triggers' creation holds the table.
INSERT INTO tally (institution, product, users)
SELECT institution, product, jsonb_object_agg(key, n) FROM (
    SELECT institution, product, tally_keys(category, roles, statuses) AS key, count(*) AS n FROM listing GROUP BY 1, 2, 3) c
GROUP BY institution, product;
GRANT SELECT ON tally TO areariservata;

-- Lists by e-mail: of everybody, of the Administrators, of one role; the same three as by name. The state stays out here too.
ALTER TABLE listing ALTER COLUMN email TYPE text COLLATE "C";
CREATE INDEX listing_by_email ON listing (institution, product, email, person);
CREATE INDEX listing_administrators_by_email ON listing (institution, product, email, person) WHERE category = 'administrator';
ALTER TABLE assignment ADD COLUMN email text COLLATE "C" NOT NULL DEFAULT ''; -- of the listing row, for lists of one role
CREATE INDEX assignment_role_by_email ON assignment (institution, product, role, email, person);
GRANT UPDATE (email) ON assignment TO areariservata;
UPDATE assignment a SET email = l.email FROM listing l -- the last step: checks that wait for the end let no index be made
WHERE l.institution = a.institution AND l.product = a.product AND l.person = a.person;

-- +goose Down
DROP INDEX assignment_role_by_email;
ALTER TABLE assignment DROP COLUMN email;
DROP INDEX listing_administrators_by_email, listing_by_email;
ALTER TABLE listing ALTER COLUMN email TYPE text COLLATE "default";
DROP TRIGGER tally_follows_truncate ON listing;
DROP TRIGGER tally_follows_delete ON listing;
DROP TRIGGER tally_follows_update ON listing;
DROP TRIGGER tally_follows_insert ON listing;
DROP FUNCTION tally_follows_listing;
DROP TABLE tally;
DROP FUNCTION tally_sum, tally_keys;
