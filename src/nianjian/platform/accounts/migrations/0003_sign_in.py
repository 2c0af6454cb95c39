"""People sign in: passwords, tokens in a table of their own (every user's only token moves there), one-time links."""

import secrets

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def move(apps, schema_editor):
    token = apps.get_model("accounts", "Token")
    for one in apps.get_model("accounts", "User").objects.all():
        token.objects.create(
            id=f"T{secrets.token_hex(4)}",
            user=one,
            name="shell",
            sha256=one.token_sha256,
            scopes=None,
            created_at=one.created_at,
        )


class Migration(migrations.Migration):

    dependencies = [("accounts", "0002_roles")]
    run_before = [("account", "0001_initial")]  # the sign-in library's migrations read people's e-mail addresses

    operations = [
        migrations.AddField("user", "password", models.CharField(default="!", max_length=128, verbose_name="password"), False),
        migrations.AddField("user", "last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
        migrations.AddField("user", "email", models.EmailField(blank=True, default="", max_length=254), False),
        migrations.AddField("user", "is_active", models.BooleanField(default=True)),
        migrations.AddField("user", "language", models.CharField(blank=True, default="", max_length=10), False),
        migrations.AddField("user", "theme", models.CharField(blank=True, default="", max_length=5), False),
        migrations.AddField("membership", "team", models.CharField(blank=True, default="", max_length=80), False),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("scopes", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("purpose", models.CharField(choices=[("first", "first"), ("inspect", "inspect")], max_length=8)),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="links", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField("user", "token_sha256"),
    ]
