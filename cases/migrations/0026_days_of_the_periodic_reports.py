"""The days of the periodic reports, for a database that had its rules before these were there."""

from django.db import migrations

CODES = (
    "school_report_draw_up_day",
    "school_report_due_day",
    "quarter_review_draw_up_day",
    "quarter_review_due_day",
    "term_survey_draw_up_days",
    "term_survey_due_days",
    "year_assessment_draw_up_day",
    "year_assessment_due_day",
)


def forwards(apps, schema_editor):
    from cases.codes.lists import RULES

    settings = apps.get_model("cases", "Setting")
    for rule in RULES:
        if rule.code in CODES:
            settings.objects.get_or_create(code=rule.code, county=None, defaults={"value": rule.value, "basis": rule.basis})


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_lists_of_names")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
