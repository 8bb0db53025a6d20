"""The engine's clock, which must be there before the first table: many columns have `engine_now()` as their default.

Not a migration of its own: other apps depend on the first migration of this app for the user model, so that one must make both.
"""

from django.db import migrations

CLOCK = """
CREATE TABLE engine_clock (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    shift interval NOT NULL DEFAULT '0',
    movable boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE engine_clock IS 'How far the engine''s clock is from the real one. Only a demo or test database is ever made movable, by its owner.';
INSERT INTO engine_clock DEFAULT VALUES;

-- STABLE: one statement, one moment; so an index can be searched by it.
CREATE FUNCTION engine_now() RETURNS timestamptz LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN clock_timestamp() + (SELECT shift FROM public.engine_clock);
END
$$;

CREATE FUNCTION engine_clock_set(distance interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE public.engine_clock SET shift = distance WHERE movable;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the clock of this database cannot be moved' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN clock_timestamp() + distance;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE ALL ON engine_clock FROM kc_app;
        GRANT SELECT ON engine_clock TO kc_app;
    END IF;
END
$$;
"""

NO_CLOCK = """
DROP FUNCTION engine_clock_set(interval);
DROP FUNCTION engine_now();
DROP TABLE engine_clock;
"""

operations = [migrations.RunSQL(CLOCK, NO_CLOCK)]
