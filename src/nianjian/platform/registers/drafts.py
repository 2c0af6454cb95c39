"""Imports that a person has begun in the pages and not finished: their files and choices."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import get_or_raise


class Draft(models.Model):
    """``kind``: ``calls`` or a register's kind. ``files``: {number, name, size, sha256} each.

    ``choices``: source, timezone, mapping (as a mapping file has it), replaces. The files lie beside the database.
    """

    id = models.CharField(primary_key=True, max_length=20)
    enterprise = models.ForeignKey("accounts.Enterprise", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    files: models.JSONField[Any, Any] = models.JSONField(default=list)
    choices: models.JSONField[Any, Any] = models.JSONField(default=dict)
    check_job = models.CharField(max_length=20, blank=True)  # the work that checks the files in whole
    job = models.CharField(max_length=20, blank=True)  # the work that commits it

    class Meta:
        """A person asks for its own, the worker for old ones."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["enterprise", "made_by"], name="registers_draft_own"),
            models.Index(fields=["changed_at"], name="registers_draft_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a draft; ``number`` tells it from one of the same name. ``size`` in bytes."""

    number: int
    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DraftValue:
    """A draft as a value; the fields are those of the model."""

    id: str
    enterprise: str
    kind: str
    made_by: str
    made_at: datetime
    changed_at: datetime
    files: tuple[Upload, ...]
    choices: Mapping[str, object]
    check_job: str
    job: str


def get_draft(id_: str) -> DraftValue:
    """One draft; ``draft_unknown``."""
    return _to_value(get_or_raise(Draft.objects.filter(pk=id_), "draft_unknown", draft=id_))


def list_drafts(enterprise: str, made_by: str) -> list[DraftValue]:
    """What a person has under way at an enterprise, the newest 50 first."""
    rows = Draft.objects.filter(enterprise_id=enterprise, made_by=made_by).order_by("-changed_at", "-id")
    return [_to_value(one) for one in rows[:50]]


def is_own_draft(draft: str, enterprise: str, made_by: str) -> bool:
    """Whether a person has this draft under way there."""
    return Draft.objects.filter(pk=draft, enterprise_id=enterprise, made_by=made_by).exists()


def list_stale_drafts(age: timedelta) -> list[DraftValue]:
    """Drafts that nobody has touched for so long."""
    return [_to_value(one) for one in Draft.objects.filter(changed_at__lt=clock.now() - age).order_by("changed_at")]


def list_submitted_drafts() -> list[DraftValue]:
    """Drafts that the worker has or had."""
    return [_to_value(one) for one in Draft.objects.exclude(job="").order_by("changed_at")]


def list_draft_ids() -> frozenset[str]:
    """The ids of all drafts."""
    return frozenset(Draft.objects.values_list("pk", flat=True))


def _to_value(row: Draft) -> DraftValue:
    names = ("id", "kind", "made_by", "made_at", "changed_at", "choices", "check_job", "job")
    files = tuple(Upload(**one) for one in row.files)
    return DraftValue(enterprise=row.enterprise_id, files=files, **{name: getattr(row, name) for name in names})


NAME_LIMIT = 200


def create_draft(*, kind: str, enterprise: str, made_by: str, choices: Mapping[str, object]) -> str:
    """Begin one; its id."""
    now, id_ = clock.now(), f"D{secrets.token_hex(6)}"
    stamps = {"made_by": made_by, "made_at": now, "changed_at": now}
    Draft.objects.create(id=id_, enterprise_id=enterprise, kind=kind, choices=dict(choices), **stamps)
    return id_


def add_draft_file(*, draft: str, name: str, size: int, sha256: str) -> Upload:
    """Note a file that came in; the number under which it is kept. ``draft_unknown``."""
    with transaction.atomic():
        row = _lock_row(draft)
        number = 1 + max((int(one["number"]) for one in row.files), default=0)
        file = Upload(number, name[-NAME_LIMIT:], size, sha256)
        _update(row, files=[*row.files, asdict(file)], check_job="")
    return file


def remove_draft_file(*, draft: str, number: int) -> None:
    """Forget a file; ``draft_unknown``."""
    with transaction.atomic():
        row = _lock_row(draft)
        _update(row, files=[one for one in row.files if one["number"] != number], check_job="")


def set_choices(*, draft: str, choices: Mapping[str, object]) -> None:
    """Note how the files are to be read; what is not named stays. A check made before holds no longer."""
    with transaction.atomic():
        row = _lock_row(draft)
        _update(row, choices={**row.choices, **choices}, check_job="")


def lock_draft(*, draft: str) -> None:
    """Keep everybody else from changing it until the caller's transaction ends; ``draft_unknown``."""
    _lock_row(draft)


def set_check_job(*, draft: str, job: str) -> None:
    """Note the work that checks it in whole."""
    with transaction.atomic():
        _update(_lock_row(draft), check_job=job)


def set_commit_job(*, draft: str, job: str) -> None:
    """Note the work that commits it."""
    with transaction.atomic():
        _update(_lock_row(draft), job=job)


def discard_draft(*, draft: str) -> None:
    """Forget it; one that is gone already is no fault."""
    Draft.objects.filter(pk=draft).delete()


def _lock_row(draft: str) -> Draft:
    return get_or_raise(Draft.objects.select_for_update().filter(pk=draft), "draft_unknown", draft=draft)


def _update(row: Draft, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.changed_at = clock.now()
    row.save(update_fields=[*changes, "changed_at"])
