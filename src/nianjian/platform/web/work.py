"""Words and figures of long work, wherever a page shows some."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.calls import source_name
from nianjian.engines.paper.texts.errors import error_message, translate_value
from nianjian.engines.paper.words import mark, words
from nianjian.platform.jobs import flow, query
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.web.days import format_moment
from nianjian.platform.web.errors import page_message
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table

MIB: Final = 1 << 20


KINDS: Final[Mapping[str, str]] = {
    flow.IMPORT_CALLS: mark("Import of call records"),
    flow.CHECK_CALLS: mark("Check of call records"),
    flow.UNDO_CALLS: mark("Undo of a batch"),
    flow.REJECTS_FILE: mark("File of rejected rows"),
    flow.IMPORT_REGISTER: mark("Import into a register"),
    flow.CHECK_REGISTER: mark("Check of a register's sheet"),
    flow.TAKE_REGISTER: mark("List of a register as a file"),
    flow.RUN_PORTRAIT: mark("Portrait"),
    flow.ERASE_OVER: mark("Erasure of records past retention"),
    flow.COUNT_OVER: mark("Count of records past retention"),
    flow.OVERLAY_EFFECT: mark("Effect of another value"),
    flow.MATCH_TICKETS: mark("Calls of complaints"),
    flow.IMPORT_FORWARDS: mark("Import of a forward list"),
    flow.RECTIFY_LOCATE: mark("Location of a bad channel"),
    flow.RECTIFY_TICKETS: mark("Complaints behind a channel"),
    flow.RECTIFY_MEASURE: mark("Figures before and since an isolation"),
    flow.RECTIFY_CHECK: mark("Check of a rectification"),
    flow.RECTIFY_REPORT: mark("Rectification report"),
    flow.RECTIFY_SUBMIT: mark("Submission of a rectification report"),
    flow.RECTIFY_CLOSE: mark("Closing of a case"),
    flow.RECONCILE_FILING: mark("Comparison with the number-resource system"),
    flow.RECONCILE_PEOPLE: mark("Match of people"),
    flow.RECONCILE_SOURCES: mark("Comparison of call sources"),
    flow.INSPECT: mark("Check of readiness for the on-site check"),
    flow.CALLBACK_TEST: mark("Test calls"),
    flow.CALLBACK_WITNESS: mark("Test calls in the call records"),
    flow.DRILL: mark("Drill of the on-site check"),
    flow.VERIFY_CHAIN: mark("Check of the audit chain"),
    flow.FILL_IN: mark("Fill-in sheet"),
    flow.CHECK_PAPER: mark("Check of a document"),
    flow.DRAW_PAGES: mark("Page images"),
    flow.SORT_PAPERS: mark("Sorting of documents"),
    flow.CUT_PAPERS: mark("Splitting of a file into documents"),
    flow.VERIFY_PACKAGE: mark("Verification of a package"),
    flow.GENERATE_ITEMS: mark("Generation of documents"),
    flow.BUILD_PACKAGE: mark("Building of the package"),
    flow.SIGN_PACKAGE: mark("Signing of the package"),
}


DONE: Final = "done"


STATES: Final[Mapping[str, tuple[str, str]]] = {  # state -> badge, word
    "waiting": ("plain", mark("waiting")),
    "running": ("run", mark("running")),
    "done": ("good", mark("done")),
    "failed": ("bad", mark("failed")),
    "stopped": ("plain", mark("stopped")),
}


IN_BYTES: Final = frozenset({flow.IMPORT_CALLS, flow.CHECK_CALLS})


def kind(name: str) -> str:
    """Name of a kind of work."""
    return _(KINDS.get(name, name))


def state(job: JobValue) -> Cell:
    """State of a job as a badge."""
    badge, word = STATES[job.state]
    return Cell(_(word), badge=badge)


def person(actor: str | None) -> str:
    """Who acted, as a page names people."""
    return actor_text(actor, words(current()))


def describe_job_error(error: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Sentence of an error that the queue keeps, and those of its findings."""
    speak = words(current())
    more = [error_message(str(one.get("code", "")), one, speak) for one in error.get("findings", ())]
    return page_message(str(error.get("code", "")), error.get("values", {}), speak), more


def reason(code: str) -> str:
    """Sentence of a reason."""
    return error_message(code, {}, words(current()))


def source(name: str) -> str:
    """What a source of calls is called."""
    return source_name(name, words(current()))


def register(name: str) -> str:
    """What a register is called."""
    return str(translate_value("kind", name, words(current())))


@dataclass(frozen=True, slots=True)
class Bar:
    """Progress for people: ``percent``, and a line with speed and the time that is left."""

    percent: int | None
    line: str


def bar(job: JobValue) -> Bar:
    """How far a job is and how long it will take at the speed that it has had."""
    if job.state == DONE:  # a step that was left out on the way counts for nothing
        return Bar(100, "")
    if not job.total:
        return Bar(None, "")
    percent = min(100, job.done * 100 // job.total)
    if job.started_at is None or job.over or not job.done:
        return Bar(percent, "")
    seconds = max((clock.now() - job.started_at).total_seconds(), 0.001)
    left = round((job.total - job.done) * seconds / job.done)
    minutes = -(-left // 60)
    span = _("{count} min").format(count=minutes) if minutes > 1 else _("{count} s").format(count=left)
    parts = [_("about {time} left").format(time=span)]
    if job.kind in IN_BYTES:  # counted twice: once looked at, once loaded
        speed = job.done / 2 / seconds / MIB
        parts.insert(0, _("{speed} MiB a second").format(speed=f"{speed:.1f}"))
    return Bar(percent, " · ".join(parts))


def job_table(jobs: Sequence[JobValue], code: str) -> Table:
    """Jobs, each with its page."""
    rows = [
        [
            Cell(kind(job.kind), href=reverse("data-job", args=[code, job.id])),
            state(job),
            Cell(format_moment(job.created_at)),
            Cell(person(job.requested_by)),
            Cell("" if bar(job).percent is None else f"{bar(job).percent} %", figure=True),
        ]
        for job in jobs
    ]
    columns = [
        Column(_("job")),
        Column(_("state")),
        Column(_("requested at")),
        Column(_("who")),
        Column(_("progress"), figure=True),
    ]
    return Table(_("Job"), columns, rows, cards=True)


def fault(error: NianjianError) -> str:
    """Sentence of an error."""
    return page_message(error.code, error.values, words(current()))


ABSENT: Final = timedelta(seconds=60)


def progressing(code: str, job: JobValue, address: str = "") -> dict[str, object]:
    """Return what `data/progress.html` shows of a job; it asks for itself until the job is over.

    ``address``: where it asks, if not at the page of the enterprise's work.
    """
    beat = query.last_beat()
    return {
        "job": job,
        "label": kind(job.kind),
        "state": state(job),
        "bar": bar(job),
        "over": job.over,
        "address": address or reverse("data-job-progress", args=[code, job.id]),
        "no_worker": not job.over and (beat is None or clock.now() - beat > ABSENT),
    }


def verdict(faulty: int, read: int) -> str:
    """Whether a sheet can go in."""
    text = _("{faulty} of {read} rows have errors. A sheet is imported completely or not at all.")
    return (text if faulty else _("All {read} rows are valid.")).format(faulty=faulty, read=read)


def describe_cell_error(code: str, values: Mapping[str, Any]) -> str:
    """Where a faulty cell stands, and what is wrong with it; ``values``: those of its finding."""
    fault = error_message(code, values, words(current()))
    return _("Line {line}, {column}: {fault}").format(line=values["line"], column=values["column"], fault=fault)
