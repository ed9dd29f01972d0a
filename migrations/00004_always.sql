-- What PostgreSQL holds even against a program that forgot to decide. Each refusal bears the name of its constraint, by
-- which the application knows it. All of them look at rows of one institution, whose lock every change holds.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION refuse(constraint_name text, message text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = constraint_name, MESSAGE = message;
END $$;
-- +goose StatementEnd

-- P3: a product keeps an active Administrator once it has had one.
-- +goose StatementBegin
CREATE FUNCTION product_keeps_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM assignment WHERE institution = OLD.institution AND product = OLD.product
                                            AND category = 'administrator' AND status = 'active') THEN
        PERFORM refuse('product_keeps_an_administrator', 'the last active administrator of a product');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER product_keeps_an_administrator AFTER UPDATE OR DELETE ON assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.category = 'administrator' AND OLD.status = 'active') EXECUTE FUNCTION product_keeps_an_administrator();

-- An enrolment has an assignment, a user has an enrolment.
-- +goose StatementBegin
CREATE FUNCTION enrolment_has_an_assignment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT FROM enrolment e WHERE e.institution = r.institution AND e.person = r.person AND e.product = r.product)
       AND NOT EXISTS (SELECT FROM assignment a WHERE a.institution = r.institution AND a.person = r.person AND a.product = r.product) THEN
        PERFORM refuse('enrolment_has_an_assignment', 'an enrolment without an assignment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER enrolment_has_an_assignment AFTER INSERT ON enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrolment_has_an_assignment();
CREATE CONSTRAINT TRIGGER enrolment_has_an_assignment AFTER DELETE ON assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION enrolment_has_an_assignment();

-- +goose StatementBegin
CREATE FUNCTION user_has_an_enrolment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r record;
BEGIN
    r := coalesce(NEW, OLD);
    IF EXISTS (SELECT FROM app_user u WHERE u.institution = r.institution AND u.person = r.person)
       AND NOT EXISTS (SELECT FROM enrolment e WHERE e.institution = r.institution AND e.person = r.person) THEN
        PERFORM refuse('user_has_an_enrolment', 'a user without an enrolment');
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER user_has_an_enrolment AFTER INSERT ON app_user
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION user_has_an_enrolment();
CREATE CONSTRAINT TRIGGER user_has_an_enrolment AFTER DELETE ON enrolment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION user_has_an_enrolment();

-- P9: one joins active groups only. The shared lock on the group waits for whoever is suspending it.
-- +goose StatementBegin
CREATE FUNCTION one_joins_active_groups() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM user_group g WHERE g.institution = NEW.institution AND g.id = NEW."group" AND g.status = 'active' FOR SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('one_joins_active_groups', 'a group that is not active');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER one_joins_active_groups BEFORE INSERT OR UPDATE ON group_member
    FOR EACH ROW EXECUTE FUNCTION one_joins_active_groups();

-- P8, D4: a fiscal code never changes, verified names neither.
-- +goose StatementBegin
CREATE FUNCTION person_is_who_they_are() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.fiscal_code_hash <> OLD.fiscal_code_hash THEN
        PERFORM refuse('person_keeps_the_fiscal_code', 'a fiscal code never changes');
    END IF;
    IF OLD.verified_at IS NOT NULL AND (NEW.verified_first_name, NEW.verified_last_name, NEW.verified_at)
       IS DISTINCT FROM (OLD.verified_first_name, OLD.verified_last_name, OLD.verified_at) THEN
        PERFORM refuse('person_keeps_verified_names', 'verified names never change');
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER person_is_who_they_are BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION person_is_who_they_are();

-- +goose Down
DROP TRIGGER person_is_who_they_are ON person;
DROP TRIGGER one_joins_active_groups ON group_member;
DROP TRIGGER user_has_an_enrolment ON enrolment;
DROP TRIGGER user_has_an_enrolment ON app_user;
DROP TRIGGER enrolment_has_an_assignment ON assignment;
DROP TRIGGER enrolment_has_an_assignment ON enrolment;
DROP TRIGGER product_keeps_an_administrator ON assignment;
DROP FUNCTION person_is_who_they_are, one_joins_active_groups, user_has_an_enrolment, enrolment_has_an_assignment,
    product_keeps_an_administrator, refuse;
