-- People, users, assignments, groups, and what must never be true of them.

-- +goose Up
-- A person, beyond any institution. The fiscal code is never here in clear: one column finds it (a keyed hash), the
-- other shows it (encrypted); the keys are not in the database.
CREATE TABLE person (
    id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    fiscal_code_hash    bytea NOT NULL UNIQUE,
    fiscal_code_sealed  bytea NOT NULL,
    verified_first_name text CHECK (verified_first_name <> ''),
    verified_last_name  text CHECK (verified_last_name <> ''),
    verified_at         timestamptz,
    CHECK (num_nulls(verified_first_name, verified_last_name, verified_at) IN (0, 3))
);

-- A person within one institution. Names are kept here while nobody has verified them: they belong to whoever typed them.
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

-- One category a user and product: the primary key says so, and every assignment refers to it with its own category.
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
    sort_key    text COLLATE "C" NOT NULL, -- of the listing row, for lists of one role
    PRIMARY KEY (institution, person, product, role),
    CONSTRAINT assignment_has_its_enrolments_category
        FOREIGN KEY (institution, person, product, category) REFERENCES enrolment (institution, person, product, category),
    FOREIGN KEY (product, role, category) REFERENCES product_role (product, role, category)
) WITH (fillfactor = 85);
-- The state stays out of every index: to suspend somebody rewrites a row, not an index.
CREATE INDEX assignment_role ON assignment (institution, product, role, sort_key, person);
CREATE INDEX assignment_administrator ON assignment (institution, product) WHERE category = 'administrator';
CREATE INDEX assignment_of_role ON assignment (product, role); -- for a catalogue that would drop a role
CREATE INDEX assignment_person ON assignment (person);

-- What a row of a list shows, one row a user and product. Written with every change, nowhere else; it can be made again from the truth.
CREATE TABLE listing (
    institution uuid NOT NULL,
    product     text NOT NULL,
    person      uuid NOT NULL,
    sort_key    text COLLATE "C" NOT NULL, -- surname, tab, name, folded
    search_key  text COLLATE "C" NOT NULL, -- surname, name, e-mail, folded
    first_name  text NOT NULL,
    last_name   text NOT NULL,
    email       text NOT NULL,
    category    text NOT NULL,
    roles       text[] NOT NULL,
    statuses    text[] NOT NULL, -- of the role at the same place
    PRIMARY KEY (institution, product, person),
    FOREIGN KEY (institution, person, product) REFERENCES enrolment ON DELETE CASCADE
) WITH (fillfactor = 85);
CREATE INDEX listing_sorted ON listing (institution, product, sort_key, person);
CREATE INDEX listing_administrators ON listing (institution, product, sort_key, person) WHERE category = 'administrator';

CREATE TABLE user_group (
    institution uuid NOT NULL,
    id          uuid NOT NULL DEFAULT gen_random_uuid(),
    product     text NOT NULL,
    name        text NOT NULL CHECK (name <> ''),
    status      text NOT NULL CHECK (status IN ('active', 'suspended')),
    PRIMARY KEY (institution, id),
    UNIQUE (institution, id, product),
    UNIQUE (institution, product, name),
    FOREIGN KEY (institution, product) REFERENCES institution_product
);

-- Members hold a role on the group's product: with the last role there, the membership goes.
CREATE TABLE group_member (
    institution uuid NOT NULL,
    "group"     uuid NOT NULL,
    product     text NOT NULL,
    person      uuid NOT NULL,
    PRIMARY KEY (institution, "group", person),
    FOREIGN KEY (institution, "group", product) REFERENCES user_group (institution, id, product),
    FOREIGN KEY (institution, person, product) REFERENCES enrolment ON DELETE CASCADE
);
CREATE INDEX group_member_person ON group_member (institution, person);

-- +goose Down
DROP TABLE group_member, user_group, listing, assignment, enrolment, app_user, person;
