# One step for new tables in place of the parts that it names; an older table goes through those.

from importlib import import_module

from django.db import migrations, models

first_head = import_module('nianjian.platform.audit.migrations.0002_head').first_head


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('audit', '0001_initial'),
        ('audit', '0002_head'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('seq', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.CharField(max_length=32)),
                ('actor', models.CharField(max_length=160)),
                ('enterprise', models.CharField(blank=True, db_index=True, max_length=64)),
                ('verb', models.CharField(db_index=True, max_length=80)),
                ('data', models.TextField()),
                ('prev', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='Head',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('seq', models.BigIntegerField()),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='audit_head_single')],
            },
        ),
        migrations.RunPython(first_head, migrations.RunPython.noop),
    ]
