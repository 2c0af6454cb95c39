# One step for new tables in place of the parts that it names; an older table goes through those.

from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('approvals', '0001_initial'),
        ('approvals', '0002_approver'),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Request',
            fields=[
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=80)),
                ('digest', models.CharField(max_length=64)),
                ('enterprise', models.CharField(blank=True, max_length=64)),
                ('state', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('refused', 'refused')], default='pending', max_length=8)),
                ('requested_by', models.CharField(max_length=160)),
                ('requested_at', models.DateTimeField()),
                ('approver', models.CharField(blank=True, default='', max_length=150)),
                ('decided_by', models.CharField(blank=True, max_length=160)),
                ('decided_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('kind', 'subject'), name='approvals_one_pending')],
            },
        ),
    ]
