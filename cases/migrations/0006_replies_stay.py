"""What a unit answered to a supervision order, and what was decided on that, is never changed."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM kc_app;
    END IF;
END
$$;
"""

UNGUARD = """
DROP TRIGGER append_only ON {table};
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        GRANT UPDATE, DELETE ON {table} TO kc_app;
    END IF;
END
$$;
"""

TABLES = ["cases_orderreply", "cases_orderdecision"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0005_supervision_orders_and_findings")]

    operations = [migrations.RunSQL(APPEND_ONLY.format(table=table), UNGUARD.format(table=table)) for table in TABLES]
