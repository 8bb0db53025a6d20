"""The allowance of entering a child in the school-roll system, for a database that had its policies before this step was there."""

from datetime import date

from django.db import migrations

STEP = "enter_school_roll"


def forwards(apps, schema_editor):
    from workflows.steps import BASIS
    from workflows.steps import STEPS as RULES

    ladder = apps.get_model("workflows", "Ladder").objects.get(code="standard")
    amount, unit = RULES[STEP].allowance
    apps.get_model("workflows", "StepPolicy").objects.get_or_create(
        step=STEP, county=None, valid_from=date(2020, 1, 1), defaults={"amount": amount, "unit": unit, "ladder": ladder, "basis": BASIS[STEP]}
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0013_school_roll")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
