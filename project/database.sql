-- What one database needs before its first migration; run by a superuser, harmless to run again.
-- kc_owner owns the schema and migrates. kc_app runs the product: it reads and writes rows, and changes no table.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO kc_owner;
GRANT USAGE ON SCHEMA public TO kc_app;

ALTER DEFAULT PRIVILEGES FOR ROLE kc_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kc_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO kc_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kc_owner IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO kc_app;
