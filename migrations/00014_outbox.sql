-- What a change leaves to be done beyond its institution: written in the change, dispatched by a worker afterwards.

-- +goose Up
-- The number of the institution's last entry. Only the transaction that holds the institution's lock adds entries, so
-- that their numbers are in the order of their commits, without gaps.
ALTER TABLE institution ADD COLUMN outbox_seq bigint NOT NULL DEFAULT 0;

-- Kinds and payloads: internal/store/outbox. An entry is deleted once it is dispatched, because it has personal data.
CREATE TABLE outbox (
    institution uuid NOT NULL REFERENCES institution,
    seq         bigint NOT NULL,
    kind        text NOT NULL CHECK (kind <> ''),
    payload     jsonb NOT NULL,
    at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (institution, seq)
);
CREATE INDEX outbox_at ON outbox (at); -- for the age of the oldest entry

-- The last entry of each institution that was dispatched: written in the transaction that dispatches it, whose lock of
-- the row keeps other workers away. A worker that is killed before it deletes the entries does not repeat them.
CREATE TABLE outbox_position (
    institution uuid PRIMARY KEY REFERENCES institution,
    seq         bigint NOT NULL DEFAULT 0
);

GRANT UPDATE (outbox_seq) ON institution TO areariservata;
GRANT SELECT, INSERT, DELETE ON outbox TO areariservata;
GRANT SELECT, INSERT, UPDATE (seq) ON outbox_position TO areariservata;

-- +goose Down
DROP TABLE outbox_position;
DROP TABLE outbox;
ALTER TABLE institution DROP COLUMN outbox_seq;
