"""A month that was reported stays as it was: nothing of an edition is ever changed, and a closed report takes nothing more in."""

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

TABLES = ["cases_edition", "cases_line", "cases_reportname", "cases_adjustment", "cases_reportact", "cases_closure"]

# What an edition holds may only be written before its month is closed; a closed report itself stands still.
CLOSED = """
CREATE FUNCTION refuse_closed_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM cases_closure closure JOIN cases_edition edition ON edition.report_id = closure.report_id
        WHERE edition.id IN (SELECT DISTINCT edition_id FROM added)
    ) THEN
        RAISE EXCEPTION 'the month is closed: % refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER month_is_open AFTER INSERT ON cases_line REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER month_is_open AFTER INSERT ON cases_reportname REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE TRIGGER month_is_open AFTER INSERT ON cases_adjustment REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_closed_month();
CREATE FUNCTION refuse_closed_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_at IS NOT NULL OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'the report % is closed: % refused', OLD.number, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER month_is_open BEFORE UPDATE OR DELETE ON cases_report FOR EACH ROW EXECUTE FUNCTION refuse_closed_report();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE DELETE, TRUNCATE ON cases_report FROM kc_app;
    END IF;
END
$$;
"""
OPEN_AGAIN = """
DROP TRIGGER month_is_open ON cases_report;
DROP TRIGGER month_is_open ON cases_line;
DROP TRIGGER month_is_open ON cases_reportname;
DROP TRIGGER month_is_open ON cases_adjustment;
DROP FUNCTION refuse_closed_report();
DROP FUNCTION refuse_closed_month();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_monthly_reports"), ("cases", "0002_journal_guard")]

    operations = [
        *[migrations.RunSQL(APPEND_ONLY.format(table=table), UNGUARD.format(table=table)) for table in TABLES],
        migrations.RunSQL(CLOSED, OPEN_AGAIN),
    ]
