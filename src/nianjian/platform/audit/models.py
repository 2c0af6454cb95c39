"""The chain's two tables. An entry is written once; ``Head`` names the last one, so that a cut-off tail shows."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.db import models

from nianjian.engines.kernel.errors import NianjianError


class AppendOnly(models.QuerySet["Entry"]):
    """A queryset that changes nothing: NianjianError ``audit_append_only``."""

    def update(self, **kwargs: Any) -> NoReturn:  # noqa: ANN401 - Django's signature
        """Refuse."""
        raise NianjianError("audit_append_only", fields=",".join(sorted(kwargs)))

    def delete(self) -> NoReturn:
        """Refuse."""
        raise NianjianError("audit_append_only", fields="")


class Entry(models.Model):
    """One act. ``hash`` is the sha256 of the canonical JSON of all other fields, ``prev`` the hash before it."""

    seq = models.BigIntegerField(primary_key=True)  # 1, 2, 3 … without gaps
    at = models.CharField(max_length=32)  # UTC, ISO 8601 with microseconds, as hashed
    actor = models.CharField(max_length=160)
    enterprise = models.CharField(max_length=64, blank=True, db_index=True)  # "": the installation
    verb = models.CharField(max_length=80, db_index=True)
    data = models.TextField()  # canonical JSON, as hashed
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[Entry]] = models.Manager.from_queryset(AppendOnly)()

    def __str__(self) -> str:
        return f"{self.seq} {self.verb} {self.actor}"

    def save(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's signature
        """Insert only: NianjianError ``audit_append_only`` for an entry that is already in the table."""
        if not self._state.adding:
            raise NianjianError("audit_append_only", fields="")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ANN401, ARG002 - Django's signature
        """Refuse."""
        raise NianjianError("audit_append_only", fields="")


class Head(models.Model):
    """The one row that writers lock: number and hash of the last entry."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        """One row only."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="audit_head_single")
        ]

    def __str__(self) -> str:
        return f"head {self.seq}"
