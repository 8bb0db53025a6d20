import django.db.models.deletion
from django.db import migrations, models

# What was found so far: by whichever list of the whole county showed it first or last.
BY_THE_COUNTY = """
    UPDATE cases_discrepancy SET county_list_id = roster.id
    FROM cases_roster roster WHERE roster.school_id IS NULL AND roster.id IN (cases_discrepancy.found_in_id, cases_discrepancy.seen_in_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_no_edition_after_the_close"),
    ]

    operations = [
        migrations.AddField(
            model_name="discrepancy",
            name="county_list",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.roster"),
        ),
        migrations.AlterField(
            model_name="discrepancy",
            name="settled",
            field=models.CharField(
                blank=True,
                choices=[
                    ("ours_corrected", "ours corrected"),
                    ("theirs_corrected", "the school-roll system corrected"),
                    ("both_right", "both are right"),
                    ("case_opened", "case opened"),
                    ("same", "the same child"),
                    ("not_same", "two different children"),
                    ("gone", "gone with the next list"),
                    ("moved", "the child belongs to another county now"),
                ],
                max_length=16,
                verbose_name="settled",
            ),
        ),
        migrations.RunSQL(BY_THE_COUNTY, migrations.RunSQL.noop),
    ]
