"""A child in danger: the receipt of the report has a ladder of its own, in hours by day and by night.

The law says at once (《未成年人保护法》 article 11); the receipt is due two hours after the report. An hour before that the addressee is reminded,
then the head, two hours later the office above, after eight hours both lines, after a day the prefecture.
"""

from django.db import migrations

STEP, CODE = "confirm_receipt", "danger"
LADDER = [
    {"rung": 1, "hours": -1, "to": "holder"},
    {"rung": 2, "hours": 0, "to": "head"},
    {"rung": 3, "hours": 2, "to": "superior"},
    {"rung": 4, "hours": 6, "to": "both_lines"},
    {"rung": 5, "hours": 22, "to": "prefecture"},
]


def forwards(apps, schema_editor):
    ladders, policies = apps.get_model("workflows", "Ladder"), apps.get_model("workflows", "StepPolicy")
    danger, _made = ladders.objects.get_or_create(code=CODE, defaults={"name": "强制报告督办阶梯（按小时）", "rungs": LADDER})
    # what is running keeps the rungs with which it began
    policies.objects.filter(step=STEP, ladder__code="standard").update(ladder=danger)


class Migration(migrations.Migration):
    dependencies = [("workflows", "0018_policies_of_matters")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
