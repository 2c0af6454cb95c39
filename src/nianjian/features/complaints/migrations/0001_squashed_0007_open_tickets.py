# One step for new tables in place of the parts that it names; an older table goes through those.

import django.db.models.deletion
import nianjian.platform.registers.prefixes
import nianjian.platform.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('complaints', '0001_initial'),
        ('complaints', '0002_who_and_why'),
        ('complaints', '0003_superseded'),
        ('complaints', '0004_tickets'),
        ('complaints', '0005_one_click'),
        ('complaints', '0006_search'),
        ('complaints', '0007_open_tickets'),
    ]

    dependencies = [
        ('accounts', '0001_squashed_0008_display_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(default='', max_length=160)),
                ('superseded_at', models.DateTimeField(null=True)),
                ('replaces', models.BigIntegerField(null=True)),
                ('reason', nianjian.platform.vault.fields.SealedText(null=True)),
                ('file', models.CharField(max_length=64)),
                ('extra', nianjian.platform.vault.fields.SealedText(null=True)),
                ('changed_on', models.DateField(null=True)),
                ('ticket_id', models.TextField(null=True)),
                ('source', models.CharField(max_length=16, null=True)),
                ('reference', models.TextField(null=True)),
                ('accepted_at', models.DateTimeField(null=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('complainant', nianjian.platform.vault.fields.SealedText(null=True)),
                ('complainant_tail', nianjian.platform.vault.fields.TailIndex(source='complainant')),
                ('complained', models.TextField(null=True)),
                ('called_at', models.DateTimeField(null=True)),
                ('duration', models.BigIntegerField(null=True)),
                ('category', models.TextField(null=True)),
                ('content', nianjian.platform.vault.fields.SealedText(null=True)),
                ('call_id', models.TextField(null=True)),
                ('line_id', models.TextField(null=True)),
                ('team_id', models.TextField(null=True)),
                ('auto_replied_at', models.DateTimeField(null=True)),
                ('assignee', models.TextField(null=True)),
                ('responded_at', models.DateTimeField(null=True)),
                ('responded_by', nianjian.platform.vault.fields.SealedText(null=True)),
                ('measures', nianjian.platform.vault.fields.SealedText(null=True)),
                ('called_back_at', models.DateTimeField(null=True)),
                ('callback_result', nianjian.platform.vault.fields.SealedText(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('reopened_at', models.DateTimeField(null=True)),
                ('upheld', models.BooleanField(null=True)),
                ('exclusion', models.CharField(max_length=16, null=True)),
                ('attachment', models.TextField(null=True)),
                ('duplicate_of', models.TextField(null=True)),
                ('drill', models.BooleanField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'abstract': False,
                'indexes': [models.Index(fields=['enterprise', 'key'], name='complaint_key'), models.Index(condition=models.Q(('superseded_at__isnull', False)), fields=['enterprise', 'superseded_at'], name='complaint_superseded'), models.Index(models.F('enterprise'), nianjian.platform.registers.prefixes.Folded('key'), condition=models.Q(('superseded_at', None)), name='complaint_by_code'), models.Index(models.F('enterprise'), nianjian.platform.registers.prefixes.Folded('team_id'), nianjian.platform.registers.prefixes.Folded('key'), condition=models.Q(('superseded_at', None)), name='complaint_by_team'), models.Index(models.F('enterprise'), nianjian.platform.registers.prefixes.Folded('reference'), condition=models.Q(('superseded_at', None)), name='complaint_by_reference'), models.Index(models.F('enterprise'), nianjian.platform.registers.prefixes.Folded('team_id'), nianjian.platform.registers.prefixes.Folded('reference'), condition=models.Q(('superseded_at', None)), name='complaint_by_team_reference'), models.Index(condition=models.Q(('superseded_at', None)), fields=['enterprise', 'complainant_tail'], name='complaint_by_tail'), models.Index(condition=models.Q(('superseded_at', None), ('exclusion', None), models.Q(models.Q(('reopened_at__isnull', False), models.Q(('closed_at', None), ('reopened_at__gt', models.F('closed_at')), _connector='OR')), models.Q(('closed_at', None), ('reopened_at', None)), _connector='OR')), fields=['enterprise', 'arrived_at'], name='complaint_open'), models.Index(condition=models.Q(('closed_at__isnull', False), ('superseded_at', None)), fields=['enterprise', 'closed_at'], name='complaint_closed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('superseded_at', None), ('valid_to', None)), fields=('enterprise', 'key'), name='complaints_complaint_open')],
            },
        ),
        migrations.CreateModel(
            name='Door',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=32)),
                ('token', models.CharField(max_length=32, unique=True)),
                ('made_by', models.CharField(max_length=160)),
                ('made_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('enterprise', 'number'), name='complaints_door_once')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('asserted', 'asserted'), ('proposed', 'proposed'), ('confirmed', 'confirmed'), ('dismissed', 'dismissed'), ('none', 'none')], max_length=9)),
                ('link', models.CharField(max_length=12)),
                ('confidence', models.CharField(max_length=6)),
                ('candidates', models.PositiveIntegerField()),
                ('call', models.JSONField(null=True)),
                ('runner_up', models.JSONField(null=True)),
                ('filled', models.JSONField(default=list)),
                ('snapshot', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('decided_by', models.CharField(blank=True, max_length=160)),
                ('decided_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'key'), name='complaints_proposal_once')],
            },
        ),
        migrations.CreateModel(
            name='Warned',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('clock', models.CharField(max_length=8)),
                ('warned_at', models.DateTimeField()),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('enterprise', 'key', 'clock'), name='complaints_warned_once')],
            },
        ),
    ]
