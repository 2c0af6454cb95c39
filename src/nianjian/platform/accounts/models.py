"""Tenants, people, their roles, and what they prove themselves by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from nianjian.engines.kernel import clock
from nianjian.platform.accounts.roles import Permission


class Enterprise(models.Model):
    """A licence holder. ``code`` names it everywhere: in commands, in the lake's folder, in every row."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=200)
    province = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class People(BaseUserManager["User"]):
    """Finds a person by name; making one is `service.add_user`'s work."""


class User(AbstractBaseUser):
    """A person. ``password`` may be unusable: then a one-time link, single sign-on or a token proves who it is."""

    name = models.CharField(primary_key=True, max_length=80)
    display_name = models.CharField(max_length=60, blank=True)  # by which readers know the person; "": by the login
    email = models.EmailField(blank=True)
    email_at = models.DateTimeField(null=True)  # when the address was set; None: by a version that did not record it
    language = models.CharField(max_length=10, blank=True)  # "zh-hans", "en"; "": as the browser asks
    theme = models.CharField(max_length=5, blank=True)  # "light", "dark"; "": as the system says
    unled: models.JSONField[Any, Any] = models.JSONField(default=list)  # enterprises whose guided start is put away
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[People] = People()

    def __str__(self) -> str:
        return self.name


class Bearer(models.Model):
    """A secret that opens something in the name of ``user``; only its sha256 is kept.

    Closing the account ends its secrets of every kind. A kind that belongs to one enterprise names the act that the
    person must be allowed there (``needs``); losing it ends the secret too (`service.end_bearers`).
    """

    needs: ClassVar[Permission | None] = None

    sha256 = models.CharField(max_length=64, unique=True)

    class Meta:
        """Each kind has its table."""

        abstract = True


class Token(Bearer):
    """What a program shows in a person's name."""

    id = models.CharField(primary_key=True, max_length=20)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    scopes: models.JSONField[Any, Any] = models.JSONField(null=True)  # of `roles`; None: all
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)  # to the hour

    def __str__(self) -> str:
        return f"{self.user_id}: {self.name}"

    @property
    def over(self) -> bool:
        """Whether its time has ended."""
        return self.expires_at is not None and self.expires_at <= clock.now()


class Link(Bearer):
    """A link that lets a person in: once to choose a password, or an inspector until it expires."""

    FIRST = "first"
    INSPECT = "inspect"

    id = models.CharField(primary_key=True, max_length=20)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="links")
    purpose = models.CharField(max_length=8, choices=[(p, p) for p in (FIRST, INSPECT)])
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose}: {self.user_id}"


class Invitation(Bearer):
    """A link by which whoever has an account takes a role at an enterprise; once.

    ``user``: the administrator who made it ("" for the operator of the shell).
    """

    needs = Permission.PEOPLE

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20)
    team = models.CharField(max_length=80, blank=True)
    user = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.role}@{self.enterprise_id}"


class Hold(models.Model):
    """Somebody who let another account in (``by``, a user's name) and so might be behind it; gone when confirmed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="holds")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "by"], name="accounts_hold_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.by}"


class Cached(models.Model):
    """The table of Django's database cache (`settings.CACHES`), which alone reads and writes it."""

    cache_key = models.CharField(primary_key=True, max_length=255)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


class Membership(models.Model):
    """A user's role at an enterprise; without an enterprise in the whole installation, at every enterprise of it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, related_name="memberships", null=True)
    role = models.CharField(max_length=20)  # `roles.Role`
    team = models.CharField(max_length=80, blank=True)  # of an outsourcer: the key of the one team whose rows it sees

    class Meta:
        """Once each."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "enterprise", "role"], name="accounts_role_once"),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(enterprise=None), name="accounts_role_everywhere_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}@{self.enterprise_id or 'everywhere'}"
