from django.db import migrations, models

PRESENT = {"pass": "passed", "fail": "failed", "unproved": "not_proved"}


def rename_verdicts(apps, schema_editor):
    """Write the states of test calls in the codes that every check and task has."""
    trials = apps.get_model("inspection", "Trial").objects
    for former, present in PRESENT.items():
        trials.filter(verdict=former).update(verdict=present)


class Migration(migrations.Migration):
    dependencies = [
        ("inspection", "0008_route_identity"),
    ]

    operations = [
        migrations.AlterField(
            model_name="trial",
            name="verdict",
            field=models.CharField(blank=True, max_length=12),
        ),
        migrations.RunPython(rename_verdicts, migrations.RunPython.noop, elidable=True),
    ]
