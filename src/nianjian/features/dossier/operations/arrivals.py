"""Many files at once: each is proposed an item, a person confirms, changes, or has the file cut.

Each write is one transaction with one audit entry.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_json, to_message_values
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import require_size
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier import materials
from nianjian.features.dossier.documents import CutPaper, CuttingOutcome, FileProposal, SortingOutcome
from nianjian.features.dossier.ingest import limits
from nianjian.features.dossier.ingest.receive import SmallPicture, cut_ranges, receive, require_cuttable
from nianjian.features.dossier.kinds import get_item
from nianjian.features.dossier.models import Arrival
from nianjian.features.dossier.operations import checklist, sealed_book
from nianjian.features.dossier.operations.checklist import LIMIT, require_writable, temporary_folder
from nianjian.features.dossier.recognition import (
    Range,
    check_ranges,
    format_leftover_pages,
    format_range,
    propose_items,
)
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs.progress import Progress
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

Json = dict[str, Any]
SHOWN: Final = 20  # jobs that a page tells of
PICTURES_AT_ONCE: Final = 12  # pages that are shown at once: pictures of one answer have a megabyte


def store_file(*, enterprise: str, year: int, name: str, content: bytes, actor: Actor) -> Arrival:
    """Keep a file until it has its item; `enqueue_reading` puts the work.

    The same content again in a season is the one that waits already; what could not be read is read anew: the package
    of a sealed book may have been built since. ``role_missing``, ``file_empty``, ``file_too_large``.
    """
    require_writable(actor, enterprise, year)
    code, plain = accounts.enterprise(enterprise).code, plain_name(name)
    require_size(plain, len(content), LIMIT)
    sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        existing = Arrival.objects.select_for_update().filter(enterprise_id=code, year=year, sha256=sha256).first()
        if existing is not None:
            if existing.fault is not None:
                sealed_book.withdraw_requests(existing, actor)
                existing.fault = None
                existing.save(update_fields=["fault"])
            return existing
        with blobs.put_undoable(content) as stored:
            row = Arrival.objects.create(
                enterprise_id=code, year=year, name=plain, sha256=sha256, size=stored.size, blob=stored.id,
                arrived_at=clock.now(), arrived_by=str(actor),
            )  # fmt: skip
            note("arrived", row, actor, {"size": stored.size})
    return row


def enqueue_reading(*, enterprise: str, year: int, actor: Actor) -> str:
    """Put the look at what has come; its job. Two that overlap do no harm: each takes what is unread."""
    return flow.enqueue(kind=flow.SORT_PAPERS, enterprise=enterprise, payload={"year": year}, actor=actor)


def run_sorting(*, enterprise: str, year: int, actor: Actor, progress: Progress) -> SortingOutcome:
    """The work of `enqueue_reading`."""
    require_permission(actor, enterprise, flow.NEEDS[flow.SORT_PAPERS])
    unsure = 0
    unread = Arrival.objects.filter(enterprise_id=enterprise, year=year, proposal__isnull=True, fault__isnull=True)
    waiting = list(unread.order_by("pk").values_list("pk", flat=True))
    book = checklist.get_rulebook(enterprise)
    for done, key in enumerate(waiting):
        progress("", done, len(waiting))
        watch = partial(progress, "", done, len(waiting))  # a long scan is stopped between two of its pages
        unsure += not _read_file(enterprise, year, key, book, actor=actor, watch=watch)
    return SortingOutcome(year, len(waiting), unsure)


def _read_file(
    enterprise: str, year: int, key: int, book: Rulebook, *, actor: Actor, watch: Callable[[], None]
) -> bool:
    """Whether the file is told; one on which a person has decided meanwhile needs nothing more."""
    try:
        row = find_arrival(enterprise, year, key)
        content = blobs.get(row.blob)
    except NianjianError:
        return True
    pictures: list[SmallPicture] = []
    with temporary_folder() as room:
        path = room / plain_name(row.name or "")
        path.write_bytes(content)
        try:
            if sealed_book.store_sealed_book(row=row, path=path, room=room, watch=watch, actor=actor):
                return True
            proposal = propose_items(path, book, clock.today(), room, watch, pictures=pictures)
        except NianjianError as error:
            fault = to_json({"code": error.code, "values": to_message_values(error.values)})
            _record_reading(key, actor, fault=fault)
            return False
    record_proposal(arrival=key, proposal=proposal, pictured=pictures, actor=actor)
    return proposal.sure


def record_proposal(
    *, arrival: int, proposal: FileProposal, pictured: Sequence[SmallPicture] = (), actor: Actor
) -> None:
    """Keep what its content speaks for, and its pages; a file on which a person has decided meanwhile is none."""
    _record_reading(arrival, actor, proposal=proposal, pictured=pictured)


def _record_reading(
    arrival: int,
    actor: Actor,
    *,
    proposal: FileProposal | None = None,
    fault: str | None = None,
    pictured: Sequence[SmallPicture] = (),
) -> None:
    with transaction.atomic():
        row = Arrival.objects.select_for_update().filter(pk=arrival).first()  # two looks at a file wait for each other
        if row is None:
            return
        row.proposal, row.fault = to_json(proposal, sort_keys=True) if proposal else None, fault
        row.save(update_fields=["proposal", "fault"])
        materials.delete_pictures(of=row)
        materials.store_pictures(of=row, pictures=pictured)
        note("read", row, actor, {"item": proposal and proposal.item})


def list_waiting_files(*, enterprise: str, year: int, actor: Actor, first: int = 0, most: int) -> list[Arrival]:
    """Files that wait for a person, the oldest first; ``role_missing``."""
    # What was read may name people: only for whom brings papers in.
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    rows = Arrival.objects.filter(enterprise_id=enterprise, year=year).order_by("pk")
    return list(rows[first : first + most])


def get_arrival(*, enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    """A file that waits; ``role_missing``, ``dossier_arrival_unknown``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    return find_arrival(enterprise, year, arrival)


def find_arrival(enterprise: str, year: int, arrival: int) -> Arrival:
    """One of a season; ``dossier_arrival_unknown``."""
    row = Arrival.objects.filter(enterprise_id=enterprise, year=year, pk=arrival).first()
    if row is None:
        raise NianjianError("dossier_arrival_unknown", arrival=arrival)
    return row


def read_proposal(row: Arrival) -> FileProposal | None:
    """What its content speaks for; None: not read, or not readable."""
    return msgspec.json.decode(row.proposal, type=FileProposal) if row.proposal else None


def read_fault(row: Arrival) -> NianjianError | None:
    """Why it could not be read."""
    if not row.fault:
        return None
    fault = json.loads(row.fault)
    return NianjianError(fault["code"], **fault["values"])


def decide_item(*, enterprise: str, year: int, arrival: int, item: str, actor: Actor) -> str:
    """A person says which item a file is: it goes to its check; that job.

    ``role_missing``, ``dossier_arrival_unknown``, ``dossier_item_unknown``.
    """
    require_writable(actor, enterprise, year)
    get_item(item)
    with transaction.atomic():
        row = find_arrival(enterprise, year, arrival)
        content, name = blobs.get(row.blob), row.name or ""
        job = checklist.enqueue_check(
            enterprise=enterprise, year=year, item=item, name=name, content=content, actor=actor
        )
        record_decision(row=row, item=item, actor=actor)
    return job


def delete_file(*, enterprise: str, year: int, arrival: int, actor: Actor) -> None:
    """A person says that a file belongs to no item: it is deleted. As `decide_item`."""
    require_writable(actor, enterprise, year)
    record_decision(row=find_arrival(enterprise, year, arrival), item=None, actor=actor)


def record_decision(*, row: Arrival, item: str | None, actor: Actor) -> None:
    """A person said which item it is, or None: it belongs to none. The file goes with its row.

    ``dossier_arrival_unknown`` where somebody has decided meanwhile.
    """
    proposal = read_proposal(row)
    with transaction.atomic():
        materials.require_waiting(row)
        sealed_book.withdraw_requests(row, actor)
        note("sorted" if item else "put_away", row, actor, {"item": item, "proposed": proposal and proposal.item})
        materials.delete_file(row)


def record_cut(*, row: Arrival, papers: Sequence[Range], leave: str, actor: Actor) -> None:
    """A person said which pages are which item; ``leave``: pages that are none. As `record_decision`."""
    with transaction.atomic():
        materials.require_waiting(row)
        sealed_book.withdraw_requests(row, actor)
        note("cut", row, actor, {"papers": [asdict(one) for one in papers], "left": leave})
        materials.delete_file(row)


def note(act: str, row: Arrival, actor: Actor, data: Mapping[str, object]) -> None:
    """Write the entry of an act on a file that waits."""
    values = {"year": row.year, "sha256": row.sha256, **data}
    record(verb=f"dossier.{act}", enterprise=row.enterprise_id, actor=actor, data=values)


def list_reading_jobs(enterprise: str, year: int) -> list[JobValue]:
    """Work on a season's files that waits or runs, the next first."""
    return queue.under_way(enterprise, {"year": year}, kind=flow.SORT_PAPERS, first=SHOWN)


def count_pages(row: Arrival) -> int:
    """Pages of a file; 0 where nobody has counted them yet."""
    proposal = read_proposal(row)
    return (proposal and proposal.pages) or 0


def enqueue_cutting(
    *, enterprise: str, year: int, arrival: int, papers: Sequence[Range], leave: bool, actor: Actor
) -> str:
    """A person says which pages of a file are which item: put the cutting of it; its job.

    ``leave``: pages in no range may be lost. What can be told without opening the file is refused at once.

    ``role_missing``, ``dossier_arrival_unknown``, ``dossier_item_unknown``, and those of `check_ranges`.
    """
    require_writable(actor, enterprise, year, flow.NEEDS[flow.CUT_PAPERS])
    row = find_arrival(enterprise, year, arrival)
    for paper in papers:
        get_item(paper.item)
    pages = count_pages(row)
    check_ranges(papers, pages or limits.PAGES, leave=leave or not pages)
    payload = {"year": year, "arrival": arrival, "papers": [asdict(one) for one in papers], "leave": leave}
    return flow.enqueue_once(kind=flow.CUT_PAPERS, enterprise=enterprise, payload=payload, actor=actor)


def run_cutting(
    *, enterprise: str, year: int, arrival: int, papers: Sequence[Json], leave: bool, actor: Actor, progress: Progress
) -> CuttingOutcome:
    """The work of `enqueue_cutting`: each range goes to its check; those jobs. The file waits on where it is refused.

    ``role_missing``, ``dossier_arrival_unknown``, ``dossier_cut_unfit``, and those of `check_ranges`, `receive` and
    `cut_ranges`.
    """
    require_permission(actor, enterprise, flow.NEEDS[flow.CUT_PAPERS])
    ranges = [Range(**one) for one in papers]
    progress("", 0, len(papers))
    checks = _list_checks(enterprise, year, arrival, ranges)
    if checks:  # the worker ended between this and its result
        return CuttingOutcome(year, checks)
    row = find_arrival(enterprise, year, arrival)
    name = plain_name(row.name or "")
    with temporary_folder() as room:
        path = room / name
        path.write_bytes(blobs.get(row.blob))
        received = receive(path, room)
        clean = require_cuttable(received)
        check_ranges(ranges, received.pages, leave=leave)
        progress("", 0, len(papers))
        parts = cut_ranges(clean, [(paper.first, paper.last) for paper in ranges], room, name=name)
        contents = [part.read_bytes() for part in parts]
    progress("", len(papers), len(papers))
    with transaction.atomic():
        row = find_arrival(enterprise, year, arrival)  # somebody may have decided meanwhile
        for paper, body in zip(ranges, contents, strict=True):
            job = checklist.enqueue_check(
                enterprise=enterprise, year=year, item=paper.item, content=body, actor=actor,
                name=f"{Path(name).stem} {format_range(paper.first, paper.last)}.pdf",
                source={"arrival": row.pk, "sha256": row.sha256, "first": paper.first, "last": paper.last},
            )  # fmt: skip
            checks.append(CutPaper(paper.item, paper.first, paper.last, job))
        record_cut(row=row, papers=ranges, leave=format_leftover_pages(ranges, received.pages), actor=actor)
    return CuttingOutcome(year, checks)


def _list_checks(enterprise: str, year: int, arrival: int, papers: Sequence[Range]) -> list[CutPaper]:
    """The checks that an earlier try has put, all with the end of the file, or none of them."""
    checks: list[CutPaper] = []
    for paper in papers:
        source = {"source__arrival": arrival, "source__first": paper.first, "source__last": paper.last}
        job = queue.newest(enterprise, flow.CHECK_PAPER, {"year": year, "item": paper.item, **source})
        if job is None:
            return []
        checks.append(CutPaper(paper.item, paper.first, paper.last, job.id))
    return checks


def find_last_cutting(enterprise: str, year: int, arrival: int) -> JobValue | None:
    """The cutting of a file that was asked for last."""
    return queue.newest(enterprise, flow.CUT_PAPERS, {"year": year, "arrival": arrival})


def list_cuttings(enterprise: str, year: int) -> dict[int, JobValue]:
    """The files that are about to be cut, each with its job."""
    jobs = queue.under_way(enterprise, {"year": year}, kind=flow.CUT_PAPERS)
    return {int(str(one.payload["arrival"])): one for one in jobs}


def reveal_pages(*, enterprise: str, year: int, arrival: int, first: int, actor: Actor) -> list[SmallPicture]:
    """Pictures of some pages, which may show personal values in full; the chain has an entry.

    ``role_missing``, ``dossier_arrival_unknown``, ``blob_missing``.
    """
    row = _require_reveal(enterprise, year, arrival, actor)
    revealed = materials.read_pictures(row, first, first + PICTURES_AT_ONCE - 1)
    if revealed:
        note("looked_at", row, actor, {"first": revealed[0].page, "last": revealed[-1].page})
    return revealed


def reveal_picture(*, enterprise: str, year: int, arrival: int, page: int, actor: Actor) -> bytes:
    """One page's picture (JPEG), with its entry; as `reveal_pages`, and ``dossier_picture_unknown``."""
    row = _require_reveal(enterprise, year, arrival, actor)
    content = materials.read_picture(row, page)
    note("looked_at", row, actor, {"first": page, "last": page})
    return content


def _require_reveal(enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    require_permission(actor, enterprise, Permission.MANAGE_DATA)  # as every look at a file that waits
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    return find_arrival(enterprise, year, arrival)
