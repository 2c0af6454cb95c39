"""Read drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.registers.drafts.model import Draft


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


def draft(id_: str) -> DraftValue:
    """One draft; ``draft_unknown``."""
    found = Draft.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("draft_unknown", draft=id_)
    return _value(found)


def drafts(enterprise: str, made_by: str, *, newest: int = 50) -> list[DraftValue]:
    """What a person has under way at an enterprise, the ``newest`` first."""
    found = Draft.objects.filter(enterprise_id=enterprise, made_by=made_by).order_by("-changed_at", "-id")
    return [_value(one) for one in found[:newest]]


def is_own(draft: str, enterprise: str, made_by: str) -> bool:
    """Whether a person has this draft under way there."""
    return Draft.objects.filter(pk=draft, enterprise_id=enterprise, made_by=made_by).exists()


def untouched(age: timedelta) -> list[DraftValue]:
    """Drafts that nobody has touched for so long."""
    return [_value(one) for one in Draft.objects.filter(changed_at__lt=clock.now() - age).order_by("changed_at")]


def handed_over() -> list[DraftValue]:
    """Drafts that the worker has or had."""
    return [_value(one) for one in Draft.objects.exclude(job="").order_by("changed_at")]


def ids() -> frozenset[str]:
    """The ids of all drafts."""
    return frozenset(Draft.objects.values_list("pk", flat=True))


def _value(row: Draft) -> DraftValue:
    return DraftValue(
        id=row.id,
        enterprise=row.enterprise_id,
        kind=row.kind,
        made_by=row.made_by,
        made_at=row.made_at,
        changed_at=row.changed_at,
        files=tuple(Upload(**one) for one in row.files),
        choices=row.choices,
        check_job=row.check_job,
        job=row.job,
    )
