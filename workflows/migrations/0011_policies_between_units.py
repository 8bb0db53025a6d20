"""The allowances of the steps that fall to another unit, for a database that had its policies before these steps were there."""

from datetime import date

from django.db import migrations

STEPS = ("answer_transfer", "answer_inquiry", "spot_check")


def forwards(apps, schema_editor):
    from workflows.steps import BASIS
    from workflows.steps import STEPS as RULES

    ladder = apps.get_model("workflows", "Ladder").objects.get(code="standard")
    policy = apps.get_model("workflows", "StepPolicy")
    for step in STEPS:
        amount, unit = RULES[step].allowance
        policy.objects.get_or_create(
            step=step, county=None, valid_from=date(2020, 1, 1), defaults={"amount": amount, "unit": unit, "ladder": ladder, "basis": BASIS[step]}
        )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0010_kinds_between_units")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
