-- Distributes a migrated database by institution over the nodes of a Citus cluster (README.md). Runs once, on the
-- coordinator, as the owner of the tables, with the site stopped: whole or not at all. Rows that exist are kept.
--
--   psql -X -v ON_ERROR_STOP=1 --single-transaction -d areariservata -f distribute.sql

SET LOCAL client_min_messages = warning;
SET LOCAL citus.multi_shard_modify_mode = 'sequential'; -- one connection a node, for the whole transaction

-- A unique constraint must contain the column of the distribution. The code is an institution's name in data files:
-- imports of data, which alone make institutions, run one at a time and look each code up first.
ALTER TABLE institution DROP CONSTRAINT institution_code_key;
CREATE INDEX institution_code ON institution (code);

-- Citus takes foreign keys only when both tables are distributed. Triggers would run once more for each row that is
-- copied to its node.
CREATE TEMP TABLE foreign_keys ON COMMIT DROP AS
    SELECT conrelid::regclass::text AS of, conname AS name, pg_get_constraintdef(oid) AS definition,
        confrelid::regclass::text AS referred
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0;
CREATE TEMP TABLE triggers ON COMMIT DROP AS
    SELECT tgrelid::regclass::text AS of, tgname AS name, pg_get_triggerdef(oid) AS definition
    FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 AND tgrelid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'river\_%');
CREATE TEMP TABLE view_rights ON COMMIT DROP AS
    SELECT c.oid::regclass::text AS of, x.privilege_type AS privilege, x.grantee::regrole::text AS grantee
    FROM pg_class c, aclexplode(c.relacl) x
    WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace AND x.grantee <> c.relowner AND x.grantee <> 0;

DO $$
DECLARE
    r record;
    -- Stay on the coordinator beside River's queue, with which they change in one transaction.
    here text[] := ARRAY['outbox_position'];
BEGIN
    FOR r IN SELECT * FROM foreign_keys LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.of, r.name);
    END LOOP;
    FOR r IN SELECT * FROM triggers LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', r.name, r.of);
    END LOOP;

    -- On every node, whole: what an import of the catalogue writes.
    FOR r IN SELECT unnest(ARRAY['product', 'product_role', 'role_offer']) AS name LOOP
        PERFORM create_reference_table(r.name);
    END LOOP;
    -- By institution: the rows of one are on one node.
    PERFORM create_distributed_table('institution', 'id', colocate_with => 'none');
    FOR r IN
        SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        AND a.attname = 'institution' AND NOT a.attisdropped AND c.relname <> ALL (here) ORDER BY 1
    LOOP
        PERFORM create_distributed_table(r.name, 'institution', colocate_with => 'institution');
    END LOOP;

    -- Everything else is on the coordinator: people, sessions, e-mails. No foreign key can lead there from other nodes, nor
    -- the other way.
    FOR r IN
        SELECT k.* FROM foreign_keys k WHERE (of = ANY (here) OR k.referred = 'person') IS FALSE ORDER BY of, name
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', r.of, r.name, r.definition);
    END LOOP;
    -- A trigger on TRUNCATE would have to reach other nodes; only the owner's own hand truncates these tables. Those of the
    -- catalogue do not run: an import renews the catalogue's version itself.
    FOR r IN SELECT * FROM triggers WHERE definition NOT LIKE '%AFTER TRUNCATE%' ORDER BY of, name LOOP
        EXECUTE r.definition;
    END LOOP;
    -- A view is recreated with its tables, without the rights on it.
    FOR r IN SELECT * FROM view_rights LOOP
        EXECUTE format('GRANT %s ON %s TO %s', r.privilege, r.of, r.grantee);
    END LOOP;
END $$;

-- The statement of a view runs on the node with the connection's login, not the view owner's.
GRANT SELECT ON institution_product TO areariservata;
