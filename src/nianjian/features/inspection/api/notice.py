"""Scans of the notice beside an inspection day, and the note that the screens stand in the room."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpResponse
from ninja import Path, Query, Router, Schema

from nianjian.features.dossier.operations.checklist import MEDIA
from nianjian.features.inspection.api.day import HERE, Scan
from nianjian.features.inspection.operations.day import scans, screen_attestation
from nianjian.platform.accounts.roles import Act
from nianjian.platform.api.access import Request
from nianjian.platform.api.operations import take, write
from nianjian.platform.api.parameter_types import Day, FileName, attached

router = Router(tags=["inspection"])
SCANS = f"{HERE}/{{day}}/scans"
Number = Annotated[int, Path(ge=1, le=2**62)]
Of = Annotated[Day, Path()]


class ScanRemoved(Schema):
    """The scan that is gone."""

    scan: int


class ScreensSeen(Schema):
    """What was seen on a day, today where it is absent. ``stand``: both screens, with live data."""

    seen_on: Day | None = None
    stand: bool = True


class ScreensSigned(Schema):
    """A note, ``signed`` by the account that made it."""

    seen_on: str
    stand: bool
    signed: str


@write(router, f"{HERE}/screens", act=Act.LOAD, answer=ScreensSigned, status=201)
def visit_screens(request: Request, code: str, given: ScreensSeen) -> dict[str, object]:
    """Sign by the own account that both screens stand in the room with live data, or that they do not."""
    return screen_attestation.note(enterprise=code, seen_on=given.seen_on, stand=given.stand, actor=request.actor)


@write(router, SCANS, act=Act.LOAD, answer=Scan, status=201, held=scans.LIMIT)
def visit_scan_add(request: Request, code: str, day: Of, file: Query[FileName]) -> dict[str, object]:
    """Keep a scan of the notice beside a day, encrypted; the content is the file, at most 20 MiB."""
    return scans.attach(enterprise=code, day=day, name=file.name, content=request.content, actor=request.actor)


@take(router, f"{SCANS}/{{scan}}/file", act=Act.REVEAL, media=sorted(MEDIA.values()))
def visit_scan_fetch(request: Request, code: str, day: Of, scan: Number) -> HttpResponse:
    """A scan as it came; the audit chain has the entry."""
    name, media, content = scans.fetch(enterprise=code, day=day, number=scan, actor=request.actor)
    return attached(content, media, name)


@write(router, f"{SCANS}/{{scan}}", act=Act.LOAD, answer=ScanRemoved, method="DELETE")
def visit_scan_remove(request: Request, code: str, day: Of, scan: Number) -> dict[str, object]:
    """Take a scan back; its content is deleted."""
    scans.remove(enterprise=code, day=day, number=scan, actor=request.actor)
    return {"scan": scan}
