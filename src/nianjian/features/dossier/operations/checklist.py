"""The checklist as doors ask for it: the role, the rulebook, the check of a file, the room's service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel import clock, files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.archives.closed_seasons import refuse_closed
from nianjian.features.dossier import page as pages
from nianjian.features.dossier.check import Checked, Watch, check
from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.kinds.port import Reading
from nianjian.features.dossier.materials import query, service
from nianjian.features.dossier.materials.model import Comment, Version
from nianjian.features.dossier.materials.query import Line
from nianjian.features.dossier.materials.service import File, Place
from nianjian.features.dossier.materials.states import DONE
from nianjian.features.dossier.operations import expected_values, further
from nianjian.features.dossier.operations.pages import copied
from nianjian.features.dossier.pictures.shrink import Pictured, pictured
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.seats import robot_rules_apply
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
MEDIA: Final = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "ofd": "application/ofd",
}
LIMIT: Final = 200 << 20  # bytes of one file: a long scan at 300 dpi


def lines(enterprise: str, year: int, actor: Actor, on: date | None = None) -> list[Line]:
    """The list as it stands for a package that is handed in on a day (None: today)."""
    require(actor, enterprise, Act.READ)
    return whole(enterprise, year, on or clock.today())


def whole(enterprise: str, year: int, on: date) -> list[Line]:
    """Every item that is asked for, the province's further ones too, as it stands for a day."""
    robots = has_robots(enterprise, year)
    return query.checklist(enterprise, year, on=on, robots=robots, further=further.of(enterprise))


def has_robots(enterprise: str, year: int) -> bool:
    """Whether robot seats were filed or open in the data year, or are today (M13)."""
    return robot_rules_apply(accounts.enterprise(enterprise).code, year, clock.today())


def _unwatched(_done: int, _total: int) -> None:
    """Nobody watches."""


def add(
    *,
    enterprise: str,
    year: int,
    item: str,
    path: Path,
    actor: Actor,
    reading: Reading | None = None,
    watch: Watch = _unwatched,
    source: Json | None = None,
) -> tuple[Version, Checked]:
    """Check a file and keep it as the item's newest version, whatever the verdict: the list shows it.

    ``reading`` None: the pages are read and held against the registers. ``watch`` as of `check`;
    ``source`` as of `File`.

    NianjianError role_missing, file_missing, file_too_large, and those of the check and of `service.add`.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    wanted = known_item(item)
    with files.wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=path.name, limit=LIMIT)
        body = path.read_bytes()
    book = _book(enterprise)
    reader = reading or expected_values.build_sheet_reading(enterprise, year, book, clock.today())
    seen: list[Pictured] = []
    checked = check(path, wanted, reading=reader, book=book, watch=watch, keep=lambda one: seen.append(pictured(one)))
    file = File(
        name=path.name,
        media_type=MEDIA[checked.kind],
        body=body,
        pages=len(checked.pages),
        verdict=checked.verdict,
        report=report(checked),
        pictures=seen,
        source=source,
    )
    made = service.add(place=Place(enterprise, year, item), file=file, actor=actor)
    return made, checked


def _book(enterprise: str) -> Rulebook:
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=None, province=where, enterprise=enterprise)


def report(checked: Checked) -> Json:
    """What a check found, as it is kept: codes and values, no sentences."""
    return {
        "verdict": checked.verdict.value,
        "findings": [
            {"code": one.code, "weight": one.weight.value, "page": one.page, "values": dict(one.values)}
            for one in checked.findings
        ],
        "fields": dict(checked.fields),
        "pages": len(checked.pages),
        "sheets": [pages.to_document(one) for one in checked.pages],
    }


def confirm(
    *, enterprise: str, year: int, item: str, number: int, actor: Actor, effective_on: date | None = None,
    valid_until: date | None = None,
) -> Version:  # fmt: skip
    """A person stands for the newest version. Without a day of its own the paper's, as it was read, holds."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    read = query.report(query.version(enterprise, year, item, number)).get("fields", {})
    return service.confirm(
        place=Place(enterprise, year, item),
        number=number,
        effective_on=effective_on,
        valid_until=valid_until or _day(read.get("expiry") or read.get("valid_until")),
        actor=actor,
    )


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:  # "long-term" and the like: no last day
        return None


def send_back(*, enterprise: str, year: int, item: str, number: int, reason: str, actor: Actor) -> Version:
    """Send the newest version back."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    return service.send_back(place=Place(enterprise, year, item), number=number, reason=reason, actor=actor)


def not_applicable(*, enterprise: str, year: int, item: str, reason: str, actor: Actor) -> None:
    """Say why M13 does not apply; an empty reason takes it back."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    service.not_applicable(place=Place(enterprise, year, item), reason=reason, actor=actor)


def assign(*, enterprise: str, year: int, item: str, owner: str, due: date | None, actor: Actor) -> None:
    """Name who brings it."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    service.assign(place=Place(enterprise, year, item), owner=owner, due=due, actor=actor)


def comment(*, enterprise: str, year: int, item: str, text: str, actor: Actor) -> Comment:
    """Say something about it."""
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    return service.comment(place=Place(enterprise, year, item), text=text, actor=actor)


def reuse(*, enterprise: str, year: int, actor: Actor, say: Callable[[str], None] = lambda _: None) -> list[str]:
    """Take over from the year before what was confirmed there and is missing now; it waits for a person again.

    Items whose papers hold for one season only (`YEARLY`) are not taken. Returns the items.
    """
    require(actor, enterprise, Act.LOAD)
    refuse_closed(enterprise, year)
    today = clock.today()
    more = further.of(enterprise)
    now = {line.item: line for line in query.checklist(enterprise, year, on=today, robots=True, further=more)}
    taken: list[str] = []
    for line in query.checklist(enterprise, year - 1, on=today, robots=True, further=more):
        old = line.newest
        if line.item in YEARLY or old is None or old.confirmed_at is None or now[line.item].newest is not None:
            continue
        file = File(
            old.name or "", old.media_type, query.content(old), old.pages, _again(old), query.report(old), copied(old)
        )
        service.add(place=Place(enterprise, year, line.item), file=file, actor=actor, reused_from=year - 1)
        taken.append(line.item)
        say(line.item)
    return taken


YEARLY: Final = frozenset({
    "audit_report", "social_insurance", "number_ledger", "seat_table", "monthly_traffic", "complaint_records",
    "responsibility_report", "report_pledge", "conduct_pledge", "financial_statements", "system_pictures",
})  # fmt: skip
"""Items about the data year or the season: last year's is never this year's."""


def _again(old: Version) -> Verdict:
    """A year later a person looks, whatever the check said then."""
    return Verdict.NEEDS_PERSON if old.verdict != Verdict.NOT_READY else Verdict.NOT_READY


def line_to_document(line: Line) -> Json:
    """A line of the list as JSON."""
    last = line.newest
    return {
        "item": line.item,
        "state": line.state.value,
        "required": line.required,
        "owner": line.owner,
        "due": None if line.due is None else line.due.isoformat(),
        "not_applicable": line.not_applicable,
        "versions": line.versions,
        "version": None if last is None else last.number,
        "verdict": None if last is None else last.verdict,
        "effective_on": None if last is None or last.effective_on is None else last.effective_on.isoformat(),
        "valid_until": None if last is None or last.valid_until is None else last.valid_until.isoformat(),
        "reused_from": None if last is None else last.reused_from,
    }


def missing(found: list[Line]) -> int:
    """How many items stand in the way of handing in."""
    return sum(line.state not in DONE for line in found)


def complete(found: list[Line]) -> bool:
    """Whether nothing is missing (M15)."""
    return not missing(found)
