-- People, users, assignments and groups, with the invariants that PostgreSQL enforces independently of the application.
-- The application recognises a violation by the constraint's name. The checks read rows of one institution only, which
-- every change has locked.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION raise_check_violation(constraint_name text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name, MESSAGE = message;
END $$;
-- +goose StatementEnd

-- A person, across institutions. The fiscal code is never stored in clear: a keyed hash finds the person, an encrypted
-- copy is shown. The keys are not in the database.
CREATE TABLE person (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fiscal_code_hash    bytea NOT NULL UNIQUE,
    fiscal_code_sealed  bytea NOT NULL,
    verified_first_name text CHECK (verified_first_name <> ''),
    verified_last_name  text CHECK (verified_last_name <> ''),
    verified_at         timestamptz,
    -- Encrypts the names and e-mails in the audit log: they become unreadable when the person's row is deleted.
    history_key         bytea NOT NULL
        DEFAULT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'),
    language            text CHECK (language IN ('it', 'en')), -- as chosen; null: the browser's
    CHECK (num_nulls(verified_first_name, verified_last_name, verified_at) IN (0, 3))
);

-- A person in one institution. Until they are verified, names belong to the institution that typed them.
CREATE TABLE app_user (
    institution uuid NOT NULL REFERENCES institution,
    person      uuid NOT NULL REFERENCES person,
    first_name  text NOT NULL CHECK (first_name <> ''),
    last_name   text NOT NULL CHECK (last_name <> ''),
    email       text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    version     integer NOT NULL DEFAULT 1,
    PRIMARY KEY (institution, person)
);
CREATE INDEX app_user_person ON app_user (person);

-- P5: the primary key allows one category a user and product, and every assignment refers to it with its own category.
CREATE TABLE enrolment (
    institution uuid NOT NULL,
    person      uuid NOT NULL,
    product     text NOT NULL,
    category    text NOT NULL CHECK (category IN ('administrator', 'operator')),
    PRIMARY KEY (institution, person, product),
    UNIQUE (institution, person, product, category),
    FOREIGN KEY (institution, person) REFERENCES app_user,
    FOREIGN KEY (institution, product) REFERENCES institution_product
);

CREATE TABLE assignment (
    institution uuid NOT NULL,
    person      uuid NOT NULL,
    product     text NOT NULL,
    role        text NOT NULL,
    category    text NOT NULL,
    status      text NOT NULL CHECK (status IN ('active', 'suspended')),
    sort_key    text COLLATE "C" NOT NULL,            -- of the listing row, for lists of one role
    email       text COLLATE "C" NOT NULL DEFAULT '', -- likewise
    PRIMARY KEY (institution, person, product, role),
    CONSTRAINT assignment_category_matches_enrolment
        FOREIGN KEY (institution, person, product, category)
        REFERENCES enrolment (institution, person, product, category),
    FOREIGN KEY (product, role, category) REFERENCES product_role (product, role, category)
) WITH (fillfactor = 85);
-- The status stays out of every index: a suspension rewrites the row, but no index entry.
CREATE INDEX assignment_role_by_name ON assignment (institution, product, role, sort_key, person);
CREATE INDEX assignment_role_by_email ON assignment (institution, product, role, email, person);
CREATE INDEX assignment_administrator ON assignment (institution, product) WHERE category = 'administrator';
CREATE INDEX assignment_product_role ON assignment (product, role); -- for a catalogue import that removes a role
CREATE INDEX assignment_person ON assignment (person);

CREATE TABLE user_group (
    institution  uuid NOT NULL,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    product      text NOT NULL,
    name         text NOT NULL CHECK (name <> ''),
    status       text NOT NULL CHECK (status IN ('active', 'suspended')),
    member_count integer NOT NULL DEFAULT 0, -- kept by triggers on group_member
    PRIMARY KEY (institution, id),
    UNIQUE (institution, id, product),
    UNIQUE (institution, product, name),
    FOREIGN KEY (institution, product) REFERENCES institution_product
) WITH (fillfactor = 70); -- leaves room in the page for the next version of a row
CREATE INDEX user_group_product ON user_group (institution, product);

-- Members hold a role on the group's product. The membership ends with the last of them.
CREATE TABLE group_member (
    institution uuid NOT NULL,
    "group"     uuid NOT NULL,
    product     text NOT NULL,
    person      uuid NOT NULL,
    sort_key    text COLLATE "C" NOT NULL DEFAULT '', -- of the listing row, kept by triggers
    PRIMARY KEY (institution, "group", person),
    FOREIGN KEY (institution, "group", product) REFERENCES user_group (institution, id, product),
    FOREIGN KEY (institution, person, product) REFERENCES enrolment ON DELETE CASCADE
);
CREATE INDEX group_member_by_name ON group_member (institution, "group", sort_key, person);
-- All columns of the primary key: with fewer, the planner can choose an index that narrows less.
CREATE INDEX group_member_person ON group_member (institution, person, "group");

-- Of these, P3 keeps one on each product.
CREATE VIEW active_administrator AS
    SELECT institution, product, person FROM assignment WHERE category = 'administrator' AND status = 'active';

-- P3: once a product has had an active Administrator, it keeps one.
-- +goose StatementBegin
CREATE FUNCTION product_has_active_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM active_administrator WHERE institution = OLD.institution AND product = OLD.product) THEN
        PERFORM raise_check_violation('product_has_active_administrator', 'the last active administrator of a product');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER product_has_active_administrator AFTER UPDATE OR DELETE ON assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.category = 'administrator' AND OLD.status = 'active') EXECUTE FUNCTION product_has_active_administrator();

-- P7: every enrolment has an assignment, every user has an enrolment.
-- +goose StatementBegin
CREATE FUNCTION enrolment_has_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT FROM enrolment e
               WHERE e.institution = r.institution AND e.person = r.person AND e.product = r.product)
       AND NOT EXISTS (SELECT FROM assignment a
                       WHERE a.institution = r.institution AND a.person = r.person AND a.product = r.product) THEN
        PERFORM raise_check_violation('enrolment_has_assignment', 'an enrolment without an assignment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER enrolment_has_assignment AFTER INSERT ON enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrolment_has_assignment();
CREATE CONSTRAINT TRIGGER enrolment_has_assignment AFTER DELETE ON assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrolment_has_assignment();

-- +goose StatementBegin
CREATE FUNCTION user_has_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT FROM app_user u WHERE u.institution = r.institution AND u.person = r.person)
       AND NOT EXISTS (SELECT FROM enrolment e WHERE e.institution = r.institution AND e.person = r.person) THEN
        PERFORM raise_check_violation('user_has_enrolment', 'a user without an enrolment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER user_has_enrolment AFTER INSERT ON app_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION user_has_enrolment();
CREATE CONSTRAINT TRIGGER user_has_enrolment AFTER DELETE ON enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION user_has_enrolment();

-- P9: new members join active groups only. The shared lock waits for a suspension of the group that is under way.
-- +goose StatementBegin
CREATE FUNCTION joined_group_is_active() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM user_group g
    WHERE g.institution = NEW.institution AND g.id = NEW."group" AND g.status = 'active' FOR SHARE;
    IF NOT FOUND THEN
        PERFORM raise_check_violation('joined_group_is_active', 'a group that is not active');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- Not on sort_key: a change of name moves members of suspended groups too.
CREATE TRIGGER joined_group_is_active BEFORE INSERT OR UPDATE OF institution, "group", product, person ON group_member
    FOR EACH ROW EXECUTE FUNCTION joined_group_is_active();

-- P8, D4: a fiscal code never changes, nor do verified names.
-- +goose StatementBegin
CREATE FUNCTION person_identity_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.fiscal_code_hash <> OLD.fiscal_code_hash THEN
        PERFORM raise_check_violation('fiscal_code_is_immutable', 'a fiscal code never changes');
    END IF;
    IF OLD.verified_at IS NOT NULL AND (NEW.verified_first_name, NEW.verified_last_name, NEW.verified_at)
       IS DISTINCT FROM (OLD.verified_first_name, OLD.verified_last_name, OLD.verified_at) THEN
        PERFORM raise_check_violation('verified_names_are_immutable', 'verified names never change');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER person_identity_is_immutable BEFORE UPDATE ON person
    FOR EACH ROW EXECUTE FUNCTION person_identity_is_immutable();

GRANT SELECT ON active_administrator TO areariservata;
GRANT SELECT, INSERT, DELETE ON person, app_user, enrolment, assignment, user_group, group_member TO areariservata;
GRANT UPDATE (verified_first_name, verified_last_name, verified_at, language) ON person TO areariservata;
GRANT UPDATE (first_name, last_name, email, version) ON app_user TO areariservata;
GRANT UPDATE (status, sort_key, email) ON assignment TO areariservata;
GRANT UPDATE (name, status) ON user_group TO areariservata;

-- +goose Down
DROP VIEW active_administrator;
DROP TABLE group_member, user_group, assignment, enrolment, app_user, person;
DROP FUNCTION person_identity_is_immutable, joined_group_is_active, user_has_enrolment, enrolment_has_assignment,
    product_has_active_administrator, raise_check_violation;
