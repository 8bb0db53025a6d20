import django.db.models.deletion
from django.db import migrations, models


def derived(to, null=False):
    """Refers to what a fact has checked already."""
    return models.ForeignKey(db_constraint=False, db_index=False, null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=to)


STANDINGS = [
    ("suspected", "suspected"),
    ("still_out", "still out"),
    ("returned", "returned"),
    ("deducted", "deducted"),
    ("deferred", "deferred enrolment"),
    ("not_dropout", "not a dropout"),
    ("on_leave", "suspended by rule or on leave"),
    ("cancelled", "opened by mistake"),
]
KNOWN_TODAY = models.Q(("told_to", "9999-12-31T00:00:00Z"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_facts_know_their_place")]

    operations = [
        migrations.CreateModel(
            name="Stretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_on", models.DateField()),
                ("to_on", models.DateField()),
                ("told_from", models.DateTimeField()),
                ("told_to", models.DateTimeField()),
                ("standing", models.CharField(choices=STANDINGS, max_length=12)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("entered_on", models.DateField()),
                ("priority", models.BooleanField()),
                ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case")),
                ("county", derived("cases.area")),
                ("place", derived("cases.area")),
                ("school", derived("cases.organisation", null=True)),
            ],
        ),
        migrations.AddIndex(
            "stretch",
            models.Index(
                condition=KNOWN_TODAY, fields=["to_on", "from_on", "county", "entered_on", "standing", "priority", "code"], name="stretch_table"
            ),
        ),
        migrations.AddIndex(
            "stretch",
            models.Index(condition=KNOWN_TODAY, fields=["county", "to_on"], name="stretch_county", opclasses=["varchar_pattern_ops", "date_ops"]),
        ),
    ]
