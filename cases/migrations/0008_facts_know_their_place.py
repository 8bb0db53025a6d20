"""A fact of the ledger says where the child was counted, and a table says how each child stood on which day."""

import django.db.models.deletion
from django.db import migrations, models

# Facts from before know their county only; the place and school of the case are the best that is known.
PLACES = """
ALTER TABLE cases_standingchange DISABLE TRIGGER append_only;
UPDATE cases_standingchange fact SET place_id = "case".place_id, school_id = "case".school_id,
    code = coalesce((
        SELECT clearance.code FROM cases_entry entry JOIN cases_clearance clearance ON clearance.id = (entry.data ->> 'clearance')::bigint
        WHERE entry.id = fact.entry_id AND entry.verb = 'clearance.approved'
    ), '')
FROM cases_case "case" WHERE "case".id = fact.case_id;
ALTER TABLE cases_standingchange ENABLE TRIGGER append_only;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


def place(null):
    return models.ForeignKey(db_index=False, null=null, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.area")


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_what_phones_send")]

    operations = [
        migrations.AddField("standingchange", "code", models.CharField(blank=True, db_default="", default="", max_length=40)),
        migrations.AddField("standingchange", "place", place(null=True)),
        migrations.AddField(
            "standingchange",
            "school",
            models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.organisation"),
        ),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.AlterField("standingchange", "place", place(null=False)),
    ]
