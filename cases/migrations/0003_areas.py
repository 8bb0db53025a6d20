"""The province, 17 ledger units, 103 counties and 1,260 townships."""

from django.db import migrations

from cases.directory.areas import plant


def forwards(apps, schema_editor):
    plant(apps.get_model("cases", "Area"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_journal_guard")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
