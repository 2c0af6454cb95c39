"""Tenants, people and their membership."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Enterprise(models.Model):
    """A licence holder. ``code`` names it everywhere: in commands, in the lake's folder, in every row."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    province = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """The code."""
        return self.code


class User(models.Model):
    """A person who acts from the shell by a token; only the token's sha256 is kept."""

    name = models.CharField(primary_key=True, max_length=80)
    token_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        """The name."""
        return self.name


class Membership(models.Model):
    """A user's role at an enterprise; without an enterprise in the whole installation, at every enterprise of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="memberships", null=True)
    role = models.CharField(max_length=20)  # `roles.Role`

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "enterprise", "role"], name="accounts_role_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(enterprise=None), name="accounts_role_everywhere_once"
            ),
        ]

    def __str__(self) -> str:
        """User, role and enterprise."""
        return f"{self.user_id}: {self.role}@{self.enterprise_id or 'everywhere'}"
