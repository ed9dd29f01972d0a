-- What a form did is told by name: which roles it gave, which group it was about.

-- +goose Up
ALTER TABLE form_once ADD COLUMN roles text[] NOT NULL DEFAULT '{}', ADD COLUMN "group" uuid;
ALTER TABLE batch ADD COLUMN "group" uuid;

-- +goose Down
ALTER TABLE batch DROP COLUMN "group";
ALTER TABLE form_once DROP COLUMN "group", DROP COLUMN roles;
