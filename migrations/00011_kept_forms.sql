-- A form that was sent and not carried out is kept like the content of a check page, and shown again by a page with an
-- address of its own: no page is the answer to a form.

-- +goose Up
ALTER TABLE prepared_form ADD COLUMN kind text NOT NULL DEFAULT 'import' CHECK (kind IN ('import', 'form'));
ALTER TABLE profile_view ADD COLUMN form uuid; -- the form that the page shows again: loading it again is the same view
GRANT SELECT (form) ON profile_view TO areariservata;

-- +goose Down
REVOKE SELECT (form) ON profile_view FROM areariservata;
ALTER TABLE profile_view DROP COLUMN form;
ALTER TABLE prepared_form DROP COLUMN kind;
