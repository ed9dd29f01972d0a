-- What lists and their numbers are read from, all of it derived from users, assignments and groups: listing rows, which
-- the application writes with every change, and suspensions, counts and the order of members, which triggers keep.
-- `areariservata repair` rebuilds them. Triggers that write run as the tables' owner, because the application has no
-- right to write those columns itself.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- One row a user and product: what a row of a list shows.
CREATE TABLE listing (
    institution uuid NOT NULL,
    product     text NOT NULL,
    person      uuid NOT NULL,
    sort_key    text COLLATE "C" NOT NULL, -- last name, tab, first name, folded
    search_key  text COLLATE "C" NOT NULL, -- last name, first name, e-mail, folded
    first_name  text NOT NULL,
    last_name   text NOT NULL,
    email       text COLLATE "C" NOT NULL,
    category    text NOT NULL,
    roles       text[] NOT NULL,
    statuses    text[] NOT NULL, -- of the role at the same index
    PRIMARY KEY (institution, product, person),
    FOREIGN KEY (institution, person, product) REFERENCES enrolment ON DELETE CASCADE
) WITH (fillfactor = 85);
-- A search for a frequent word scans the order, and finds the word in the index. A rare one uses the trigram index,
-- which begins with the institution because it would match the whole country otherwise.
CREATE INDEX listing_by_name ON listing (institution, product, sort_key, person) INCLUDE (search_key, category);
CREATE INDEX listing_by_email ON listing (institution, product, email, person) INCLUDE (search_key, category);
CREATE INDEX listing_search ON listing USING gin (institution, product, search_key gin_trgm_ops);
CREATE INDEX listing_administrators_by_name ON listing (institution, product, sort_key, person)
    WHERE category = 'administrator';
CREATE INDEX listing_administrators_by_email ON listing (institution, product, email, person)
    WHERE category = 'administrator';
GRANT SELECT, INSERT ON listing TO areariservata; -- rows are deleted with their enrolment
GRANT UPDATE (sort_key, search_key, first_name, last_name, email, roles, statuses) ON listing TO areariservata;

-- One row a suspended role, in the orders of lists. No index of assignment and listing holds the status, so that a
-- suspension writes no index entry there; suspended roles are few.
CREATE TABLE suspension (
    institution uuid NOT NULL,
    person      uuid NOT NULL,
    product     text NOT NULL,
    role        text NOT NULL,
    category    text NOT NULL,
    sort_key    text COLLATE "C" NOT NULL,
    email       text COLLATE "C" NOT NULL,
    PRIMARY KEY (institution, person, product, role),
    FOREIGN KEY (institution, person, product, role) REFERENCES assignment ON DELETE CASCADE
);
CREATE INDEX suspension_by_name ON suspension (institution, product, category, sort_key, person);
CREATE INDEX suspension_by_email ON suspension (institution, product, category, email, person);
CREATE INDEX suspension_role_by_name ON suspension (institution, product, role, sort_key, person);
CREATE INDEX suspension_role_by_email ON suspension (institution, product, role, email, person);
GRANT SELECT ON suspension TO areariservata;

-- +goose StatementBegin
CREATE FUNCTION update_suspension() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.status = 'suspended' THEN
        INSERT INTO suspension AS s (institution, person, product, role, category, sort_key, email)
        VALUES (NEW.institution, NEW.person, NEW.product, NEW.role, NEW.category, NEW.sort_key, NEW.email)
        ON CONFLICT (institution, person, product, role) DO UPDATE
        SET category = excluded.category, sort_key = excluded.sort_key, email = excluded.email;
    ELSE
        DELETE FROM suspension
        WHERE institution = NEW.institution AND person = NEW.person AND product = NEW.product AND role = NEW.role;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER suspension_on_insert AFTER INSERT ON assignment
    FOR EACH ROW WHEN (NEW.status = 'suspended') EXECUTE FUNCTION update_suspension();
CREATE TRIGGER suspension_on_update AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.status <> NEW.status OR (NEW.status = 'suspended' AND
        (OLD.sort_key, OLD.email, OLD.category) IS DISTINCT FROM (NEW.sort_key, NEW.email, NEW.category)))
    EXECUTE FUNCTION update_suspension();

-- How many users each product has, by status, category and role: a list shows its numbers without counting rows.
CREATE TABLE user_count (
    institution uuid NOT NULL,
    product     text NOT NULL,
    users       jsonb NOT NULL, -- by "status/category/role", an empty part meaning any; numbers above zero only
    PRIMARY KEY (institution, product),
    FOREIGN KEY (institution, product) REFERENCES institution_product ON DELETE CASCADE
) WITH (fillfactor = 50); -- every change rewrites a row: leaves room in the page for its next version
ALTER TABLE user_count ALTER COLUMN users SET STORAGE MAIN; -- compressed rather than moved out of the row
GRANT SELECT ON user_count TO areariservata;

-- The keys under which a listing row counts, each once.
-- +goose StatementBegin
CREATE FUNCTION user_count_keys(category text, roles text[], statuses text[]) RETURNS SETOF text
    LANGUAGE sql IMMUTABLE AS $$
    SELECT DISTINCT s.state || '/' || k.key
    FROM unnest(roles, statuses) AS held (role, status),
         LATERAL (VALUES (''), (held.status)) AS s (state),
         LATERAL (VALUES ('/'), (category || '/'), (category || '/' || held.role)) AS k (key)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION user_count_sum(a jsonb, b jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, n), '{}')
    FROM (SELECT key, sum(value::int) AS n
          FROM (SELECT * FROM jsonb_each_text(a) UNION ALL SELECT * FROM jsonb_each_text(b)) both_of
          GROUP BY key HAVING sum(value::int) <> 0) summed
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION update_user_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM user_count;
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO user_count AS t (institution, product, users)
        SELECT institution, product, jsonb_object_agg(key, n) FROM (
            SELECT institution, product, user_count_keys(category, roles, statuses) AS key, count(*) AS n
            FROM new_rows GROUP BY 1, 2, 3) c
        GROUP BY institution, product
        ON CONFLICT (institution, product) DO UPDATE SET users = user_count_sum(t.users, excluded.users);
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE user_count t SET users = user_count_sum(t.users, c.users) FROM (
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, user_count_keys(category, roles, statuses) AS key, -count(*) AS n
                FROM old_rows GROUP BY 1, 2, 3) k
            GROUP BY institution, product) c
        WHERE t.institution = c.institution AND t.product = c.product;
    ELSE
        -- A change of names or e-mail only leaves every number as it is, and writes nothing.
        UPDATE user_count t SET users = user_count_sum(t.users, c.users) FROM (
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, key, sum(one) AS n FROM (
                    SELECT institution, product, user_count_keys(category, roles, statuses) AS key, 1 AS one
                    FROM new_rows
                    UNION ALL
                    SELECT institution, product, user_count_keys(category, roles, statuses), -1 FROM old_rows) moved
                GROUP BY 1, 2, 3 HAVING sum(one) <> 0) k
            GROUP BY institution, product) c
        WHERE t.institution = c.institution AND t.product = c.product;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER user_count_on_insert AFTER INSERT ON listing REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_user_count();
CREATE TRIGGER user_count_on_update AFTER UPDATE ON listing REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_user_count();
CREATE TRIGGER user_count_on_delete AFTER DELETE ON listing REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_user_count();
CREATE TRIGGER user_count_on_truncate AFTER TRUNCATE ON listing
    FOR EACH STATEMENT EXECUTE FUNCTION update_user_count();

-- +goose StatementBegin
CREATE FUNCTION set_group_member_sort_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT l.sort_key INTO NEW.sort_key FROM listing l
    WHERE l.institution = NEW.institution AND l.product = NEW.product AND l.person = NEW.person;
    NEW.sort_key := coalesce(NEW.sort_key, ''); -- not listed yet
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER set_group_member_sort_key BEFORE INSERT ON group_member
    FOR EACH ROW EXECUTE FUNCTION set_group_member_sort_key();

-- +goose StatementBegin
CREATE FUNCTION update_group_member_sort_key() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE group_member SET sort_key = NEW.sort_key
    WHERE institution = NEW.institution AND person = NEW.person AND product = NEW.product
      AND sort_key <> NEW.sort_key;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER update_group_member_sort_key AFTER UPDATE OF sort_key ON listing
    FOR EACH ROW WHEN (OLD.sort_key <> NEW.sort_key) EXECUTE FUNCTION update_group_member_sort_key();

-- +goose StatementBegin
CREATE FUNCTION update_group_member_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE user_group SET member_count = 0;
    ELSIF TG_OP = 'INSERT' THEN
        UPDATE user_group g SET member_count = g.member_count + c.n
        FROM (SELECT institution, "group", count(*) AS n FROM new_rows GROUP BY 1, 2) c
        WHERE g.institution = c.institution AND g.id = c."group";
    ELSE
        UPDATE user_group g SET member_count = g.member_count - c.n
        FROM (SELECT institution, "group", count(*) AS n FROM old_rows GROUP BY 1, 2) c
        WHERE g.institution = c.institution AND g.id = c."group";
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER member_count_on_insert AFTER INSERT ON group_member REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_group_member_count();
CREATE TRIGGER member_count_on_delete AFTER DELETE ON group_member REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION update_group_member_count();
CREATE TRIGGER member_count_on_truncate AFTER TRUNCATE ON group_member
    FOR EACH STATEMENT EXECUTE FUNCTION update_group_member_count();

-- +goose Down
DROP TRIGGER member_count_on_truncate ON group_member;
DROP TRIGGER member_count_on_delete ON group_member;
DROP TRIGGER member_count_on_insert ON group_member;
DROP TRIGGER set_group_member_sort_key ON group_member;
DROP TRIGGER suspension_on_update ON assignment;
DROP TRIGGER suspension_on_insert ON assignment;
DROP TABLE user_count, suspension, listing;
DROP FUNCTION update_group_member_count, update_group_member_sort_key, set_group_member_sort_key,
    update_user_count, user_count_sum, user_count_keys, update_suspension;
DROP EXTENSION btree_gin;
DROP EXTENSION pg_trgm;
