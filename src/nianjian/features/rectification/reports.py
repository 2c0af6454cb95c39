"""The 整改报告, its submission, the closing of the case, and the long work of a case as the worker gets it."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path, PurePath
from typing import Annotated, Final

import msgspec
from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics.frame import DAY
from nianjian.engines.paper.official import OfficialPaper, official_pdf
from nianjian.engines.paper.rectification import ReportStamp, build_report
from nianjian.engines.paper.words import words
from nianjian.features.rectification import evidence, figures, location, operations, queries, states, storage
from nianjian.features.rectification.documents import (
    CaseCheck,
    CaseClosing,
    CaseFigures,
    CaseGap,
    CaseSubmission,
    CauseLocated,
    GroupTickets,
    StoredReport,
    WrittenReport,
)
from nianjian.features.rectification.models import Case
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Permission
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, Steps, silent
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.operations.fields import Key, OptionalDay, Param, Text
from nianjian.platform.operations.operation import REGISTRY, Body, Job, operation
from nianjian.platform.registers.queries import find_authority
from nianjian.platform.vault import blobs

REPORT_RETENTION: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RenderedReport:
    """A report to give away; ``gaps``: what is still open, ``draft``: some of it blocks."""

    name: str
    media: str
    content: bytes
    gaps: list[CaseGap]
    draft: bool

    def download_name(self, case: str) -> str:
        """The file's name without a language."""
        return f"{case}{'-draft' if self.draft else ''}{PurePath(self.name).suffix}"


def _word(paper: OfficialPaper) -> bytes:
    from nianjian.engines.paper.official_word import official_docx  # noqa: PLC0415 -- Word's library loads for a report alone

    return official_docx(paper)


FORMS: Final[Mapping[str, tuple[str, Callable[[OfficialPaper], bytes]]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word),
    "pdf": ("application/pdf", official_pdf),
}


def check_form(form: str) -> str:
    """``rectify_form_unknown`` unless a report comes in such a form."""
    if form not in FORMS:
        raise NianjianError("rectify_form_unknown", form=form, forms=", ".join(FORMS))
    return form


def _set(case: Case, form: str, language: str, actor: Actor, progress: Progress) -> RenderedReport:
    media, draw = FORMS[check_form(form)]
    step = Steps(progress, case.pk, evidence.COUNTING + evidence.LOOKING + 2)
    gaps = evidence.gaps_of_case(case, step)
    draft = any(gap.blocks for gap in gaps)
    detail = operations.get_case_detail(case=case.pk, actor=actor)
    authority = find_authority(case.enterprise_id, clock.today())
    names = queries.get_channel_names(case)
    stamp = ReportStamp(accounts.enterprise(case.enterprise_id).name, authority, draft, *audit.head(), names)
    step()
    paper = build_report(to_builtins(detail), to_builtins(_annex(case, actor)), to_builtins(gaps), language, stamp)
    step()
    body = draw(paper)
    name = f"{words(language)('Rectification report')}-{case.pk}{'-draft' if draft else ''}.{form}"
    return RenderedReport(name, media, body, gaps, draft)


def _note(case: Case, form: str, report: RenderedReport, actor: Actor) -> None:
    sha256 = hashlib.sha256(report.content).hexdigest()
    data = {"form": form, "draft": report.draft, "sha256": sha256, "gaps": len(report.gaps)}
    if report.draft or case.state == states.CLOSED:
        with transaction.atomic():
            entry = {"case": case.pk, **data}
            record(verb="rectify.report", enterprise=case.enterprise_id, actor=actor, data=entry)
    else:
        storage.record_step(case=case, step=states.REPORTED, data=data, actor=actor)


def store_report(*, case: str, form: str, language: str, actor: Actor, progress: Progress = silent) -> StoredReport:
    """Set the report and note it, keep it sealed until it is fetched, and tell where: the result of a job.

    Complete, it is a step of the case; a draft says so on top. The figures in it are those that the case keeps, with
    the versions of their tables. ``rectify_unknown``, ``rectify_form_unknown``.
    """
    case_row = operations.get_visible_case(case, actor, Permission.REPORT)
    report = _set(case_row, form, language, actor, progress)
    with blobs.put_undoable(report.content) as blob:
        _note(case_row, form, report, actor)
    return StoredReport(
        case=case_row.pk,
        form=form,
        name=report.name,
        media=report.media,
        sha256=blob.sha256,
        draft=report.draft,
        gaps=report.gaps,
        blob=blob.id,
    )


def get_stored_report(*, case: str, job: str, actor: Actor) -> RenderedReport:
    """The report that a job has set; ``rectify_unknown``, ``role_missing``, ``rectify_report_gone``."""
    case_row = operations.get_visible_case(case, actor, Permission.REPORT)
    job_value = _job(case_row, job)
    if job_value is None or "blob" not in job_value.result:
        raise NianjianError("rectify_report_gone", case=case_row.pk, days=REPORT_RETENTION.days)
    stored = msgspec.convert(job_value.result, StoredReport)
    return RenderedReport(stored.name, stored.media, blobs.get(stored.blob), stored.gaps, stored.draft)


def _job(case: Case, job: str) -> JobValue | None:
    try:
        job_value = queue.job(job)
    except NianjianError:
        return None
    mine = job_value.enterprise == case.enterprise_id and job_value.kind == flow.RECTIFY_REPORT
    return job_value if mine and job_value.payload.get("case") == case.pk else None


def delete_expired_reports() -> int:
    """Delete reports that were set more than `REPORT_RETENTION` ago: another one can be set at any time. How many."""
    old = queue.over_before(flow.RECTIFY_REPORT, clock.now() - REPORT_RETENTION, "blob")
    for one in old:
        blobs.remove(str(one.result["blob"]))  # first: killed in between, the next sweep finds the row again
        queue_service.forget(job=one.id, name="blob")
    return len(old)


def _annex(case: Case, actor: Actor) -> GroupTickets:
    """The channel's tickets of the measured days, the first page of them."""
    if not case.measured:
        return GroupTickets(dimension="", key=None, page=1, more=False, at=None, tickets=[])
    measured = case.measured
    last = date.fromisoformat(measured[figures.AFTER]["to"]) - timedelta(days=1)
    return evidence.list_group_tickets(
        enterprise=case.enterprise_id,
        dimension=measured["key"],
        key=measured["channel"],
        first=date.fromisoformat(measured[figures.BEFORE]["from"]),
        last=last,
        page=1,
        actor=actor,
    )


def write_report_file(*, case: str, path: Path | None, language: str, actor: Actor) -> WrittenReport:
    """Write the report to a file, Word unless its name says otherwise; what was written, and what is still open.

    The file stands under its name whole, or not at all: until then it lies beside, and nothing is noted of a report
    that cannot be written. Errors as `store_report`'s, OSError.
    """
    form = check_form("docx" if path is None else path.suffix.lower().lstrip("."))
    case_row = operations.get_visible_case(case, actor, Permission.REPORT)
    place = path or Path(f"{case_row.pk}.{form}")
    handle, fresh = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            report = _set(case_row, form, language, actor, silent)
            out.write(report.content)
            out.flush()
            os.fsync(out.fileno())
        place = path or Path(report.name)
        _note(case_row, form, report, actor)
        Path(fresh).replace(place)
    finally:
        Path(fresh).unlink(missing_ok=True)
    sha256 = hashlib.sha256(report.content).hexdigest()
    return WrittenReport(case=case, file=str(place), sha256=sha256, draft=report.draft, gaps=report.gaps)


def _require_no_gaps(case: Case, step: Steps | None) -> None:
    if against := [gap for gap in evidence.gaps_of_case(case, step, sending=True) if gap.blocks]:
        findings = tuple({"code": gap.code, **gap.values} for gap in against)
        raise NianjianError("rectify_gaps_open", case=case.pk, findings=findings)


def _check_location(*, enterprise: str, case: str, first: date | None, last: date | None) -> None:
    """``rectify_closed``, and those of `evidence.location_window`."""
    states.check_step(case, states.LOCATED, storage.list_completed_steps(queries.get_case_of(enterprise, case)))
    evidence.location_window(first, last)


def _check_figures(*, enterprise: str, case: str, first: date | None, last: date | None) -> None:
    """``rectify_closed``, and those of `evidence.check_measurable`."""
    case_row = queries.get_case_of(enterprise, case)
    evidence.check_measurable(case_row, first, last)
    states.check_step(case, states.MEASURED, storage.list_completed_steps(case_row))


def _check_submission(*, enterprise: str, case: str, day: date | None) -> dict[str, date]:
    """Refuse a submission as far as that can be told without counting figures; the day is settled with it.

    ``rectify_day_ahead``, ``rectify_step_early``, ``rectify_submitted_early``, ``rectify_gaps_open`` with what is open.
    """
    case_row, day = queries.get_case_of(enterprise, case), day or clock.today()
    if day > clock.today():
        raise NianjianError("rectify_day_ahead", day=day.isoformat())
    states.check_step(case, states.SUBMITTED, storage.list_completed_steps(case_row))
    if day < (first := _find_first_day(case_row)):
        raise NianjianError("rectify_submitted_early", day=day.isoformat(), first=first.isoformat())
    _require_no_gaps(case_row, None)
    return {"day": day}


def _find_first_day(case: Case) -> date:
    """The first day on which notice, isolation and report were all there: before it nothing can be handed in."""
    order = queries.find_effective(case)
    reported = queries.list_events(case).filter(step=states.REPORTED)[0].at.astimezone(clock.ZONE).date()
    return max(case.received, reported, case.received if order is None else queries.effective_day(order))


def _check_closing(*, enterprise: str, case: str, check: str) -> dict[str, str]:
    """Refuse a closing as far as that can be told without counting figures; the text is settled with it.

    ``rectify_closed``, ``rectify_step_early``, ``rectify_text_missing``.
    """
    case_row = queries.get_case_of(enterprise, case)
    states.check_step(case, states.CLOSED, storage.list_completed_steps(case_row))
    return {"check": storage.check_text("check", check)}


PERIOD: Final = Body("CasePeriod", "Days, both included; a year up to today where none are named.")


@operation(
    "rectification.locate", on=operations.CASES, permission=Permission.REPORT, path="/{case}/location", body=PERIOD,
    job=Job(kind=flow.RECTIFY_LOCATE, repeatable=True, check=_check_location),
)  # fmt: skip
def locate(
    *,
    enterprise: str,
    actor: Actor,
    case: Key,
    first: OptionalDay = None,
    last: OptionalDay = None,
    progress: Progress = silent,
) -> CauseLocated:
    """Find the number, line or team that draws the complaints: work for the worker; the case keeps what is found."""
    result = evidence.locate_cause(
        enterprise=enterprise, case=case, first=first, last=last, actor=actor, progress=progress
    )
    return CauseLocated(case, result["complaints"], result["named"])


@operation(
    "rectification.figures", on=operations.CASES, permission=Permission.REPORT, path="/{case}/figures", body=PERIOD,
    about="Work for the worker; the case keeps the figures.",
    job=Job(kind=flow.RECTIFY_MEASURE, repeatable=True, check=_check_figures),
)  # fmt: skip
def count_figures(
    *,
    enterprise: str,
    actor: Actor,
    case: Key,
    first: OptionalDay = None,
    last: OptionalDay = None,
    progress: Progress = silent,
) -> CaseFigures:
    """Count the figures before the isolation and since: ``first`` begins the one window, ``last`` ends the other."""
    del enterprise
    evidence.measure_figures(case=case, first=first, last=last, actor=actor, progress=progress)
    return CaseFigures(case)


@operation(
    "rectification.check", on=operations.CASES, permission=Permission.REPORT, path="/{case}/checks",
    job=Job(kind=flow.RECTIFY_CHECK, repeatable=True),
)  # fmt: skip
def check_gaps(*, enterprise: str, actor: Actor, case: Key, progress: Progress = silent) -> CaseCheck:
    """Count everything anew and say what is open: work for the worker."""
    del enterprise
    return evidence.check_gaps(case=case, actor=actor, progress=progress)


@operation(
    "rectification.submit", on=operations.CASES, permission=Permission.REPORT, path="/{case}/submission",
    job=Job(kind=flow.RECTIFY_SUBMIT, repeatable=False, check=_check_submission),  # each is a step of the case
)  # fmt: skip
def submit(
    *, enterprise: str, actor: Actor, case: Key, day: OptionalDay = None, progress: Progress = silent
) -> CaseSubmission:
    """Note that report and test report were handed in today: work that counts anew and fails while gaps stand.

    Everything that the report tells is counted once more before: its figures, caps and tickets as they stand now.
    """
    day = _check_submission(enterprise=enterprise, case=case, day=day)["day"]
    case_row = queries.get_case(case)
    _require_no_gaps(case_row, Steps(progress, case, evidence.COUNTING + evidence.LOOKING))
    days = operations.Days(enterprise)
    in_time = day <= days.plan(case_row).due.day
    data = {"day": day.isoformat(), "in_time": in_time}
    done = storage.record_step(case=case_row, step=states.SUBMITTED, data=data, actor=actor, submitted_on=day)
    return CaseSubmission(
        case=case,
        id=case,
        state=done.state,
        submitted_on=day,
        day=day,
        in_time=in_time,
        reminder=days.reminder(done),
    )


@operation(
    "rectification.close", on=operations.CASES, permission=Permission.REPORT, path="/{case}/closing",
    body=Body("CaseCheck", "What was checked, and how."),
    job=Job(kind=flow.RECTIFY_CLOSE, repeatable=False, check=_check_closing),
)  # fmt: skip
def close(
    *, enterprise: str, actor: Actor, case: Key, check: Annotated[Text, Param(filled=True)], progress: Progress = silent
) -> CaseClosing:
    """Close the case: work that fails while the figures do not bear out that the measures worked.

    Its recurring measures become the routine. ``effective`` is null where days since the isolation have no calls on
    record: nothing speaks against the measures, nothing proves them. ``rectify_not_effective`` with what speaks
    against them.
    """
    text = _check_closing(enterprise=enterprise, case=case, check=check)
    case_row = queries.get_case(case)
    counted = evidence.figures_until_today(case_row, Steps(progress, case, evidence.COUNTING))
    if against := figures.find_objections(counted):
        raise NianjianError("rectify_not_effective", case=case, findings=tuple({"code": code} for code in against))
    with transaction.atomic():
        tasks = len(storage.create_routine(case=case_row, start=clock.today(), actor=actor))
        data = {"after": counted[figures.AFTER], "snapshot": counted["snapshot"], "tasks": tasks}
        done = storage.record_step(case=case_row, step=states.CLOSED, data=data, actor=actor, checked=text | counted)
    after = counted[figures.AFTER]
    effective = True if not after[figures.UNRECORDED] else None
    return CaseClosing(case=case, id=case, state=done.state, effective=effective, tasks=tasks, after=after)


def enqueue_report(*, case: str, form: str, language: str, actor: Actor) -> str:
    """Put a report; its job. ``rectify_unknown``, ``role_missing``, ``rectify_form_unknown``."""
    case_row = operations.get_visible_case(case, actor, flow.NEEDS[flow.RECTIFY_REPORT])
    return _enqueue(flow.RECTIFY_REPORT, case_row, {"form": check_form(form), "language": language}, actor)


@dataclass(frozen=True, slots=True)
class GroupQuery:
    """A group of a location, and which page of its complaints; ``key`` None: those that name none."""

    dimension: str
    key: str | None
    page: int

    def payload(self, case: Case) -> dict[str, object]:
        """What the work is given: the days are those of the location, whose end is not included."""
        where = case.located or {"from": None, "to": None}
        last = None if where["to"] is None else (date.fromisoformat(where["to"]) - DAY).isoformat()
        return {**asdict(self), "first": where["from"], "last": last}


def enqueue_tickets(*, case: str, group: GroupQuery, actor: Actor) -> str:
    """Put a look at the complaints of a group; its job.

    The group is one that the location names, where its number is masked by its ``ref``: what is asked stands with the
    work for whoever reads it, and a person's number does not.
    ``rectify_unknown``, ``role_missing``, ``rectify_dimension_unknown``, ``rectify_group_unknown``.
    """
    case_row = operations.get_visible_case(case, actor, flow.NEEDS[flow.RECTIFY_TICKETS])
    if group.dimension not in location.DIMENSIONS:
        dimensions = ", ".join(location.DIMENSIONS)
        raise NianjianError("rectify_dimension_unknown", dimension=group.dimension, dimensions=dimensions)
    groups = (case_row.located or {}).get("dimensions", {}).get(group.dimension, {}).get("groups", ())
    if group.key not in {one.get("ref") or one["key"] for one in groups} or "*" in (group.key or ""):
        key = "–" if group.key is None else numbers.mask(group.key)
        raise NianjianError("rectify_group_unknown", dimension=group.dimension, key=key, case=case_row.pk)
    return _enqueue(flow.RECTIFY_TICKETS, case_row, group.payload(case_row), actor)


def find_group_lookup(*, case: str, group: GroupQuery, actor: Actor, states: Collection[str] = ()) -> JobValue | None:
    """The newest look at a group's page, in one of ``states`` (none: any), since the location. ``rectify_unknown``."""
    case_row = operations.get_visible_case(case, actor)
    payload = {"case": case_row.pk, **group.payload(case_row)}
    return queue.newest(case_row.enterprise_id, flow.RECTIFY_TICKETS, payload, *states)


def list_running(enterprise: str, case: str) -> dict[str, JobValue]:
    """Kind -> the work of a case that waits or runs."""
    return {one.kind: one for one in queue.under_way(enterprise, {"case": case})}


def _enqueue(kind: str, case: Case, payload: Mapping[str, object], actor: Actor) -> str:
    """The job; one that does the same already is not put twice."""
    whole = {"case": case.pk, **payload}
    return flow.enqueue_once(kind=kind, enterprise=case.enterprise_id, payload=whole, actor=actor)


def _tickets(job: JobValue, actor: Actor, on_progress: flow.Report) -> Mapping[str, object]:
    """``payload``: case, dimension, key (None: those that name none), first, last, page."""
    result = evidence.list_group_tickets(
        enterprise=job.enterprise,
        dimension=str(job.payload["dimension"]),
        key=flow.text(job.payload, "key"),
        first=flow.day(job.payload, "first"),
        last=flow.day(job.payload, "last"),
        page=int(str(job.payload["page"])),
        actor=actor,
        publishing=False,
        progress=on_progress,
    )
    return {"case": job.payload["case"], **to_builtins(result)}


def _report(job: JobValue, actor: Actor, on_progress: flow.Report) -> StoredReport:
    """``payload``: case, form, language."""
    case, form, language = (str(job.payload[name]) for name in ("case", "form", "language"))
    return store_report(case=case, form=form, language=language, actor=actor, progress=on_progress)


KINDS: Final[Mapping[str, flow.Kind]] = {
    **REGISTRY.job_kinds(operations.CASES),
    flow.RECTIFY_TICKETS: flow.Kind(_tickets, again=True),
    flow.RECTIFY_REPORT: flow.Kind(_report, again=False),  # each report is a step of the case and an entry of the chain
}
