# One step for new tables in place of the parts that it names; an older table goes through those.

import django.db.models.deletion
import nianjian.platform.vault.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('rectification', '0001_initial'),
        ('rectification', '0002_scope_of_an_assessment'),
    ]

    dependencies = [
        ('accounts', '0001_squashed_0008_display_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.CharField(max_length=16, primary_key=True, serialize=False)),
                ('notice', models.CharField(blank=True, max_length=120)),
                ('received', models.DateField()),
                ('printed_due', models.DateField(null=True)),
                ('causes', models.JSONField()),
                ('state', models.CharField(max_length=12)),
                ('located', models.JSONField(null=True)),
                ('measured', models.JSONField(null=True)),
                ('checked', models.JSONField(null=True)),
                ('submitted_on', models.DateField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=160)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(max_length=24)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=160)),
                ('data', models.JSONField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='rectification.case')),
            ],
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', nianjian.platform.vault.fields.SealedText()),
                ('owner', nianjian.platform.vault.fields.SealedText()),
                ('due', models.DateField()),
                ('every', models.PositiveIntegerField(null=True)),
                ('done_on', models.DateField(null=True)),
                ('added_at', models.DateTimeField()),
                ('added_by', models.CharField(max_length=160)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='rectification.case')),
            ],
        ),
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=8)),
                ('key', models.CharField(max_length=12)),
                ('channel', models.CharField(max_length=120)),
                ('cap', models.PositiveIntegerField()),
                ('cap_before', models.PositiveIntegerField()),
                ('white_list', models.BooleanField()),
                ('reason', models.TextField()),
                ('end', models.TextField(blank=True)),
                ('approval', models.CharField(max_length=16)),
                ('proposed_by', models.CharField(max_length=160)),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=160)),
                ('approved_at', models.DateTimeField(null=True)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('gate_before', models.JSONField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='rectification.case')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
                ('lifts', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rectification.order')),
            ],
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('notice', 'notice'), ('test_report', 'test_report'), ('annex', 'annex')], max_length=12)),
                ('name', nianjian.platform.vault.fields.SealedText()),
                ('media_type', models.CharField(max_length=100)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField()),
                ('blob', models.CharField(max_length=32)),
                ('issuer', models.CharField(blank=True, max_length=200)),
                ('number', models.CharField(blank=True, max_length=120)),
                ('dated', models.DateField(null=True)),
                ('scope', models.CharField(blank=True, max_length=500)),
                ('titled', models.BooleanField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=160)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='rectification.case')),
            ],
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', nianjian.platform.vault.fields.SealedText()),
                ('owner', nianjian.platform.vault.fields.SealedText()),
                ('every', models.PositiveIntegerField()),
                ('due', models.DateField()),
                ('done_on', models.DateField(null=True)),
                ('stopped_on', models.DateField(null=True)),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=160)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rectification.case')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.CreateModel(
            name='Watch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('licence', models.CharField(max_length=80)),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('source', models.TextField()),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.CharField(max_length=160)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='rectification.case')),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.enterprise')),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['enterprise', 'opened_at'], name='rectification_case_of'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(condition=models.Q(('approved_at__isnull', False), ('kind', 'isolate'), ('lifted_at', None)), fields=('enterprise', 'key', 'channel'), name='rectification_isolated_once'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'sha256'), name='rectification_paper_once'),
        ),
        migrations.AddConstraint(
            model_name='watch',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('enterprise', 'licence'), name='rectification_watched_once'),
        ),
    ]
