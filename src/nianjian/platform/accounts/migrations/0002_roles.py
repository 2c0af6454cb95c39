"""Memberships get a role. Who had one, or none (which meant the whole installation), could do a compliance lead's acts."""

import django.db.models.deletion
from django.db import migrations, models


def give(apps, schema_editor):
    user, membership = apps.get_model("accounts", "User"), apps.get_model("accounts", "Membership")
    for one in user.objects.filter(memberships=None):
        membership.objects.create(user=one, enterprise=None, role="compliance_lead")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="membership", name="accounts_membership_once"),
        migrations.AddField(
            model_name="membership",
            name="role",
            field=models.CharField(default="compliance_lead", max_length=20),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="membership",
            name="enterprise",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="memberships",
                to="accounts.enterprise",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(fields=("user", "enterprise", "role"), name="accounts_role_once"),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("enterprise", None)),
                fields=("user", "role"),
                name="accounts_role_everywhere_once",
            ),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
    ]
