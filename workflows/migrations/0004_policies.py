"""The ladder and the allowance of every step, as the table in code gives them; a county may put its own versions beside them."""

from datetime import date

from django.db import migrations

LADDER = [
    {"rung": 1, "offset": -2, "to": "holder"},
    {"rung": 2, "offset": 0, "to": "head"},
    {"rung": 3, "offset": 3, "to": "superior"},
    {"rung": 4, "offset": 7, "to": "both_lines"},
    {"rung": 5, "offset": 15, "to": "prefecture"},
]


def forwards(apps, schema_editor):
    from workflows.steps import BASIS, STEPS

    ladder = apps.get_model("workflows", "Ladder").objects.create(code="standard", name="标准督办阶梯", rungs=LADDER)
    policy = apps.get_model("workflows", "StepPolicy")
    policy.objects.bulk_create(
        policy(step=step, valid_from=date(2020, 1, 1), amount=rule.allowance[0], unit=rule.allowance[1], ladder=ladder, basis=BASIS[step])
        for step, rule in STEPS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_calendar")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
