"""A draw is never changed, so that whoever repeats it finds what was drawn; and the rules that spot checks need."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_draw FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON cases_draw FROM kc_app;
    END IF;
END
$$;
"""

UNGUARD = """
DROP TRIGGER append_only ON cases_draw;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        GRANT UPDATE, DELETE ON cases_draw TO kc_app;
    END IF;
END
$$;
"""


def plant_rules(apps, schema_editor):
    settings = apps.get_model("cases", "Setting")
    for code, value, basis in (
        ("spot_check_share", 10, "教基厅函〔2024〕15号：县（区）一季度一复核；抽查比例由各地确定"),
        ("spot_check_least", 1, ""),
    ):
        settings.objects.get_or_create(code=code, county=None, defaults={"value": value, "basis": basis})


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_transfers_and_spot_checks")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, UNGUARD),
        migrations.RunPython(plant_rules, migrations.RunPython.noop),
    ]
