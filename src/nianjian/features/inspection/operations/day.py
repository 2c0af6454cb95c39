"""The inspection day (检查日): visits, scans of the notice, the note on screens, inspectors, the sheet and its copy."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.masking import mask_call_text
from nianjian.engines.paper.words import words
from nianjian.engines.season.deadlines import LICENCE
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.operations.checklist import MEDIA
from nianjian.features.inspection import states
from nianjian.features.inspection.models import NoticeScan, ScreensSeen, Visit
from nianjian.features.inspection.operations import drill, readiness
from nianjian.features.inspection.queries import (
    CheckBasis,
    Json,
    choose_visit,
    get_visit,
    last_screens_note,
    list_visits,
)
from nianjian.features.inspection.queries import list_scans as of_visit
from nianjian.features.inspection.states import (
    FAILED,
    PASSED,
    UNKNOWN,
    NoticeState,
    parse_lines,
)
from nianjian.features.inspection.storage import (
    ScanFile,
    VisitInput,
    delete_scan,
    delete_visit,
    open_scan,
    store_scan,
    store_screens_note,
    store_visit,
)
from nianjian.features.people import operations
from nianjian.features.screens import queries
from nianjian.platform.accounts import links
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.links import NewLink
from nianjian.platform.accounts.models import Link
from nianjian.platform.accounts.people import PersonList
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act, Role
from nianjian.platform.home import env, spill
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import filings
from nianjian.platform.registers.uploads import plain_name


def note_screens(*, enterprise: str, seen_on: date | None, stand: bool, actor: Actor) -> Json:
    """Sign by the actor's account what was seen on a day (None: today).

    ``role_missing``, ``enterprise_unknown``, ``screens_seen_wrong``.
    """
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)
    row = store_screens_note(enterprise=enterprise, seen_on=seen_on or clock.today(), stand=stand, actor=actor)
    return {"seen_on": row.seen_on.isoformat(), "stand": row.stand, "signed": row.noted_by}


def screens_note_to_document(row: ScreensSeen | None, days: int) -> Json | None:
    """A note as JSON: when and by whom it was signed, and through which day it counts."""
    if row is None:
        return None
    return {
        "seen_on": row.seen_on.isoformat(),
        "stand": row.stand,
        "signed": row.noted_by,
        "noted_at": row.noted_at.astimezone(clock.ZONE).isoformat(timespec="minutes"),
        "until": (row.seen_on + timedelta(days=days - 1)).isoformat(),
    }


SCAN_LIMIT: Final = 20 << 20  # bytes of a file; it comes through a browser and is held in memory


def attach_scan(*, enterprise: str, day: date, name: str, content: bytes, actor: Actor) -> Json:
    """Keep a file beside a day that is kept, after the limited child has read it.

    ``role_missing``, ``visit_unknown``, ``file_empty``, ``file_too_large``, ``visit_scan_active``: it holds programs
    or opens something; what `receive` and `store_scan` raise.
    """
    require(actor, enterprise, Act.LOAD)
    get_visit(enterprise, day)
    plain = plain_name(name)
    check_size(plain, len(content))
    return scan_to_document(store_scan(enterprise=enterprise, day=day, file=_check_file(plain, content), actor=actor))


def check_size(name: str, size: int) -> None:
    """``file_empty``, ``file_too_large``."""
    if not size:
        raise NianjianError("file_empty", file=name)
    if size > SCAN_LIMIT:
        raise NianjianError("file_too_large", file=name, limit=SCAN_LIMIT)


def _check_file(name: str, content: bytes) -> ScanFile:
    with tempfile.TemporaryDirectory(dir=spill.folder(env.read().home)) as place:  # closed to others, soon gone
        path = Path(place) / "scan"
        path.write_bytes(content)
        got = receive(path, Path(place), name=name)
    if got.active:
        raise NianjianError("visit_scan_active", file=name)
    return ScanFile(name, MEDIA[got.type.value], content, got.pages)


def fetch_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> tuple[str, str, bytes]:
    """Name, media type and content, as it came; the chain has the entry. ``role_missing``, ``visit_scan_unknown``."""
    require(actor, enterprise, Act.REVEAL)
    row, content = open_scan(enterprise=enterprise, day=day, number=number, actor=actor)
    return str(row.name), row.media_type, content


def remove_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> None:
    """Take a file back; ``role_missing``, ``visit_scan_unknown``."""
    require(actor, enterprise, Act.LOAD)
    delete_scan(enterprise=enterprise, day=day, number=number, actor=actor)


def scan_to_document(row: NoticeScan) -> Json:
    """A scan as JSON, numbers of people in its name masked; whoever fetches it gets the name as it came."""
    return {
        "scan": row.pk,
        "name": mask_call_text(str(row.name)),
        "media_type": row.media_type,
        "sha256": row.sha256,
        "size": row.size,
        "pages": row.pages,
        "recorded_by": row.recorded_by,
    }


def save_visit(*, enterprise: str, given: VisitInput, actor: Actor) -> Json:
    """Keep a day as it is named, or change it; ``role_missing``, ``enterprise_unknown``, what `store_visit` raises."""
    _require_planner(enterprise, actor)
    return visit_to_document(store_visit(enterprise=enterprise, given=given, actor=actor))


def find_visit_input(*, enterprise: str, day: date, actor: Actor) -> VisitInput | None:
    """What was said of a day so far, to change some of it; None: nothing. ``role_missing``, ``enterprise_unknown``."""
    _require_planner(enterprise, actor)
    row = next((one for one in list_visits(enterprise) if one.day == day), None)
    if row is None:
        return None
    return VisitInput(day, row.notice, row.authority, row.received_on, row.place, row.agenda or "", row.posts or "")


def remove_visit(*, enterprise: str, day: date, actor: Actor) -> None:
    """Take a day back; ``role_missing``, ``enterprise_unknown``, ``visit_unknown``."""
    _require_planner(enterprise, actor)
    delete_visit(enterprise=enterprise, day=day, actor=actor)


def visit_to_document(row: Visit) -> Json:
    """A day as JSON."""
    return {
        "day": row.day.isoformat(),
        "notice": row.notice,
        "authority": row.authority,
        "received_on": None if row.received_on is None else row.received_on.isoformat(),
        "place": row.place,
        "agenda": [
            {"at": one.head, "what": one.first, "who": one.second} for one in parse_lines(row.agenda or "", timed=True)
        ],
        "scans": [scan_to_document(one) for one in of_visit(row.pk)],
        "posts": [
            {"place": one.head, "who": one.first, "task": one.second}
            for one in parse_lines(row.posts or "", timed=False)
        ],
    }


def admit_inspector(*, enterprise: str, user: str, until: date, actor: Actor) -> NewLink:
    """Let an inspector read until the end of a day: the account, its role here and the link, in one step.

    One who is an inspector here already gets a new link. ``role_missing``, and what `people.add` and `people.inspect`
    raise: the name of any other account is refused.
    """
    require(actor, enterprise, Act.PEOPLE)
    with transaction.atomic():
        here = any(held.role == Role.INSPECTOR and held.enterprise == enterprise for held in accounts.roles_of(user))
        if not here:
            operations.add(name=user, role=Role.INSPECTOR, enterprises=[enterprise], actor=actor)
        return operations.inspect(user=user, until=until, actor=actor)


def list_inspectors(*, enterprise: str, actor: Actor) -> list[Json]:
    """Who may read as an inspector here, and until when; ``role_missing``."""
    require(actor, enterprise, Act.PEOPLE)
    names = [
        one.name
        for one in PersonList(enterprise, "")
        if any(held.role == Role.INSPECTOR and held.enterprise == enterprise for held in one.roles)
    ]
    open_links = links.list_links(names)
    return [
        {
            "user": name,
            "until": max(one.expires_at for one in held).astimezone(clock.ZONE).isoformat(timespec="minutes")
            if (held := [one for one in open_links.get(name, []) if one.purpose == Link.INSPECT])
            else None,
        }
        for name in names
    ]


def _require_planner(enterprise: str, actor: Actor) -> None:
    require(actor, enterprise, Act.LOAD)
    accounts.enterprise(enterprise)


WEEKS: Final = "inspection.notice.weeks"
NOTE: Final = "inspection.screens.note_days"
SOURCES: Final = ("now", "calls", "gate")  # of both screens
STATES: Final = {
    NoticeState.RECEIVED: PASSED,
    NoticeState.LATE: UNKNOWN,
    NoticeState.AWAITED: UNKNOWN,
    NoticeState.NOT_SUBMITTED: UNKNOWN,
}


def build_sheet(
    *, enterprise: str, actor: Actor, day: date | None = None, anew: bool = False, progress: Progress = silent
) -> Json:
    """Everything of one inspection day, the next one where none is named; ``visit`` None: none is kept.

    ``anew``: readiness is looked up now, at its cost; else as it was last looked at, None of it before anybody has.
    ``role_missing``, ``enterprise_unknown``, ``visit_unknown``.
    """
    grounds = CheckBasis.of(enterprise, None, actor)
    kept = list_visits(enterprise)
    row = choose_visit(kept, grounds.day) if day is None else get_visit(enterprise, day)
    if anew:
        ready: Json | None = readiness.check_readiness(
            enterprise=enterprise, as_of=None, actor=actor, progress=progress
        )
    else:
        ready = readiness.newest_check(enterprise=enterprise, part="readiness", actor=actor)
    held = _newest_drill(enterprise, actor)
    evidence = [
        *([] if ready is None else ready["checks"]),
        _notice_evidence(grounds, row),
        *_screens_evidence(grounds),
        _drill_evidence(held),
    ]
    found = states.build_rows(evidence)
    counts = {state: sum(one["state"] == state for one in found) for state in (PASSED, FAILED, UNKNOWN)}
    return {
        "enterprise": enterprise,
        "name": grounds.name,
        "today": grounds.day.isoformat(),
        "visit": None if row is None else visit_to_document(row),
        "days": [one.day.isoformat() for one in kept],
        "notice": _expected_notice(grounds, row),
        "looked_at": None if ready is None else ready["at"],
        "state": states.row_state(found),
        "counts": counts,
        "rows": found,
        "screens": screens_note_to_document(last_screens_note(grounds.enterprise), grounds.book.integer(NOTE)),
        "drill": held,
        "rulebook": grounds.stamp(),
    }


def _expected_notice(grounds: CheckBasis, row: Visit | None) -> Json:
    """S1: whether the notice has come, and until when it usually does."""
    submitted = filings.find_submission_day(grounds.enterprise, LICENCE)
    received = None if row is None else row.received_on
    found = states.expect_notice(received, submitted, grounds.book.integer(WEEKS), grounds.day)
    return {
        "state": found.state.value,
        "submitted_on": None if submitted is None else submitted.isoformat(),
        "expected_by": None if found.by is None else found.by.isoformat(),
        "received_on": None if received is None else received.isoformat(),
    }


def _notice_evidence(grounds: CheckBasis, row: Visit | None) -> Json:
    told = _expected_notice(grounds, row)
    state = STATES[NoticeState(told["state"])]
    return _evidence("notice", states.NOTICE_RULE, state, told["state"], told["received_on"])


def _screens_evidence(grounds: CheckBasis) -> Iterator[Json]:
    """S9: the sources behind the screens as they are now, and what a person has seen in the room."""
    told = queries.office_figures(grounds.enterprise)
    state, why = states.judge_sources(str(told[name]["state"]) for name in SOURCES)
    yield _evidence("screens", states.SCREENS_RULE, state, why, grounds.day.isoformat())
    note = last_screens_note(grounds.enterprise)
    day = None if note is None else note.seen_on
    state, why = states.judge_screens(
        day, grounds.book.integer(NOTE), grounds.day, stand=note is not None and note.stand
    )
    yield _evidence("screens_seen", states.SCREENS_RULE, state, why, None if day is None else day.isoformat())


def _newest_drill(enterprise: str, actor: Actor) -> Json | None:
    """The newest drill as it stands now."""
    held = drill.list_drills(enterprise=enterprise, actor=actor)
    if not held:
        return None
    told = drill.build_report(enterprise=enterprise, actor=actor, name=held[0]["drill"])
    return {name: told[name] for name in ("drill", "begun_at", "state", "steps")}


def _drill_evidence(told: Json | None) -> Json:
    """S10: what the steps of the newest drill have shown; its readiness stands in the other rows."""
    if told is None:
        return _evidence("drill", states.DRILL_RULE, UNKNOWN, "drill_never", None)
    state = states.row_state(told["steps"])
    return _evidence("drill", states.DRILL_RULE, state, f"drill_{state}", told["begun_at"][:10])


def _evidence(check: str, rule: str, state: str, why: str, day: str | None) -> Json:
    return {"check": check, "part": "system", "rule": rule, "state": state, "why": why, "day": day}


ZIP_MEDIA: Final = "application/zip"
SUMS: Final = "SHA256SUMS"
STAMP: Final = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same content gives the same bytes
MODE: Final = 0o600 << 16


def build_bundle(
    *, enterprise: str, actor: Actor, language: str, day: date | None = None, anew: bool = False
) -> tuple[str, bytes]:
    """Name and content; a part that nobody has looked at yet is not in it.

    ``anew``: all of it is looked up now, at its cost, and so nothing lacks. ``role_missing``, ``enterprise_unknown``,
    ``visit_unknown``, ``drawing_failed``. Cost: some seconds, most of them for the PDF.
    """
    from nianjian.engines.paper import inspection as papers  # noqa: PLC0415 -- the printer loads for a copy alone
    from nianjian.engines.paper.inspection import paper_html, paper_pdf  # noqa: PLC0415 -- as above

    _ = words(language)
    told = build_sheet(enterprise=enterprise, actor=actor, day=day, anew=anew)
    contents = {"index": papers.day_sheet(told, _)}
    for part, drawn in (("answers", papers.answer_cards_paper), ("retention", papers.logs_paper)):
        looked = (readiness.check_now if anew else readiness.newest_check)(
            enterprise=enterprise, part=part, actor=actor
        )
        if looked is not None:
            contents[part] = drawn(looked, told, _)
    ways = [(f"{name}.html", str(one["title"])) for name, one in contents.items()]
    files = {f"{name}.html": paper_html(one, language, ways) for name, one in contents.items()}
    files |= {f"{name}.pdf": paper_pdf(one) for name, one in contents.items()}
    name = told["visit"]["day"] if told["visit"] else told["today"]
    return f"inspection-day-{enterprise}-{name}.zip", pack_zip(files)


def write_bundle(
    *, enterprise: str, actor: Actor, language: str, path: Path, day: date | None = None, anew: bool = False
) -> None:
    """Write it to a file; what `bundle` raises, OSError."""
    _name, content = build_bundle(enterprise=enterprise, actor=actor, language=language, day=day, anew=anew)
    path.touch(0o600)
    path.write_bytes(content)


def pack_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files by name, with their sums, which ``sha256sum -c`` checks."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            told = zipfile.ZipInfo(name, STAMP)
            told.compress_type, told.external_attr = zipfile.ZIP_DEFLATED, MODE
            pack.writestr(told, content)
    return out.getvalue()
