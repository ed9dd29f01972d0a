-- What a check page shows, kept until it is confirmed: the browser sends back the key only.

-- +goose Up
-- The content is sealed for the key and the actor of its row. It is personal data, so rows live for two hours.
CREATE TABLE prepared_form (
    institution uuid NOT NULL REFERENCES institution,
    key         uuid NOT NULL,
    actor       uuid NOT NULL,
    sealed      bytea NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (institution, key)
);
CREATE INDEX prepared_form_at ON prepared_form (at);
GRANT SELECT, INSERT, DELETE ON prepared_form TO areariservata;

-- +goose Down
DROP TABLE prepared_form;
