"""The inspection day (检查日): visits, scans of the notice, the note on screens, inspectors, the sheet and its copy."""

import hashlib
import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import require_size
from nianjian.engines.kernel.states import State, overall_state
from nianjian.engines.paper.people import mask_call_text
from nianjian.engines.paper.words import words
from nianjian.engines.season.deadlines import LICENCE, plan_start
from nianjian.features.dossier.ingest.receive import receive
from nianjian.features.dossier.operations.checklist import MEDIA
from nianjian.features.inspection import documents, states
from nianjian.features.inspection.documents import (
    AgendaLine,
    Check,
    InspectorTold,
    NewestDrill,
    Notice,
    Post,
    Scan,
    ScreensNote,
    ScreensSigned,
    Sheet,
)
from nianjian.features.inspection.models import NoticeScan, ScreensSeen, Visit
from nianjian.features.inspection.operations import drill, readiness
from nianjian.features.inspection.queries import CheckBasis, get_scan, get_visit, list_scans
from nianjian.features.inspection.states import NoticeState, parse_lines
from nianjian.features.people import operations
from nianjian.features.portrait import bases
from nianjian.features.screens import queries
from nianjian.platform.accounts import links
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require_permission
from nianjian.platform.accounts.links import NewLink
from nianjian.platform.accounts.models import Link
from nianjian.platform.accounts.people import PersonList
from nianjian.platform.accounts.query import Actor, lock_enterprise
from nianjian.platform.accounts.roles import Permission, Role
from nianjian.platform.audit.record import record
from nianjian.platform.home import env, folders
from nianjian.platform.jobs.progress import Progress, silent
from nianjian.platform.registers import filings
from nianjian.platform.registers.uploads import plain_name
from nianjian.platform.vault import blobs

SCAN_LIMIT: Final = 20 << 20  # bytes of a file; it comes through a browser and is held in memory
MOST_SCANS: Final = 10  # files of a day
MOST_VISITS: Final = 100  # days of an enterprise
OLDEST: Final = timedelta(days=366)  # an older look is a slip of the pen
LENGTHS: Final = {"notice": 200, "authority": 120, "place": 200}  # characters of the texts of a day


def note_screens(*, enterprise: str, seen_on: date | None, stand: bool, actor: Actor) -> ScreensSigned:
    """Sign by the actor's account what was seen on a day (None: today).

    ``role_missing``, ``enterprise_unknown``, ``screens_seen_wrong`` for a day to come or one long over.
    """
    _require_planner(enterprise, actor)
    day = seen_on or clock.today()
    if not clock.today() - OLDEST <= day <= clock.today():
        raise NianjianError("screens_seen_wrong", day=day.isoformat())
    with transaction.atomic():
        lock_enterprise(enterprise)
        ScreensSeen.objects.create(
            enterprise_id=enterprise, seen_on=day, stand=stand, noted_by=str(actor), noted_at=clock.now()
        )
        data = {"day": day.isoformat(), "stand": stand}
        record(verb="inspection.screens_seen", enterprise=enterprise, actor=actor, data=data)
    return ScreensSigned(day.isoformat(), stand, str(actor))


def screens_note_to_document(row: ScreensSeen | None, days: int) -> ScreensNote | None:
    """A note: when and by whom it was signed, and through which day it counts."""
    if row is None:
        return None
    return ScreensNote(
        seen_on=row.seen_on.isoformat(),
        stand=row.stand,
        signed=row.noted_by,
        noted_at=row.noted_at.astimezone(clock.ZONE).isoformat(timespec="minutes"),
        until=(row.seen_on + timedelta(days=days - 1)).isoformat(),
    )


@dataclass(frozen=True, slots=True)
class ScanFile:
    """A file that was examined and found harmless."""

    name: str
    media_type: str
    content: bytes
    pages: int


def attach_scan(*, enterprise: str, day: date, name: str, content: bytes, actor: Actor) -> Scan:
    """Keep a file beside a day that is kept, after the limited child has read it.

    ``role_missing``, ``visit_unknown``, ``file_empty``, ``file_too_large``, ``visit_scan_active``: it holds programs
    or opens something; what `receive` and `store_scan` raise.
    """
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    get_visit(enterprise, day)
    plain = plain_name(name)
    require_size(plain, len(content), SCAN_LIMIT)
    return scan_to_document(store_scan(enterprise=enterprise, day=day, file=_check_file(plain, content), actor=actor))


def _check_file(name: str, content: bytes) -> ScanFile:
    with tempfile.TemporaryDirectory(dir=folders.folder(env.read().home)) as place:  # closed to others, soon gone
        path = Path(place) / "scan"
        path.write_bytes(content)
        got = receive(path, Path(place), name=name)
    if got.active:
        raise NianjianError("visit_scan_active", file=name)
    return ScanFile(name, MEDIA[got.type.value], content, got.pages)


def store_scan(*, enterprise: str, day: date, file: ScanFile, actor: Actor) -> NoticeScan:
    """Keep a file beside a day; the same content is kept once. ``visit_unknown``, ``visit_scans_too_many``."""
    with transaction.atomic():
        lock_enterprise(enterprise)
        visit = get_visit(enterprise, day)
        stored = {one.sha256: one for one in list_scans(visit.pk)}
        if same := stored.get(hashlib.sha256(file.content).hexdigest()):
            return same
        if len(stored) >= MOST_SCANS:
            raise NianjianError("visit_scans_too_many", most=MOST_SCANS)
        with blobs.put_undoable(file.content) as blob, transaction.atomic():
            return _insert_scan(visit, file, blob, actor)


def _insert_scan(visit: Visit, file: ScanFile, blob: blobs.Blob, actor: Actor) -> NoticeScan:
    row = NoticeScan.objects.create(
        visit=visit, name=file.name, media_type=file.media_type, sha256=blob.sha256, size=blob.size, blob=blob.id,
        pages=file.pages, recorded_at=clock.now(), recorded_by=str(actor),
    )  # fmt: skip
    data = {"day": visit.day.isoformat(), "sha256": blob.sha256, "size": blob.size, "type": file.media_type}
    record(verb="inspection.notice_kept", enterprise=visit.enterprise_id, actor=actor, data=data)
    return row


def fetch_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> tuple[str, str, bytes]:
    """Name, media type and content, as it came; the chain has the entry.

    ``role_missing``, ``visit_scan_unknown``, ``blob_missing``.
    """
    require_permission(actor, enterprise, Permission.VIEW_UNMASKED)
    row = get_scan(enterprise, day, number)
    content = blobs.get(row.blob)
    with transaction.atomic():
        data = {"day": day.isoformat(), "sha256": row.sha256}
        record(verb="inspection.notice_fetched", enterprise=enterprise, actor=actor, data=data)
    return str(row.name), row.media_type, content


def remove_scan(*, enterprise: str, day: date, number: int, actor: Actor) -> None:
    """Take a file back; its content is deleted. ``role_missing``, ``visit_scan_unknown``."""
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = get_scan(enterprise, day, number)
        row.delete()
        transaction.on_commit(partial(blobs.remove, row.blob))
        data = {"day": day.isoformat(), "sha256": row.sha256}
        record(verb="inspection.notice_removed", enterprise=enterprise, actor=actor, data=data)


def scan_to_document(row: NoticeScan) -> Scan:
    """A scan, numbers of people in its name masked; whoever fetches it gets the name as it came."""
    name = mask_call_text(str(row.name))
    return Scan(row.pk, name, row.media_type, row.sha256, row.size, row.pages, row.recorded_by)


@dataclass(frozen=True, slots=True)
class VisitInput:
    """What is said of a day. ``agenda`` and ``posts``: text, a line each."""

    day: date
    notice: str = ""
    authority: str = ""
    received_on: date | None = None
    place: str = ""
    agenda: str = ""
    posts: str = ""


def save_visit(*, enterprise: str, visit: VisitInput, actor: Actor) -> documents.Visit:
    """Keep a day as it is named, or change what is kept of it.

    ``role_missing``, ``enterprise_unknown``, ``visit_text_too_long``, ``visit_text_number``, ``visit_received_late``:
    the notice cannot come after the day that it names, nor after today; ``visits_too_many``, and what `parse_lines`
    raises.
    """
    _require_planner(enterprise, actor)
    for name, longest in LENGTHS.items():
        text = getattr(visit, name)
        if len(text) > longest:
            raise NianjianError("visit_text_too_long", piece=name, longest=longest)
        if states.holds_number(text):
            raise NianjianError("visit_text_number", piece=name)
    if visit.received_on is not None and visit.received_on > min(visit.day, clock.today()):
        raise NianjianError("visit_received_late", day=visit.received_on.isoformat())
    agenda, posts = parse_lines(visit.agenda, timed=True), parse_lines(visit.posts, timed=False)
    with transaction.atomic():
        lock_enterprise(enterprise)
        rows = Visit.objects.filter(enterprise_id=enterprise)
        row = rows.filter(day=visit.day).first()
        if row is None:
            if rows.count() >= MOST_VISITS:
                raise NianjianError("visits_too_many", most=MOST_VISITS)
            row = Visit(enterprise_id=enterprise, day=visit.day)
        for name in LENGTHS:
            setattr(row, name, getattr(visit, name).strip())
        row.received_on = visit.received_on
        row.agenda, row.posts = states.format_lines(agenda), states.format_lines(posts)
        row.set_by, row.set_at = str(actor), clock.now()
        row.save()
        data = {"day": row.day.isoformat(), "agenda": len(agenda), "posts": len(posts), "notice": bool(row.notice)}
        record(verb="inspection.visit", enterprise=enterprise, actor=actor, data=data)
    return visit_to_document(row)


def find_visit_input(*, enterprise: str, day: date, actor: Actor) -> VisitInput | None:
    """What was said of a day so far, to change some of it; None: nothing. ``role_missing``, ``enterprise_unknown``."""
    _require_planner(enterprise, actor)
    row = Visit.objects.filter(enterprise_id=enterprise, day=day).first()
    if row is None:
        return None
    return VisitInput(day, row.notice, row.authority, row.received_on, row.place, row.agenda or "", row.posts or "")


def remove_visit(*, enterprise: str, day: date, actor: Actor) -> None:
    """Take a day back with the scans of its notice; ``role_missing``, ``enterprise_unknown``, ``visit_unknown``."""
    _require_planner(enterprise, actor)
    with transaction.atomic():
        lock_enterprise(enterprise)
        row = get_visit(enterprise, day)
        for blob in list(row.scans.values_list("blob", flat=True)):
            transaction.on_commit(partial(blobs.remove, blob))
        row.delete()
        record(verb="inspection.visit_removed", enterprise=enterprise, actor=actor, data={"day": day.isoformat()})


def visit_to_document(row: Visit) -> documents.Visit:
    """A day."""
    agenda, posts = parse_lines(row.agenda or "", timed=True), parse_lines(row.posts or "", timed=False)
    return documents.Visit(
        day=row.day.isoformat(),
        notice=row.notice,
        authority=row.authority,
        received_on=_to_text(row.received_on),
        place=row.place,
        agenda=[AgendaLine(one.head, one.first, one.second) for one in agenda],
        scans=[scan_to_document(one) for one in list_scans(row.pk)],
        posts=[Post(one.head, one.first, one.second) for one in posts],
    )


def admit_inspector(*, enterprise: str, user: str, until: date, actor: Actor) -> NewLink:
    """Let an inspector read until the end of a day: the account, its role here and the link, in one step.

    One who is an inspector here already gets a new link. ``role_missing``, and what people's `add` and `inspect`
    raise: the name of any other account is refused.
    """
    require_permission(actor, enterprise, Permission.PEOPLE)
    with transaction.atomic():
        here = any(
            access.role == Role.INSPECTOR and access.enterprise == enterprise for access in accounts.roles_of(user)
        )
        if not here:
            operations.add(name=user, role=Role.INSPECTOR, enterprises=[enterprise], actor=actor)
        return operations.inspect(user=user, until=until, actor=actor)


def list_inspectors(*, enterprise: str, actor: Actor) -> list[InspectorTold]:
    """Who may read as an inspector here, and until when; ``role_missing``."""
    require_permission(actor, enterprise, Permission.PEOPLE)
    names = [
        one.name
        for one in PersonList(enterprise, "")
        if any(access.role == Role.INSPECTOR and access.enterprise == enterprise for access in one.roles)
    ]
    open_links = links.list_links(names)
    return [
        InspectorTold(
            user=name,
            until=max(one.expires_at for one in access).astimezone(clock.ZONE).isoformat(timespec="minutes")
            if (access := [one for one in open_links.get(name, []) if one.purpose == Link.INSPECT])
            else None,
        )
        for name in names
    ]


def _require_planner(enterprise: str, actor: Actor) -> None:
    require_permission(actor, enterprise, Permission.MANAGE_DATA)
    accounts.enterprise(enterprise)


#: What is known of the notice, as a state; no limit runs out for the enterprise while the notice is awaited.
NOTICE: Final = {NoticeState.RECEIVED: State.PASSED, NoticeState.AWAITED: State.IN_PROGRESS}


def build_sheet(
    *, enterprise: str, actor: Actor, day: date | None = None, anew: bool = False, progress: Progress = silent
) -> Sheet:
    """Everything of one inspection day, the next one where none is named; ``visit`` None: none is kept.

    ``anew``: readiness is looked up now, at its cost; else as it was last looked at, None of it before anybody has.
    ``role_missing``, ``enterprise_unknown``, ``visit_unknown``.
    """
    grounds = CheckBasis.of(enterprise, None, actor)
    visits = list(Visit.objects.filter(enterprise_id=enterprise).order_by("-day"))
    ahead = [one for one in visits if one.day >= grounds.day]  # the latest first; where none is, the last one that was
    row = next(iter(ahead[-1:] or visits), None) if day is None else get_visit(enterprise, day)
    ready = (
        readiness.check_readiness(enterprise=enterprise, as_of=None, actor=actor, progress=progress)
        if anew
        else readiness.newest_readiness(enterprise=enterprise, actor=actor)
    )
    notice, drilled = _expected_notice(grounds, row), None
    if drills := drill.list_drills(enterprise=enterprise, actor=actor):
        report = drill.build_report(enterprise=enterprise, actor=actor, name=drills[0].drill)
        drilled = NewestDrill(report.drill, report.begun_at, report.state, report.steps)
    # of several notes of one day the last one counts
    note = ScreensSeen.objects.filter(enterprise_id=enterprise).order_by("-seen_on", "-pk").first()
    days = grounds.book.integer("inspection.screens.note_days")
    came = NOTICE.get(NoticeState(notice.state), State.NOT_PROVED)
    evidence = [
        *([] if ready is None else ready.checks),
        _evidence("notice", states.NOTICE_RULE, came, notice.state, notice.received_on),
        *_screens_evidence(grounds, note, days),
        _drill_evidence(drilled, _find_plan_start(grounds)),
    ]
    rows = states.build_rows(evidence)
    return Sheet(
        enterprise=enterprise,
        name=grounds.name,
        today=grounds.day.isoformat(),
        visit=None if row is None else visit_to_document(row),
        days=[one.day.isoformat() for one in visits],
        notice=notice,
        looked_at=None if ready is None else ready.at,
        state=overall_state(one.state for one in rows),
        counts=states.count_states(one.state for one in rows),
        rows=rows,
        screens=screens_note_to_document(note, days),
        drill=drilled,
        rulebook=grounds.stamp(),
    )


def _expected_notice(grounds: CheckBasis, row: Visit | None) -> Notice:
    """S1: whether the notice has come, and until when it usually does."""
    submitted = filings.find_submission_day(grounds.enterprise, LICENCE)
    received = None if row is None else row.received_on
    notice = states.expect_notice(received, submitted, grounds.book.integer("inspection.notice.weeks"), grounds.day)
    return Notice(notice.state.value, _to_text(submitted), _to_text(notice.by), _to_text(received))


def _to_text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _screens_evidence(grounds: CheckBasis, note: ScreensSeen | None, days: int) -> Iterator[Check]:
    """S9: the sources behind the screens as they are now, and what a person has seen in the room."""
    figures = queries.office_figures(grounds.enterprise)
    state, why = states.judge_sources(one.state for one in (figures.now, figures.calls, figures.gate))
    yield _evidence("screens", states.SCREENS_RULE, state, why, grounds.day.isoformat())
    day = None if note is None else note.seen_on
    state, why = states.judge_screens(day, days, grounds.day, stand=note is not None and note.stand)
    yield _evidence("screens_seen", states.SCREENS_RULE, state, why, None if day is None else day.isoformat())


def _find_plan_start(grounds: CheckBasis) -> date | None:
    """First day of the plan that runs: of the season that is due, before that begins of the one before; None: no plan.

    From then on the season's own task counts drills.
    """
    year = bases.due_year(grounds.enterprise, grounds.day)
    for each in (year, year - 1):
        book = bases.get_rulebook(grounds.enterprise, each, grounds.day)
        start = plan_start(book, bases.list_deadlines(grounds.enterprise, each, grounds.day))
        if start is None or start <= grounds.day:
            return start
    return None


def _drill_evidence(drilled: NewestDrill | None, start: date | None) -> Check:
    """S10: what the steps of the newest drill have shown; its readiness stands in the other rows.

    One from before the plan began (``start``) proves nothing, as in the season's task.
    """
    if drilled is None:
        return _evidence("drill", states.DRILL_RULE, State.NOT_PROVED, "drill_never", None)
    state, day = drilled.state, drilled.begun_at[:10]
    if start is not None and date.fromisoformat(day) < start:
        return _evidence("drill", states.DRILL_RULE, State.NOT_PROVED, "drill_old", day)
    return _evidence("drill", states.DRILL_RULE, state, f"drill_{state}", day)


def _evidence(check: str, rule: str, state: State, why: str, day: str | None) -> Check:
    return Check(check, states.SYSTEM, rule, state, why, day)


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

    _ = words(language)
    sheet = build_sheet(enterprise=enterprise, actor=actor, day=day, anew=anew)
    paper_sheet = to_builtins(sheet)
    contents = {"index": papers.day_sheet(paper_sheet, _)}
    get_check = readiness.check_now if anew else readiness.newest_check
    for part, build_paper in (("answers", papers.answer_cards_paper), ("retention", papers.logs_paper)):
        check = get_check(enterprise=enterprise, part=part, actor=actor)
        if check is not None:
            contents[part] = build_paper(to_builtins(check), paper_sheet, _)
    ways = [(f"{name}.html", str(one["title"])) for name, one in contents.items()]
    files = {f"{name}.html": papers.paper_html(one, language, ways) for name, one in contents.items()}
    files |= {f"{name}.pdf": papers.paper_pdf(one) for name, one in contents.items()}
    name = sheet.visit.day if sheet.visit else sheet.today
    return f"inspection-day-{enterprise}-{name}.zip", pack_zip(files)


def pack_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files by name, with their sums, which ``sha256sum -c`` checks."""
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted({**files, SUMS: sums.encode()}.items()):
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, MODE
            pack.writestr(info, content)
    return out.getvalue()
