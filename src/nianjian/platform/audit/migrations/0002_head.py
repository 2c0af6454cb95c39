from django.db import migrations

GENESIS = "0" * 64


def first_head(apps, schema_editor):
    """The one row that writers of the chain lock."""
    apps.get_model("audit", "Head").objects.get_or_create(pk=1, defaults={"seq": 0, "hash": GENESIS})


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(first_head, migrations.RunPython.noop)]
