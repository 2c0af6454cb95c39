"""Invitations, and when a user's e-mail address was set: of the present ones it is not known."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_unled'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='email_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('sha256', models.CharField(max_length=64, unique=True)),
                ('id', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('role', models.CharField(max_length=20)),
                ('team', models.CharField(blank=True, max_length=80)),
                ('user', models.CharField(blank=True, max_length=80)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.enterprise')),
            ],
            options={
                'abstract': False,
            },
        ),
    ]
