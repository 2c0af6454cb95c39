"""Read cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import states
from nianjian.features.rectification.cases.model import Case, Event, Measure, Paper


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a value."""

    step: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A measure as a value."""

    id: int
    text: str
    owner: str
    due: date
    every: int | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A paper as a value."""

    id: int
    kind: str
    name: str
    sha256: str
    size: int
    issuer: str
    number: str
    dated: date | None
    recorded_at: datetime


def case(id_: str) -> Case:
    """One case; ``rectify_unknown``."""
    found = Case.objects.filter(pk=id_).first()
    if found is None:
        raise NianjianError("rectify_unknown", case=id_)
    return found


def cases(enterprise: str) -> QuerySet[Case]:
    """The cases of an enterprise, newest first."""
    return Case.objects.filter(enterprise_id=enterprise).order_by("-opened_at", "-pk")


def waiting(enterprises: Collection[str]) -> QuerySet[Case]:
    """Cases of several enterprises whose report has not been submitted."""
    return Case.objects.filter(enterprise_id__in=enterprises, submitted_on=None).exclude(state=states.CLOSED)


def events(case: Case) -> list[Happened]:
    """What was done, in order."""
    return [Happened(one.step, one.at, one.actor, one.data) for one in Event.objects.filter(case=case).order_by("pk")]


def measures(case: Case) -> list[Task]:
    """The measures by their day."""
    return [
        Task(one.pk, one.text or "", one.owner or "", one.due, one.every, one.done_on)
        for one in Measure.objects.filter(case=case).order_by("due", "pk")
    ]


def papers(case: Case, kind: str | None = None) -> list[Kept]:
    """The papers, oldest first; of one kind if given."""
    found = Paper.objects.filter(case=case).order_by("pk")
    return [_kept(one) for one in (found.filter(kind=kind) if kind else found)]


def blob(case: Case, paper: int) -> tuple[Kept, str, str]:
    """A paper with its media type and its place in the vault; ``rectify_paper_unknown``."""
    found = Paper.objects.filter(case=case, pk=paper).first()
    if found is None:
        raise NianjianError("rectify_paper_unknown", case=case.pk, paper=paper)
    return _kept(found), found.media_type, found.blob


def _kept(one: Paper) -> Kept:
    return Kept(
        one.pk, one.kind, one.name or "", one.sha256, one.size, one.issuer, one.number, one.dated, one.recorded_at
    )
