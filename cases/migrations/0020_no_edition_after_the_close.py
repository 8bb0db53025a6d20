"""A closed month takes no further edition: the newest one is what tables and lists of names are made of."""

from django.db import migrations

CLOSED = """
CREATE FUNCTION refuse_late_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cases_closure WHERE report_id = NEW.report_id) THEN
        RAISE EXCEPTION 'the month is closed: % refused', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER month_is_open BEFORE INSERT ON cases_edition FOR EACH ROW EXECUTE FUNCTION refuse_late_edition();
"""
OPEN_AGAIN = """
DROP TRIGGER month_is_open ON cases_edition;
DROP FUNCTION refuse_late_edition();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_rosters")]

    operations = [migrations.RunSQL(CLOSED, OPEN_AGAIN)]
