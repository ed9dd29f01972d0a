-- Search by any part of a name. The institution leads the index: a trigram index that doesn't start with it matches the
-- whole country first.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE INDEX listing_search ON listing USING gin (institution, product, search_key gin_trgm_ops);

-- +goose Down
DROP INDEX listing_search;
DROP EXTENSION btree_gin;
DROP EXTENSION pg_trgm;
