-- Institutions and what they have subscribed to. The institution leads every key from here on: all that belongs to one
-- can live on one machine of many.

-- +goose Up
CREATE TABLE institution (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    code       text NOT NULL UNIQUE CHECK (code <> ''), -- the name that data files know it by
    name       text NOT NULL CHECK (name <> ''),
    type       text NOT NULL CHECK (type <> ''),
    -- The audit log's end. The row is also the lock of every change, so a change that forgot the lock couldn't number its event.
    audit_seq  bigint NOT NULL DEFAULT 0,
    audit_head bytea NOT NULL DEFAULT ''
);

CREATE TABLE institution_product (
    institution uuid NOT NULL REFERENCES institution,
    product     text NOT NULL REFERENCES product,
    active      boolean NOT NULL,
    PRIMARY KEY (institution, product)
);

-- The products that exist for an institution's users (rules, section 1): it has an active subscription, and the catalogue hasn't
-- closed them. Children have no users of their own.
CREATE VIEW active_product AS
    SELECT ip.institution, ip.product, p.position
    FROM institution_product ip JOIN product p ON p.id = ip.product
    WHERE ip.active AND p.status <> 'inactive' AND p.parent IS NULL;

-- +goose Down
DROP VIEW active_product;
DROP TABLE institution_product, institution;
