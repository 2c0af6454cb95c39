# One step for new tables in place of the parts that it names; an older table goes through those.

import datetime
import django.db.models.deletion
import nianjian.platform.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('notify', '0001_webhooks'),
        ('notify', '0002_people'),
        ('notify', '0003_mail_server'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('user', models.CharField(db_index=True, max_length=150)),
                ('kind', models.CharField(max_length=12)),
                ('address', nianjian.platform.vault.fields.SealedText()),
                ('mask', models.CharField(max_length=200)),
                ('code', models.CharField(max_length=64)),
                ('guesses', models.PositiveSmallIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('user', models.CharField(max_length=150, primary_key=True, serialize=False)),
                ('scope', models.CharField(max_length=8)),
                ('quiet_from', models.TimeField(default=datetime.time(21, 0))),
                ('quiet_until', models.TimeField(default=datetime.time(8, 0))),
                ('digest', models.TimeField(default=datetime.time(8, 30), null=True)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Looked',
            fields=[
                ('enterprise', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('day', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='MailServer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('host', models.CharField(max_length=200)),
                ('port', models.PositiveIntegerField()),
                ('mode', models.CharField(max_length=10)),
                ('user', models.CharField(blank=True, max_length=200)),
                ('password', nianjian.platform.vault.fields.SealedText(null=True)),
                ('sender', models.CharField(max_length=200)),
                ('changed_by', models.CharField(max_length=160)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('enterprise', models.CharField(db_index=True, max_length=64)),
                ('url', models.CharField(max_length=500)),
                ('events', models.JSONField()),
                ('secret', nianjian.platform.vault.fields.SealedText()),
                ('seq', models.BigIntegerField()),
                ('made_by', models.CharField(max_length=160)),
                ('created_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enterprise', models.CharField(max_length=64)),
                ('user', models.CharField(max_length=150)),
                ('about', models.CharField(max_length=64)),
                ('stage', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('values', models.JSONField()),
                ('made_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['user', 'read_at'], name='notify_message_unread'), models.Index(fields=['enterprise', '-made_at'], name='notify_message_newest')],
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'user', 'about', 'stage', 'day'), name='notify_message_once')],
            },
        ),
        migrations.CreateModel(
            name='Dispatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=20)),
                ('state', models.CharField(choices=[('queued', 'queued'), ('sending', 'sending'), ('delivered', 'delivered'), ('unclear', 'unclear'), ('failed', 'failed'), ('dropped', 'dropped')], default='queued', max_length=9)),
                ('claim', models.CharField(blank=True, max_length=32)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('repeated', models.BooleanField(default=False)),
                ('fault', models.CharField(blank=True, max_length=80)),
                ('next_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dispatches', to='notify.message')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_at'], name='notify_dispatch_due'), models.Index(fields=['claim'], name='notify_dispatch_claim')],
                'constraints': [models.UniqueConstraint(fields=('message', 'channel'), name='notify_dispatch_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('event', models.CharField(max_length=80)),
                ('body', models.TextField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('delivered', 'delivered'), ('failed', 'failed')], default='waiting', max_length=9)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('fault', models.CharField(blank=True, max_length=80)),
                ('next_at', models.DateTimeField()),
                ('created_at', models.DateTimeField()),
                ('tried_at', models.DateTimeField(null=True)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notify.webhook')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_at'], name='notify_delivery_due'), models.Index(fields=['webhook', '-created_at'], name='notify_delivery_newest')],
            },
        ),
    ]
