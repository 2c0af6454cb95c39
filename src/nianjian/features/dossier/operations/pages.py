"""The pages of a version: what was found on each and where, its picture for whom may see the file, drawn once."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nianjian.features.dossier import materials, pictures
from nianjian.features.dossier.ingest.receive import DPI, Pictured, pictured, receive, render_pages
from nianjian.features.dossier.models import Version
from nianjian.features.dossier.pictures import Mark, Of, marks
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.jobs.query import JobValue

Json = dict[str, Any]
A4: Final = (210.0, 297.0)  # mm, where nobody has drawn the page yet
STEP: Final = 8  # pages that are shown at once: pictures of one answer have a megabyte
ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png", "image/tiff": "tif"}


@dataclass(frozen=True, slots=True)
class Page:
    """``facts``: as the check told them, {} where it is older than that; ``findings`` of this page as kept.

    ``jpeg`` None: there is no picture, or it was not asked for. Sides in mm.
    """

    page: int
    wide_mm: float
    high_mm: float
    facts: Json
    findings: list[Json]
    marks: list[Mark]
    jpeg: bytes | None


@dataclass(frozen=True, slots=True)
class Pages:
    """Some pages of a version; ``drawn``: pictures are kept."""

    version: Version
    pages: list[Page]
    drawn: bool


def preview_pages(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, first: int = 1, most: int = STEP
) -> Pages:
    """Pages from the ``first`` on, without pictures; NianjianError role_missing, dossier_version_unknown."""
    require(actor, enterprise, Act.READ)
    row = materials.version(enterprise, year, item, number)
    return Pages(row, _pages(row, first, most, {}), pictures.there(Of(version=row.pk)))


def reveal_pages(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, first: int = 1, most: int = STEP
) -> Pages:
    """The same with their pictures, which may show personal values in full; the chain has an entry.

    NianjianError role_missing, dossier_version_unknown, blob_missing.
    """
    require(actor, enterprise, Act.REVEAL)
    row = materials.version(enterprise, year, item, number)
    kept = pictures.some(Of(version=row.pk), first, min(first + most - 1, row.pages))
    contents = {page: pictures.content(one) for page, one in kept.items()}
    if contents:
        _noted(enterprise, year, item, number, sorted(contents), actor)
    return Pages(row, _pages(row, first, most, contents), bool(contents) or pictures.there(Of(version=row.pk)))


def picture(*, enterprise: str, year: int, item: str, number: int, page: int, actor: Actor) -> bytes:
    """One page's picture (JPEG), with its entry; as `shown`, and dossier_picture_unknown."""
    require(actor, enterprise, Act.REVEAL)
    row = materials.version(enterprise, year, item, number)
    content = pictures.content(pictures.get_picture(Of(version=row.pk), page))
    _noted(enterprise, year, item, number, [page], actor)
    return content


def _noted(enterprise: str, year: int, item: str, number: int, pages: Sequence[int], actor: Actor) -> None:  # noqa: PLR0917 -- one entry
    told: dict[str, object] = {"year": year, "item": item, "version": number, "first": pages[0], "last": pages[-1]}
    pictures.given_out(enterprise=enterprise, told=told, actor=actor)


def _pages(row: Version, first: int, most: int, contents: Mapping[int, bytes]) -> list[Page]:
    told = materials.report(row)
    facts = {int(one["page"]): one for one in told.get("sheets", ())}
    findings: dict[int, list[Json]] = {}
    for one in told.get("findings", ()):
        if one["page"]:
            findings.setdefault(int(one["page"]), []).append(one)
    last = min(first + most - 1, row.pages)
    sizes = {page: (one.wide_mm, one.high_mm) for page, one in pictures.some(Of(version=row.pk), first, last).items()}
    made = []
    for page in range(first, last + 1):
        wide, high = sizes.get(page, A4)
        known, found = facts.get(page, {}), findings.get(page, [])
        made.append(Page(page, wide, high, known, found, marks(known, found, wide, high), contents.get(page)))
    return made


def enqueue_drawing(*, enterprise: str, year: int, item: str, number: int, actor: Actor) -> str:
    """Put the drawing of a version's pages; its job. NianjianError role_missing, dossier_version_unknown."""
    require(actor, enterprise, flow.NEEDS[flow.DRAW_PAGES])
    materials.version(enterprise, year, item, number)
    given = {"year": year, "item": item, "version": number}
    return flow.enqueue_once(kind=flow.DRAW_PAGES, enterprise=enterprise, payload=given, actor=actor)


def run_drawing(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put: how many pages have pictures now."""
    require(actor, enterprise, flow.NEEDS[flow.DRAW_PAGES])
    year, item, number = int(given["year"]), str(given["item"]), int(given["version"])
    row = materials.version(enterprise, year, item, number)
    progress("", 0, row.pages)
    if row.media_type in ENDINGS and not pictures.there(Of(version=row.pk)):
        made = of(materials.content(row), row.media_type, progress)
        told: dict[str, object] = {"year": year, "item": item, "version": number}
        pictures.draw(of=Of(version=row.pk), pictures=made, enterprise=enterprise, told=told, actor=actor)
    return {"year": year, "item": item, "version": number, "pages": row.pages}


def of(body: bytes, media_type: str, progress: Progress = silent) -> list[Pictured]:
    """Pictures of a file's pages, drawn by the limited child from a clean copy; what it refuses is raised."""
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        source = room / f"pages.{ENDINGS[media_type]}"
        source.write_bytes(body)
        got = receive(source, room)
        if got.clean is None:
            return []
        made: list[Pictured] = []
        for one in render_pages(got.clean, got.pages, name=got.name, dpi=DPI):
            progress("", len(made), got.pages)
            made.append(pictured(one))
        return made


def copied(row: Version) -> list[Pictured]:
    """The pictures of a version that is taken over, for the new one."""
    kept = pictures.some(Of(version=row.pk), 1, row.pages)
    return [Pictured(one.page, one.wide_mm, one.high_mm, pictures.content(one)) for one in kept.values()]


def drawing(enterprise: str, year: int, item: str, number: int) -> JobValue | None:
    """The drawing of a version's pages that waits or runs."""
    given = {"year": year, "item": item, "version": number}
    return queue.newest(enterprise, flow.DRAW_PAGES, given, *queue.UNDER_WAY)
