-- The application's role, the catalogue of products and roles, and the institutions with their subscriptions.

-- +goose Up
-- The rights of the application: its login is a member of this role. Migrations and imports run as the tables' owner.
-- +goose StatementBegin
DO $$
BEGIN
    CREATE ROLE areariservata NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- roles belong to the cluster: another database made it
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
GRANT SELECT (version_id, is_applied) ON goose_db_version TO areariservata; -- to refuse an outdated schema at start

-- The catalogue is data, written by `areariservata import catalogue`.
CREATE TABLE product (
    id             text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{0,63}$'),
    position       integer NOT NULL, -- the catalogue's order
    title_it       text NOT NULL CHECK (title_it <> ''),
    title_en       text NOT NULL DEFAULT '',
    description_it text NOT NULL DEFAULT '',
    description_en text NOT NULL DEFAULT '',
    status         text NOT NULL CHECK (status IN ('active', 'testing', 'phase_out', 'inactive')),
    parent         text REFERENCES product -- a child has no users of its own
);

-- The roles that users can hold. Assignments refer to the key with the category, so that each has its role's category.
CREATE TABLE product_role (
    product  text NOT NULL REFERENCES product,
    role     text NOT NULL CHECK (role <> ''),
    category text NOT NULL CHECK (category IN ('administrator', 'operator')),
    PRIMARY KEY (product, role),
    UNIQUE (product, role, category)
);

-- How a role is shown and assigned in institutions of one type. An empty type is the default for types without rows.
CREATE TABLE role_offer (
    product          text NOT NULL,
    institution_type text NOT NULL,
    role             text NOT NULL,
    category         text NOT NULL,
    position         integer NOT NULL,
    label_it         text NOT NULL CHECK (label_it <> ''),
    label_en         text NOT NULL DEFAULT '',
    description_it   text NOT NULL DEFAULT '',
    description_en   text NOT NULL DEFAULT '',
    combines         text[] NOT NULL DEFAULT '{}', -- multirole groups
    assignable       text NOT NULL CHECK (assignable IN ('here', 'signature', 'elsewhere')),
    PRIMARY KEY (product, institution_type, role),
    FOREIGN KEY (product, role, category) REFERENCES product_role (product, role, category)
);

-- From here on the institution leads every key, so that all rows of one institution can live on one shard.
CREATE TABLE institution (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code       text NOT NULL UNIQUE CHECK (code <> ''), -- its identifier in data files
    name       text NOT NULL CHECK (name <> ''),
    type       text NOT NULL CHECK (type <> ''),
    -- The end of the audit log. Every change locks this row, and needs it to number its event: none can skip the lock.
    audit_seq  bigint NOT NULL DEFAULT 0,
    audit_head bytea NOT NULL DEFAULT ''
);

CREATE TABLE institution_product (
    institution uuid NOT NULL REFERENCES institution,
    product     text NOT NULL REFERENCES product,
    active      boolean NOT NULL,
    PRIMARY KEY (institution, product)
);

-- The products that an institution's users can see (rules, section 1): subscribed, not closed by the catalogue, and no
-- child of another product.
CREATE VIEW active_product AS
    SELECT ip.institution, ip.product, p.position
    FROM institution_product ip JOIN product p ON p.id = ip.product
    WHERE ip.active AND p.status <> 'inactive' AND p.parent IS NULL;

GRANT SELECT ON product, role_offer, active_product TO areariservata;
GRANT SELECT, UPDATE (audit_seq, audit_head) ON institution TO areariservata; -- locking a row requires UPDATE

-- +goose Down
DROP VIEW active_product;
DROP TABLE institution_product, institution, role_offer, product_role, product;
DROP OWNED BY areariservata; -- in this database only; the role itself belongs to the cluster
GRANT ALL ON SCHEMA public TO PUBLIC;
-- +goose StatementBegin
DO $$
BEGIN
    EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database());
END $$;
-- +goose StatementEnd
