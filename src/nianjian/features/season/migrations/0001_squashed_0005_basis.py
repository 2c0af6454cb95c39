# One step for new tables in place of the parts that it names; an older table goes through those.

import django.db.models.deletion
import nianjian.platform.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('season', '0001_initial'),
        ('season', '0002_archives'),
        ('season', '0003_archive_files'),
        ('season', '0004_reopened'),
        ('season', '0005_basis'),
    ]

    dependencies = [
        ('accounts', '0001_squashed_0008_display_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Archive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('told', nianjian.platform.vault.fields.SealedText()),
                ('sha256', models.CharField(max_length=64)),
                ('closed_at', models.DateTimeField()),
                ('closed_by', models.CharField(max_length=160)),
                ('opening_reason', models.TextField(blank=True, default='')),
                ('opened_at', models.DateTimeField(null=True)),
                ('opened_by', models.CharField(blank=True, default='', max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='BasisChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('basis', models.CharField(max_length=16)),
                ('reason', nianjian.platform.vault.fields.SealedText()),
                ('chosen_at', models.DateTimeField()),
                ('chosen_by', models.CharField(max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('user', models.CharField(max_length=150)),
                ('made_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Kept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(max_length=16)),
                ('name', models.CharField(max_length=120)),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('blob', models.CharField(max_length=32)),
                ('archive', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='season.archive')),
            ],
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField()),
                ('task', models.CharField(max_length=32)),
                ('owner', nianjian.platform.vault.fields.SealedText(blank=True)),
                ('done_on', models.DateField(null=True)),
                ('note', nianjian.platform.vault.fields.SealedText(blank=True)),
                ('snoozed_until', models.DateField(null=True)),
                ('reason', nianjian.platform.vault.fields.SealedText(blank=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.AddConstraint(
            model_name='archive',
            constraint=models.UniqueConstraint(condition=models.Q(('opened_at', None)), fields=('enterprise', 'year'), name='season_archive_once'),
        ),
        migrations.AddConstraint(
            model_name='basischoice',
            constraint=models.UniqueConstraint(fields=('enterprise', 'year'), name='season_basis_once'),
        ),
        migrations.AddConstraint(
            model_name='kept',
            constraint=models.UniqueConstraint(fields=('archive', 'part'), name='season_archive_file_once'),
        ),
        migrations.AddConstraint(
            model_name='note',
            constraint=models.UniqueConstraint(fields=('enterprise', 'year', 'task'), name='season_note_once'),
        ),
    ]
