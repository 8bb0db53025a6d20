"""The code lists and rules that the product brings."""

from django.db import migrations

from cases.codes.seed import plant


def forwards(apps, schema_editor):
    plant(apps.get_model("cases", "CodeItem"), apps.get_model("cases", "Setting"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_areas")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
