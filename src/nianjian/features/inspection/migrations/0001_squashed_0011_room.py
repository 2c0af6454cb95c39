# One step for new tables in place of the parts that it names; an older table goes through those.

import django.db.models.deletion
import nianjian.platform.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('inspection', '0001_callback'),
        ('inspection', '0002_screen_links'),
        ('inspection', '0003_visits'),
        ('inspection', '0004_scans_and_seen'),
        ('inspection', '0005_route_ca'),
        ('inspection', '0006_landings'),
        ('inspection', '0007_landing_voicemail'),
        ('inspection', '0008_route_identity'),
        ('inspection', '0009_states'),
        ('inspection', '0010_screen_sources'),
        ('inspection', '0011_room'),
    ]

    dependencies = [
        ('accounts', '0001_squashed_0008_display_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScreenLink',
            fields=[
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('user', models.CharField(blank=True, max_length=150)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30)),
                ('how', models.CharField(choices=[('sip', 'sip'), ('hand', 'hand')], max_length=4)),
                ('route', models.CharField(blank=True, max_length=60)),
                ('carrier', models.CharField(blank=True, max_length=60)),
                ('via', models.CharField(blank=True, max_length=320)),
                ('begun_at', models.DateTimeField()),
                ('limit_ms', models.PositiveIntegerField()),
                ('verdict', models.CharField(blank=True, max_length=12)),
                ('reason', models.CharField(blank=True, max_length=24)),
                ('in_time', models.BooleanField(null=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('phrase', models.CharField(blank=True, max_length=120)),
                ('cause', models.PositiveSmallIntegerField(null=True)),
                ('trying_ms', models.PositiveIntegerField(null=True)),
                ('ringing_ms', models.PositiveIntegerField(null=True)),
                ('early_ms', models.PositiveIntegerField(null=True)),
                ('answer_ms', models.PositiveIntegerField(null=True)),
                ('over_ms', models.PositiveIntegerField(null=True)),
                ('gateway_expected', models.CharField(blank=True, max_length=400)),
                ('gateway_seen', models.CharField(blank=True, max_length=255)),
                ('witness', models.CharField(blank=True, max_length=8)),
                ('rulebook', models.JSONField(default=dict)),
                ('source', models.JSONField(default=dict)),
                ('note', nianjian.platform.vault.fields.SealedText(null=True)),
                ('blob', models.CharField(blank=True, max_length=32)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('made_by', models.CharField(max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Landing',
            fields=[
                ('id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('verdict', models.CharField(choices=[('filed', 'filed'), ('elsewhere', 'elsewhere'), ('voicemail', 'voicemail'), ('unseen', 'unseen'), ('silent', 'silent'), ('unnamed', 'unnamed')], max_length=12)),
                ('expected', models.CharField(blank=True, max_length=400)),
                ('seen', models.JSONField(default=list)),
                ('records', models.JSONField(default=list)),
                ('sources', models.JSONField(default=dict)),
                ('made_by', models.CharField(max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inspection.trial')),
            ],
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('notice', models.CharField(blank=True, max_length=200)),
                ('authority', models.CharField(blank=True, max_length=120)),
                ('received_on', models.DateField(null=True)),
                ('place', models.CharField(blank=True, max_length=200)),
                ('agenda', nianjian.platform.vault.fields.SealedText()),
                ('posts', nianjian.platform.vault.fields.SealedText()),
                ('set_by', models.CharField(max_length=160)),
                ('set_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='RoomItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('released_by', models.CharField(max_length=160)),
                ('released_at', models.DateTimeField()),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='room_items', to='inspection.visit')),
            ],
        ),
        migrations.CreateModel(
            name='RoomEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=4)),
                ('asked', models.BooleanField()),
                ('subject', nianjian.platform.vault.fields.SealedText(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=160)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.CharField(blank=True, max_length=160)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='room_entries', to='inspection.visit')),
            ],
        ),
        migrations.CreateModel(
            name='NoticeScan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', nianjian.platform.vault.fields.SealedText()),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('blob', models.CharField(max_length=32)),
                ('pages', models.PositiveIntegerField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=160)),
                ('visit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scans', to='inspection.visit')),
            ],
        ),
        migrations.CreateModel(
            name='Gateway',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('hosts', models.CharField(max_length=1000)),
                ('set_by', models.CharField(max_length=160)),
                ('set_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'name'), name='inspection_gateway_once')],
            },
        ),
        migrations.CreateModel(
            name='Route',
            fields=[
                ('id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('line', models.CharField(blank=True, max_length=120)),
                ('carrier', models.CharField(blank=True, max_length=60)),
                ('via', models.CharField(max_length=320)),
                ('caller', models.CharField(max_length=40)),
                ('username', nianjian.platform.vault.fields.SealedText(null=True)),
                ('password', nianjian.platform.vault.fields.SealedText(null=True)),
                ('ca', models.TextField(blank=True)),
                ('identity', nianjian.platform.vault.fields.SealedText(null=True)),
                ('witness', models.CharField(choices=[('none', 'none'), ('address', 'address'), ('token', 'token')], max_length=8)),
                ('daily_at', models.TimeField(null=True)),
                ('next_at', models.DateTimeField(db_index=True, null=True)),
                ('set_by', models.CharField(max_length=160)),
                ('set_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'name'), name='inspection_route_once')],
            },
        ),
        migrations.CreateModel(
            name='ScreenSource',
            fields=[
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40)),
                ('kind', models.CharField(max_length=12)),
                ('place', models.CharField(blank=True, max_length=500)),
                ('user', nianjian.platform.vault.fields.SealedText(null=True)),
                ('secret', nianjian.platform.vault.fields.SealedText(null=True)),
                ('set_by', models.CharField(max_length=160)),
                ('set_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'name', 'kind'), name='inspection_source_once')],
            },
        ),
        migrations.CreateModel(
            name='ScreensSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen_on', models.DateField()),
                ('stand', models.BooleanField()),
                ('noted_by', models.CharField(max_length=160)),
                ('noted_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'indexes': [models.Index(fields=['enterprise', '-seen_on'], name='inspection_screens_seen')],
            },
        ),
        migrations.AddIndex(
            model_name='trial',
            index=models.Index(fields=['enterprise', '-begun_at'], name='inspection_trial_of'),
        ),
        migrations.AddIndex(
            model_name='trial',
            index=models.Index(fields=['enterprise', 'number', '-begun_at'], name='inspection_trial_number'),
        ),
        migrations.AddIndex(
            model_name='landing',
            index=models.Index(fields=['trial', '-at'], name='inspection_landing_of'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('enterprise', 'day'), name='inspection_visit_once'),
        ),
        migrations.AddConstraint(
            model_name='roomitem',
            constraint=models.UniqueConstraint(fields=('visit', 'key'), name='inspection_room_item_once'),
        ),
        migrations.AddIndex(
            model_name='roomentry',
            index=models.Index(fields=['visit', '-at'], name='inspection_room_entries'),
        ),
        migrations.AddConstraint(
            model_name='noticescan',
            constraint=models.UniqueConstraint(fields=('visit', 'sha256'), name='inspection_notice_scan_once'),
        ),
    ]
