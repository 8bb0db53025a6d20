"""That a rung was passed is never changed and never taken back: the proof that each was passed once."""

from django.db import migrations

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON workflows_fire FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON workflows_fire FROM kc_app;
    END IF;
END
$$;
"""

UNGUARD = """
DROP TRIGGER append_only ON workflows_fire;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        GRANT UPDATE, DELETE ON workflows_fire TO kc_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial"), ("cases", "0002_journal_guard")]

    operations = [migrations.RunSQL(GUARD, UNGUARD)]
