-- A person may have a surname only (rule D2): then the first name is empty.

-- +goose Up
ALTER TABLE person DROP CONSTRAINT person_verified_first_name_check;
ALTER TABLE app_user DROP CONSTRAINT app_user_first_name_check;

-- +goose Down
ALTER TABLE app_user ADD CHECK (first_name <> '');
ALTER TABLE person ADD CHECK (verified_first_name <> '');
