-- What triggers need on a database that is distributed over several machines: no statement with both a transition table
-- and a table of ours, whose rows are elsewhere; no statement without a column; errors that give the constraint's name
-- where only code, message, detail and hint arrive; and a key for each table, by which its rows can be moved.

-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION raise_check_violation(constraint_name text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = constraint_name, MESSAGE = message, HINT = constraint_name;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION product_has_active_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM active_administrator WHERE institution = OLD.institution AND product = OLD.product) THEN
        PERFORM raise_check_violation('product_has_active_administrator', 'the last active administrator of a product');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION enrolment_has_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT 1 FROM enrolment e
               WHERE e.institution = r.institution AND e.person = r.person AND e.product = r.product)
       AND NOT EXISTS (SELECT 1 FROM assignment a
                       WHERE a.institution = r.institution AND a.person = r.person AND a.product = r.product) THEN
        PERFORM raise_check_violation('enrolment_has_assignment', 'an enrolment without an assignment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION user_has_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT 1 FROM app_user u WHERE u.institution = r.institution AND u.person = r.person)
       AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.institution = r.institution AND e.person = r.person) THEN
        PERFORM raise_check_violation('user_has_enrolment', 'a user without an enrolment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION joined_group_is_active() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM user_group g
    WHERE g.institution = NEW.institution AND g.id = NEW."group" AND g.status = 'active' FOR SHARE;
    IF NOT FOUND THEN
        PERFORM raise_check_violation('joined_group_is_active', 'a group that is not active');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION update_user_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM user_count;
    ELSIF TG_OP = 'INSERT' THEN
        FOR c IN
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, user_count_keys(category, roles, statuses) AS key, count(*) AS n
                FROM new_rows GROUP BY 1, 2, 3) k
            GROUP BY institution, product ORDER BY institution, product
        LOOP
            INSERT INTO user_count AS t (institution, product, users) VALUES (c.institution, c.product, c.users)
            ON CONFLICT (institution, product) DO UPDATE SET users = user_count_sum(t.users, excluded.users);
        END LOOP;
    ELSIF TG_OP = 'DELETE' THEN
        FOR c IN
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, user_count_keys(category, roles, statuses) AS key, -count(*) AS n
                FROM old_rows GROUP BY 1, 2, 3) k
            GROUP BY institution, product ORDER BY institution, product
        LOOP
            UPDATE user_count t SET users = user_count_sum(t.users, c.users)
            WHERE t.institution = c.institution AND t.product = c.product;
        END LOOP;
    ELSE
        -- A change of names or e-mail only leaves every number as it is, and writes nothing.
        FOR c IN
            SELECT institution, product, jsonb_object_agg(key, n) AS users FROM (
                SELECT institution, product, key, sum(one) AS n FROM (
                    SELECT institution, product, user_count_keys(category, roles, statuses) AS key, 1 AS one
                    FROM new_rows
                    UNION ALL
                    SELECT institution, product, user_count_keys(category, roles, statuses), -1 FROM old_rows) moved
                GROUP BY 1, 2, 3 HAVING sum(one) <> 0) k
            GROUP BY institution, product ORDER BY institution, product
        LOOP
            UPDATE user_count t SET users = user_count_sum(t.users, c.users)
            WHERE t.institution = c.institution AND t.product = c.product;
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION update_group_member_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE user_group SET member_count = 0;
    ELSIF TG_OP = 'INSERT' THEN
        FOR c IN SELECT institution, "group", count(*)::integer AS n FROM new_rows GROUP BY 1, 2 ORDER BY 1, 2 LOOP
            UPDATE user_group g SET member_count = g.member_count + c.n
            WHERE g.institution = c.institution AND g.id = c."group";
        END LOOP;
    ELSE
        FOR c IN SELECT institution, "group", count(*)::integer AS n FROM old_rows GROUP BY 1, 2 ORDER BY 1, 2 LOOP
            UPDATE user_group g SET member_count = g.member_count - c.n
            WHERE g.institution = c.institution AND g.id = c."group";
        END LOOP;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION update_audit_day() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE c record;
BEGIN
    FOR c IN
        SELECT institution, (at AT TIME ZONE 'Europe/Rome')::date AS day, min(seq) AS first_seq, max(seq) | 127 AS last_seq
        FROM new_rows GROUP BY 1, 2 ORDER BY 1, 2
    LOOP
        INSERT INTO audit_day AS d (institution, day, first_seq, last_seq)
        VALUES (c.institution, c.day, c.first_seq, c.last_seq)
        ON CONFLICT (institution, day) DO UPDATE
        SET first_seq = least(d.first_seq, excluded.first_seq), last_seq = greatest(d.last_seq, excluded.last_seq)
        WHERE excluded.first_seq < d.first_seq OR excluded.last_seq > d.last_seq;
    END LOOP;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Views are only inserted and counted, so nothing knows the key. The release before this one leaves it to its default.
ALTER TABLE profile_view ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(), ADD PRIMARY KEY (institution, id);

-- +goose Down
-- The functions stay as they are: those of before did the same.
ALTER TABLE profile_view DROP COLUMN id;
