"""The allowances of what a unit answers for beside the cases, for a database that had its policies before these steps were there."""

from datetime import date

from django.db import migrations

STEPS = ("settle_differences", "answer_finding")


def forwards(apps, schema_editor):
    from workflows.steps import BASIS
    from workflows.steps import STEPS as RULES

    ladder = apps.get_model("workflows", "Ladder").objects.get(code="standard")
    for step in STEPS:
        amount, unit = RULES[step].allowance
        apps.get_model("workflows", "StepPolicy").objects.get_or_create(
            step=step, county=None, valid_from=date(2020, 1, 1), defaults={"amount": amount, "unit": unit, "ladder": ladder, "basis": BASIS[step]}
        )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0017_matters_of_units")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
