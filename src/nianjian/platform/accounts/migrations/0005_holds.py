"""Who let an account in, so far as the audit chain tells it: nobody has been confirmed yet."""

import json

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils.dateparse import parse_datetime

VERBS = ("user.add", "user.link", "user.email", "user.second_factor.remove")
USER = "user:"


def fill(apps, _schema):
    """Read the chain; an entry about somebody who is no more, or of the local operator, tells of no hold."""
    known = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    hold = apps.get_model("accounts", "Hold")
    found = {}
    for one in apps.get_model("audit", "Entry").objects.filter(verb__in=VERBS, actor__startswith=USER).order_by("seq"):
        told, by = json.loads(one.data), one.actor.removeprefix(USER)
        user = told.get("user")
        if user in known and user != by and told.get("given", True):
            found.setdefault((user, by), one.at)
    hold.objects.bulk_create(hold(user_id=user, by=by, at=parse_datetime(at)) for (user, by), at in found.items())


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_cached'),
        ('audit', '0002_head'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('by', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'by'), name='accounts_hold_once')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
