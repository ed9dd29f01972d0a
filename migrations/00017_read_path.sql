-- Groups as large as their product, lists of the suspended, logs narrowed by anything: none of them reads more where there
-- is more to read.

-- +goose Up
-- Members stand in the order of the list, and each group knows how many it has. Both follow by triggers: no writer can
-- forget it.
ALTER TABLE group_member ADD COLUMN sort_key text COLLATE "C" NOT NULL DEFAULT ''; -- of the listing row
ALTER TABLE user_group ADD COLUMN members integer NOT NULL DEFAULT 0;
ALTER TABLE user_group SET (fillfactor = 70); -- rewritten as people come and go: room beside each row for its next version
CREATE INDEX group_member_sorted ON group_member (institution, "group", sort_key, person);
DROP INDEX group_member_person;
CREATE INDEX group_member_person ON group_member (institution, person, "group"); -- whole in itself, or another that has less of the key is read

-- Who changes their name isn't joining: in a suspended group too they stand where their name says.
DROP TRIGGER one_joins_active_groups ON group_member;
CREATE TRIGGER one_joins_active_groups BEFORE INSERT OR UPDATE OF institution, "group", product, person ON group_member
    FOR EACH ROW EXECUTE FUNCTION one_joins_active_groups();

-- +goose StatementBegin
CREATE FUNCTION member_stands_as_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT l.sort_key INTO NEW.sort_key FROM listing l
    WHERE l.institution = NEW.institution AND l.product = NEW.product AND l.person = NEW.person;
    NEW.sort_key := coalesce(NEW.sort_key, ''); -- not listed yet
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER member_stands_as_listed BEFORE INSERT ON group_member FOR EACH ROW EXECUTE FUNCTION member_stands_as_listed();

-- As the tables' owner, like all that follow here: the application itself can't write what lists are read by.
-- +goose StatementBegin
CREATE FUNCTION members_follow_listing() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE group_member SET sort_key = NEW.sort_key
    WHERE institution = NEW.institution AND person = NEW.person AND product = NEW.product AND sort_key <> NEW.sort_key;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER members_follow_listing AFTER UPDATE OF sort_key ON listing
    FOR EACH ROW WHEN (OLD.sort_key <> NEW.sort_key) EXECUTE FUNCTION members_follow_listing();

-- +goose StatementBegin
CREATE FUNCTION group_counts_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        UPDATE user_group SET members = 0;
    ELSIF TG_OP = 'INSERT' THEN
        UPDATE user_group g SET members = g.members + c.n FROM (SELECT institution, "group", count(*) AS n FROM came GROUP BY 1, 2) c
        WHERE g.institution = c.institution AND g.id = c."group";
    ELSE
        UPDATE user_group g SET members = g.members - c.n FROM (SELECT institution, "group", count(*) AS n FROM went GROUP BY 1, 2) c
        WHERE g.institution = c.institution AND g.id = c."group";
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER group_counts_insert AFTER INSERT ON group_member REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION group_counts_members();
CREATE TRIGGER group_counts_delete AFTER DELETE ON group_member REFERENCING OLD TABLE AS went
    FOR EACH STATEMENT EXECUTE FUNCTION group_counts_members();
CREATE TRIGGER group_counts_truncate AFTER TRUNCATE ON group_member
    FOR EACH STATEMENT EXECUTE FUNCTION group_counts_members();

-- One row a suspended role, in the orders in which lists are read. The state stays out of the indexes of assignment and
-- listing, so that suspending rewrites their rows and no index of theirs; the suspended are few, and found here.
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
CREATE INDEX suspension_listed ON suspension (institution, product, category, sort_key, person);
CREATE INDEX suspension_listed_by_email ON suspension (institution, product, category, email, person);
CREATE INDEX suspension_role ON suspension (institution, product, role, sort_key, person);
CREATE INDEX suspension_role_by_email ON suspension (institution, product, role, email, person);
GRANT SELECT ON suspension TO areariservata;

-- +goose StatementBegin
CREATE FUNCTION suspension_follows_assignment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.status = 'suspended' THEN
        INSERT INTO suspension AS s (institution, person, product, role, category, sort_key, email)
        VALUES (NEW.institution, NEW.person, NEW.product, NEW.role, NEW.category, NEW.sort_key, NEW.email)
        ON CONFLICT (institution, person, product, role) DO UPDATE
        SET category = excluded.category, sort_key = excluded.sort_key, email = excluded.email;
    ELSE
        DELETE FROM suspension WHERE institution = NEW.institution AND person = NEW.person AND product = NEW.product AND role = NEW.role;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER suspension_follows_insert AFTER INSERT ON assignment
    FOR EACH ROW WHEN (NEW.status = 'suspended') EXECUTE FUNCTION suspension_follows_assignment();
CREATE TRIGGER suspension_follows_update AFTER UPDATE ON assignment
    FOR EACH ROW WHEN (OLD.status <> NEW.status OR (NEW.status = 'suspended' AND
        (OLD.sort_key, OLD.email, OLD.category) IS DISTINCT FROM (NEW.sort_key, NEW.email, NEW.category)))
    EXECUTE FUNCTION suspension_follows_assignment();

-- A log is walked by its numbers, product by product, as whoever reads it administers them: all of it, one action, one actor's.
CREATE INDEX audit_event_product ON audit_event (institution, product, seq) INCLUDE (at);
CREATE INDEX audit_event_action ON audit_event (institution, product, action, seq) INCLUDE (at);
CREATE INDEX audit_event_actor ON audit_event (institution, product, actor, seq) INCLUDE (at, action);

-- Between which numbers the events of a day lie (as days begin and end in Italy): a log of a period begins there. Clocks may
-- differ, so a day may reach into the next. The last number is a bound, moved by the hundred: most events write nothing here.
CREATE TABLE audit_day (
    institution uuid NOT NULL,
    day         date NOT NULL,
    first_seq   bigint NOT NULL,
    last_seq    bigint NOT NULL, -- none of the day's is beyond
    PRIMARY KEY (institution, day)
);
GRANT SELECT ON audit_day TO areariservata;

-- +goose StatementBegin
CREATE FUNCTION audit_days_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_day AS d (institution, day, first_seq, last_seq)
    SELECT institution, (at AT TIME ZONE 'Europe/Rome')::date, min(seq), max(seq) | 127 FROM came GROUP BY 1, 2
    ON CONFLICT (institution, day) DO UPDATE
    SET first_seq = least(d.first_seq, excluded.first_seq), last_seq = greatest(d.last_seq, excluded.last_seq)
    WHERE excluded.first_seq < d.first_seq OR excluded.last_seq > d.last_seq;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_days_follow AFTER INSERT ON audit_event REFERENCING NEW TABLE AS came
    FOR EACH STATEMENT EXECUTE FUNCTION audit_days_follow();

-- The list's two orders carry what is searched in: a word that many have is met along the order, without going to the rows; a rare one
-- is found by the trigram index.
DROP INDEX listing_sorted, listing_by_email;
CREATE INDEX listing_sorted ON listing (institution, product, sort_key, person) INCLUDE (search_key, category);
CREATE INDEX listing_by_email ON listing (institution, product, email, person) INCLUDE (search_key, category);

-- What is there already.
INSERT INTO audit_day SELECT institution, (at AT TIME ZONE 'Europe/Rome')::date, min(seq), max(seq) | 127 FROM audit_event GROUP BY 1, 2;
INSERT INTO suspension SELECT institution, person, product, role, category, sort_key, email FROM assignment WHERE status = 'suspended';
UPDATE user_group g SET members = c.n FROM (SELECT institution, "group", count(*) AS n FROM group_member GROUP BY 1, 2) c
WHERE g.institution = c.institution AND g.id = c."group";
UPDATE group_member m SET sort_key = l.sort_key FROM listing l
WHERE l.institution = m.institution AND l.product = m.product AND l.person = m.person;

-- +goose Down
DROP INDEX listing_sorted, listing_by_email;
CREATE INDEX listing_sorted ON listing (institution, product, sort_key, person);
CREATE INDEX listing_by_email ON listing (institution, product, email, person);
DROP TRIGGER audit_days_follow ON audit_event;
DROP FUNCTION audit_days_follow;
DROP TABLE audit_day;
DROP INDEX audit_event_actor, audit_event_action, audit_event_product;
DROP TRIGGER suspension_follows_update ON assignment;
DROP TRIGGER suspension_follows_insert ON assignment;
DROP FUNCTION suspension_follows_assignment;
DROP TABLE suspension;
DROP TRIGGER group_counts_truncate ON group_member;
DROP TRIGGER group_counts_delete ON group_member;
DROP TRIGGER group_counts_insert ON group_member;
DROP TRIGGER members_follow_listing ON listing;
DROP TRIGGER member_stands_as_listed ON group_member;
DROP FUNCTION group_counts_members, members_follow_listing, member_stands_as_listed;
DROP TRIGGER one_joins_active_groups ON group_member;
CREATE TRIGGER one_joins_active_groups BEFORE INSERT OR UPDATE ON group_member
    FOR EACH ROW EXECUTE FUNCTION one_joins_active_groups();
DROP INDEX group_member_sorted, group_member_person;
CREATE INDEX group_member_person ON group_member (institution, person);
ALTER TABLE user_group RESET (fillfactor);
ALTER TABLE user_group DROP COLUMN members;
ALTER TABLE group_member DROP COLUMN sort_key;
