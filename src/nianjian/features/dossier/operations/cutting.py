"""One file of several papers: its pages are shown, a person says which are which item, the worker cuts it."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.arrivals import query, service
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.arrivals.ranges import Range, check_ranges, format_leftover_pages, spoken
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.cut import cut, fit
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.operations import upload
from nianjian.features.dossier.pictures import query as pictures
from nianjian.features.dossier.pictures import service as pictures_service
from nianjian.features.dossier.pictures.query import Of
from nianjian.features.dossier.pictures.shrink import Pictured
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.uploads import plain_name

Json = dict[str, Any]
STEP: Final = 12  # pages that are shown at once: pictures of one answer have a megabyte


def count_pages(row: Arrival) -> int:
    """Pages of a file; 0 where nobody has counted them yet."""
    return int((query.proposal(row) or {}).get("pages", 0))


def enqueue_cutting(
    *, enterprise: str, year: int, arrival: int, papers: Sequence[Range], leave: bool, actor: Actor
) -> str:
    """A person says which pages of a file are which item: put the cutting of it; its job.

    ``leave``: pages in no range may be lost. What can be told without opening the file is refused at once.

    NianjianError role_missing, dossier_arrival_unknown, dossier_item_unknown, and those of `held`.
    """
    require(actor, enterprise, flow.NEEDS[flow.CUT_PAPERS])
    refuse_closed(enterprise, year)
    row = query.get_arrival(enterprise, year, arrival)
    for paper in papers:
        known_item(paper.item)
    pages = count_pages(row)
    check_ranges(papers, pages or limits.PAGES, leave=leave or not pages)
    parts = [{"item": paper.item, "first": paper.first, "last": paper.last} for paper in papers]
    given = {"year": year, "arrival": arrival, "papers": parts, "leave": leave}
    return flow.enqueue_once(kind=flow.CUT_PAPERS, enterprise=enterprise, payload=given, actor=actor)


def run_cutting(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `ask` has put: each range goes to its check; those jobs. The file waits on where it is refused.

    NianjianError role_missing, dossier_arrival_unknown, dossier_cut_unfit, and those of `held`, `receive` and `cut`.
    """
    require(actor, enterprise, flow.NEEDS[flow.CUT_PAPERS])
    year, arrival, leave = int(given["year"]), int(given["arrival"]), bool(given["leave"])
    papers = [Range(one["item"], one["first"], one["last"]) for one in given["papers"]]
    progress("", 0, len(papers))
    done = _done(enterprise, year, arrival, papers)
    if done:  # the worker ended between this and its result
        return {"year": year, "papers": done}
    row = query.get_arrival(enterprise, year, arrival)
    name = plain_name(row.name or "")
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        path = room / name
        path.write_bytes(query.content(row))
        got = receive(path, room)
        clean = fit(got)
        check_ranges(papers, got.pages, leave=leave)
        progress("", 0, len(papers))
        parts = cut(clean, [(paper.first, paper.last) for paper in papers], room, name=name)
        contents = [part.read_bytes() for part in parts]
    progress("", len(papers), len(papers))
    with transaction.atomic():
        row = query.get_arrival(enterprise, year, arrival)  # somebody may have decided meanwhile
        made = [_asked(row, paper, content, actor) for paper, content in zip(papers, contents, strict=True)]
        service.cut(row=row, papers=papers, leave=format_leftover_pages(papers, got.pages), actor=actor)
    return {"year": year, "papers": made}


def _asked(row: Arrival, paper: Range, content: bytes, actor: Actor) -> Json:
    """The check of one paper."""
    called = f"{Path(plain_name(row.name or '')).stem} {spoken(paper.first, paper.last)}.pdf"
    source = {"arrival": row.pk, "sha256": row.sha256, "first": paper.first, "last": paper.last}
    job = upload.enqueue_check(
        enterprise=row.enterprise_id, year=row.year, item=paper.item, name=called, content=content, actor=actor,
        source=source,
    )  # fmt: skip
    return _told(paper, job)


def _told(paper: Range, job: str) -> Json:
    return {"item": paper.item, "first": paper.first, "last": paper.last, "job": job}


def _done(enterprise: str, year: int, arrival: int, papers: Sequence[Range]) -> list[Json]:
    """The checks that an earlier try has put, all with the end of the file, or none of them."""
    made: list[Json] = []
    for paper in papers:
        source = {"source__arrival": arrival, "source__first": paper.first, "source__last": paper.last}
        found = queue.newest(enterprise, flow.CHECK_PAPER, {"year": year, "item": paper.item, **source})
        if found is None:
            return []
        made.append(_told(paper, found.id))
    return made


def last(enterprise: str, year: int, arrival: int) -> JobValue | None:
    """The cutting of a file that was asked for last."""
    return queue.newest(enterprise, flow.CUT_PAPERS, {"year": year, "arrival": arrival})


def under_way(enterprise: str, year: int) -> dict[int, JobValue]:
    """The files that are about to be cut, each with its job."""
    found = queue.under_way(enterprise, {"year": year}, kind=flow.CUT_PAPERS)
    return {int(str(one.payload["arrival"])): one for one in found}


def there(arrival: int) -> bool:
    """Whether a file has pictures of its pages."""
    return pictures.there(Of(arrival=arrival))


def reveal_pages(*, enterprise: str, year: int, arrival: int, first: int, actor: Actor) -> list[Pictured]:
    """Pictures of some pages, which may show personal values in full; the chain has an entry.

    NianjianError role_missing, dossier_arrival_unknown, blob_missing.
    """
    row = _revealed(enterprise, year, arrival, actor)
    kept = sorted(pictures.some(Of(arrival=arrival), first, first + STEP - 1).items())
    made = [Pictured(page, one.wide_mm, one.high_mm, pictures.content(one)) for page, one in kept]
    if made:
        _noted(row, made[0].page, made[-1].page, actor)
    return made


def picture(*, enterprise: str, year: int, arrival: int, page: int, actor: Actor) -> bytes:
    """One page's picture (JPEG), with its entry; as `shown`, and dossier_picture_unknown."""
    row = _revealed(enterprise, year, arrival, actor)
    content = pictures.content(pictures.get_picture(Of(arrival=arrival), page))
    _noted(row, page, page, actor)
    return content


def _revealed(enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    require(actor, enterprise, Act.LOAD)  # as every look at a file that waits
    require(actor, enterprise, Act.REVEAL)
    return query.get_arrival(enterprise, year, arrival)


def _noted(row: Arrival, first: int, end: int, actor: Actor) -> None:
    told: dict[str, object] = {"year": row.year, "sha256": row.sha256, "first": first, "last": end}
    pictures_service.given_out(enterprise=row.enterprise_id, told=told, actor=actor)
