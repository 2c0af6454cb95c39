"""Many files at once: each is proposed an item, a person confirms, changes, or has the file cut."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import arrivals, pictures
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.receive import SmallPicture, cut_ranges, receive, require_cuttable
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import Arrival
from nianjian.features.dossier.operations import checklist
from nianjian.features.dossier.operations.checklist import LIMIT
from nianjian.features.dossier.pictures import PictureOwner
from nianjian.features.dossier.recognition import (
    Range,
    check_ranges,
    file_proposal_to_document,
    format_leftover_pages,
    format_range,
    propose_items,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.home import env, spill
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
SHOWN: Final = 20  # jobs that a page tells of


def store_file(*, enterprise: str, year: int, name: str, content: bytes, actor: Actor) -> Arrival:
    """Keep one of the files; `read` puts the work. NianjianError role_missing, file_empty, file_too_large."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    code, plain = accounts.enterprise(enterprise).code, plain_name(name)
    if not content:
        raise NianjianError("file_empty", file=plain)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=LIMIT)
    return arrivals.store_file(enterprise=code, year=year, name=plain, body=content, actor=actor)


def enqueue_reading(*, enterprise: str, year: int, actor: Actor) -> str:
    """Put the look at what has come; its job. Two that overlap do no harm: each takes what is unread."""
    return flow.enqueue(kind=flow.SORT_PAPERS, enterprise=enterprise, payload={"year": year}, actor=actor)


def run_sorting(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `read` has put: how many were read, and how many of them nobody can tell."""
    require(actor, enterprise, flow.NEEDS[flow.SORT_PAPERS])
    year, unsure = int(given["year"]), 0
    waiting = arrivals.list_unread_keys(enterprise, year)
    where = accounts.enterprise(enterprise).province or None
    book = rulebook(day=None, province=where, enterprise=enterprise)
    for done, key in enumerate(waiting):
        progress("", done, len(waiting))
        watch = partial(progress, "", done, len(waiting))  # a long scan is stopped between two of its pages
        unsure += not _looked(enterprise, year, key, book, actor=actor, watch=watch)
    return {"year": year, "read": len(waiting), "unsure": unsure}


def _looked(enterprise: str, year: int, key: int, book: Rulebook, *, actor: Actor, watch: Callable[[], None]) -> bool:
    """Whether the file is told; one on which a person has decided meanwhile needs nothing more."""
    try:
        row = arrivals.get_arrival(enterprise, year, key)
        content = arrivals.read_content(row)
    except NianjianError:
        return True
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        path = room / plain_name(row.name or "")
        path.write_bytes(content)
        try:
            found = propose_items(path, book, clock.today(), room, watch, pictured=True)
        except NianjianError as error:
            arrivals.record_fault(arrival=key, fault={"code": error.code, "values": dict(error.values)}, actor=actor)
            return False
    arrivals.record_proposal(
        arrival=key, proposal=file_proposal_to_document(found), pictured=found.pictures, actor=actor
    )
    return found.sure


def list_waiting_files(*, enterprise: str, year: int, actor: Actor, first: int = 0, most: int) -> list[Arrival]:
    """Files that wait for a person, the oldest first. NianjianError role_missing."""
    require(actor, enterprise, Act.LOAD)  # what was read may name people: only for whom brings papers in
    return arrivals.list_waiting_files(enterprise, year, first, most)


def get_arrival(*, enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    """A file that waits. NianjianError role_missing, dossier_arrival_unknown."""
    require(actor, enterprise, Act.LOAD)
    return arrivals.get_arrival(enterprise, year, arrival)


def decide_item(*, enterprise: str, year: int, arrival: int, item: str, actor: Actor) -> str:
    """A person says which item a file is: it goes to its check; that job.

    NianjianError role_missing, dossier_arrival_unknown, dossier_item_unknown.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    wanted = get_item(item).name
    with transaction.atomic():
        row = arrivals.get_arrival(enterprise, year, arrival)
        content, name = arrivals.read_content(row), row.name or ""
        job = checklist.enqueue_check(
            enterprise=enterprise, year=year, item=wanted, name=name, content=content, actor=actor
        )
        arrivals.record_decision(row=row, item=wanted, actor=actor)
    return job


def delete_file(*, enterprise: str, year: int, arrival: int, actor: Actor) -> None:
    """A person says that a file belongs to no item: it is deleted. As `decide`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    arrivals.record_decision(row=arrivals.get_arrival(enterprise, year, arrival), item=None, actor=actor)


def list_reading_jobs(enterprise: str, year: int) -> list[JobValue]:
    """Work on a season's files that waits or runs, the next first."""
    return queue.under_way(enterprise, {"year": year}, kind=flow.SORT_PAPERS, first=SHOWN)


PICTURES_AT_ONCE: Final = 12  # pages that are shown at once: pictures of one answer have a megabyte


def count_pages(row: Arrival) -> int:
    """Pages of a file; 0 where nobody has counted them yet."""
    return int((arrivals.read_proposal(row) or {}).get("pages", 0))


def enqueue_cutting(
    *, enterprise: str, year: int, arrival: int, papers: Sequence[Range], leave: bool, actor: Actor
) -> str:
    """A person says which pages of a file are which item: put the cutting of it; its job.

    ``leave``: pages in no range may be lost. What can be told without opening the file is refused at once.

    NianjianError role_missing, dossier_arrival_unknown, dossier_item_unknown, and those of `held`.
    """
    require(actor, enterprise, flow.NEEDS[flow.CUT_PAPERS])
    refuse_closed(enterprise, year)
    row = arrivals.get_arrival(enterprise, year, arrival)
    for paper in papers:
        get_item(paper.item)
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
    row = arrivals.get_arrival(enterprise, year, arrival)
    name = plain_name(row.name or "")
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        path = room / name
        path.write_bytes(arrivals.read_content(row))
        got = receive(path, room)
        clean = require_cuttable(got)
        check_ranges(papers, got.pages, leave=leave)
        progress("", 0, len(papers))
        parts = cut_ranges(clean, [(paper.first, paper.last) for paper in papers], room, name=name)
        contents = [part.read_bytes() for part in parts]
    progress("", len(papers), len(papers))
    with transaction.atomic():
        row = arrivals.get_arrival(enterprise, year, arrival)  # somebody may have decided meanwhile
        made = [_asked(row, paper, content, actor) for paper, content in zip(papers, contents, strict=True)]
        arrivals.record_cut(row=row, papers=papers, leave=format_leftover_pages(papers, got.pages), actor=actor)
    return {"year": year, "papers": made}


def _asked(row: Arrival, paper: Range, content: bytes, actor: Actor) -> Json:
    """The check of one paper."""
    called = f"{Path(plain_name(row.name or '')).stem} {format_range(paper.first, paper.last)}.pdf"
    source = {"arrival": row.pk, "sha256": row.sha256, "first": paper.first, "last": paper.last}
    job = checklist.enqueue_check(
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


def find_last_cutting(enterprise: str, year: int, arrival: int) -> JobValue | None:
    """The cutting of a file that was asked for last."""
    return queue.newest(enterprise, flow.CUT_PAPERS, {"year": year, "arrival": arrival})


def list_cuttings(enterprise: str, year: int) -> dict[int, JobValue]:
    """The files that are about to be cut, each with its job."""
    found = queue.under_way(enterprise, {"year": year}, kind=flow.CUT_PAPERS)
    return {int(str(one.payload["arrival"])): one for one in found}


def has_pictures(arrival: int) -> bool:
    """Whether a file has pictures of its pages."""
    return pictures.has_pictures(PictureOwner(arrival=arrival))


def reveal_pages(*, enterprise: str, year: int, arrival: int, first: int, actor: Actor) -> list[SmallPicture]:
    """Pictures of some pages, which may show personal values in full; the chain has an entry.

    NianjianError role_missing, dossier_arrival_unknown, blob_missing.
    """
    row = _revealed(enterprise, year, arrival, actor)
    kept = sorted(pictures.list_pictures(PictureOwner(arrival=arrival), first, first + PICTURES_AT_ONCE - 1).items())
    made = [SmallPicture(page, one.wide_mm, one.high_mm, pictures.read_content(one)) for page, one in kept]
    if made:
        _noted(row, made[0].page, made[-1].page, actor)
    return made


def reveal_picture(*, enterprise: str, year: int, arrival: int, page: int, actor: Actor) -> bytes:
    """One page's picture (JPEG), with its entry; as `shown`, and dossier_picture_unknown."""
    row = _revealed(enterprise, year, arrival, actor)
    content = pictures.read_content(pictures.get_picture(PictureOwner(arrival=arrival), page))
    _noted(row, page, page, actor)
    return content


def _revealed(enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    require(actor, enterprise, Act.LOAD)  # as every look at a file that waits
    require(actor, enterprise, Act.REVEAL)
    return arrivals.get_arrival(enterprise, year, arrival)


def _noted(row: Arrival, first: int, end: int, actor: Actor) -> None:
    told: dict[str, object] = {"year": row.year, "sha256": row.sha256, "first": first, "last": end}
    pictures.record_download(enterprise=row.enterprise_id, told=told, actor=actor)
