-- The catalogue: products and their roles. Data, never code: `areariservata import catalogue` writes it.

-- +goose Up
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

-- What can be held. The key with the category is what lets an assignment be of one category only.
CREATE TABLE product_role (
    product  text NOT NULL REFERENCES product,
    role     text NOT NULL CHECK (role <> ''),
    category text NOT NULL CHECK (category IN ('administrator', 'operator')),
    PRIMARY KEY (product, role),
    UNIQUE (product, role, category)
);

-- How a role is shown and given, for institutions of one type; '' stands for every type that has no rows of its own.
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

-- +goose Down
DROP TABLE role_offer, product_role, product;
