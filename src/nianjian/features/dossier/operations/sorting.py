"""Many files at once: each is looked at for the item that it belongs to, and a person confirms or changes it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier.arrivals import query, service
from nianjian.features.dossier.arrivals.look import found_to_document, propose
from nianjian.features.dossier.arrivals.model import Arrival
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.operations import upload
from nianjian.features.dossier.operations.checklist import LIMIT
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


def take(*, enterprise: str, year: int, name: str, content: bytes, actor: Actor) -> Arrival:
    """Keep one of the files; `read` puts the work. NianjianError role_missing, file_empty, file_too_large."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    code, plain = accounts.enterprise(enterprise).code, plain_name(name)
    if not content:
        raise NianjianError("file_empty", file=plain)
    if len(content) > LIMIT:
        raise NianjianError("file_too_large", file=plain, limit=LIMIT)
    return service.add(enterprise=code, year=year, name=plain, body=content, actor=actor)


def read(*, enterprise: str, year: int, actor: Actor) -> str:
    """Put the look at what has come; its job. Two that overlap do no harm: each takes what is unread."""
    return flow.enqueue(kind=flow.SORT_PAPERS, enterprise=enterprise, payload={"year": year}, actor=actor)


def run_sorting(*, enterprise: str, given: Mapping[str, Any], actor: Actor, progress: Progress) -> Json:
    """Do what `read` has put: how many were read, and how many of them nobody can tell."""
    require(actor, enterprise, flow.NEEDS[flow.SORT_PAPERS])
    year, unsure = int(given["year"]), 0
    waiting = query.unread(enterprise, year)
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
        row = query.get_arrival(enterprise, year, key)
        content = query.content(row)
    except NianjianError:
        return True
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        room = Path(place)
        path = room / plain_name(row.name or "")
        path.write_bytes(content)
        try:
            found = propose(path, book, clock.today(), room, watch, pictured=True)
        except NianjianError as error:
            service.failed(arrival=key, fault={"code": error.code, "values": dict(error.values)}, actor=actor)
            return False
    service.proposed(arrival=key, proposal=found_to_document(found), pictured=found.pictures, actor=actor)
    return found.sure


def waiting(*, enterprise: str, year: int, actor: Actor, first: int = 0, most: int) -> list[Arrival]:
    """Files that wait for a person, the oldest first. NianjianError role_missing."""
    require(actor, enterprise, Act.LOAD)  # what was read may name people: only for whom brings papers in
    return query.some(enterprise, year, first, most)


def get_arrival(*, enterprise: str, year: int, arrival: int, actor: Actor) -> Arrival:
    """A file that waits. NianjianError role_missing, dossier_arrival_unknown."""
    require(actor, enterprise, Act.LOAD)
    return query.get_arrival(enterprise, year, arrival)


def decide(*, enterprise: str, year: int, arrival: int, item: str, actor: Actor) -> str:
    """A person says which item a file is: it goes to its check; that job.

    NianjianError role_missing, dossier_arrival_unknown, dossier_item_unknown.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    wanted = known_item(item).name
    with transaction.atomic():
        row = query.get_arrival(enterprise, year, arrival)
        content, name = query.content(row), row.name or ""
        job = upload.enqueue_check(
            enterprise=enterprise, year=year, item=wanted, name=name, content=content, actor=actor
        )
        service.decided(row=row, item=wanted, actor=actor)
    return job


def put_away(*, enterprise: str, year: int, arrival: int, actor: Actor) -> None:
    """A person says that a file belongs to no item: it is deleted. As `decide`."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    service.decided(row=query.get_arrival(enterprise, year, arrival), item=None, actor=actor)


def list_reading_jobs(enterprise: str, year: int) -> list[JobValue]:
    """Work on a season's files that waits or runs, the next first."""
    return queue.under_way(enterprise, {"year": year}, kind=flow.SORT_PAPERS, first=SHOWN)
