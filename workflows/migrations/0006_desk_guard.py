"""What became of a task of a bulk job is written once, in the transaction that did it, and never changed."""

from django.db import migrations

GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON workflows_bulkresult FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON workflows_bulkresult FROM kc_app;
    END IF;
END
$$;
"""

UNGUARD = """
DROP TRIGGER append_only ON workflows_bulkresult;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        GRANT UPDATE, DELETE ON workflows_bulkresult TO kc_app;
    END IF;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0005_desk"), ("cases", "0002_journal_guard")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
