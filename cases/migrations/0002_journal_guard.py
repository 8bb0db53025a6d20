"""The journal and the facts of the ledger can be written and read, and nothing else: neither by the product nor by mistake."""

from django.db import migrations

GUARD = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
"""

# The triggers hold for the owner, too; the missing rights make the product fail before it gets that far.
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

TABLES = ["cases_entry", "cases_seal", "cases_standingchange"]


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARD, "DROP FUNCTION refuse_change();"),
        *[migrations.RunSQL(APPEND_ONLY.format(table=table), UNGUARD.format(table=table)) for table in TABLES],
    ]
