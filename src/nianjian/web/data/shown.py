"""Words and figures of the data pages: jobs, batches, files, reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.accounts.query import CLOCK
from nianjian.flows import jobs
from nianjian.flows.receipts import summed
from nianjian.kernel import clock
from nianjian.kernel.errors import NianjianError
from nianjian.paper.texts.errors import named, sentence
from nianjian.paper.texts.sources import source_name
from nianjian.paper.words import mark, words
from nianjian.queue.query import JobValue
from nianjian.registers.batches.query import BatchValue
from nianjian.web.layout.language import current
from nianjian.web.layout.tables import Cell, Column, Table

MIB: Final = 1 << 20
KINDS: Final[Mapping[str, str]] = {
    jobs.IMPORT_CALLS: mark("Import of call records"),
    jobs.CHECK_CALLS: mark("Check of call records"),
    jobs.UNDO_CALLS: mark("Undo of a batch"),
    jobs.REJECTS_FILE: mark("File of rejected rows"),
    jobs.IMPORT_REGISTER: mark("Import into a register"),
    jobs.CHECK_REGISTER: mark("Check of a register's sheet"),
    jobs.TAKE_REGISTER: mark("List of a register as a file"),
    jobs.RUN_PORTRAIT: mark("Portrait"),
    jobs.ERASE_OVER: mark("Erasure of what is over its time"),
    jobs.COUNT_OVER: mark("Count of what is over its time"),
    jobs.OVERLAY_EFFECT: mark("What another value would do"),
    jobs.MATCH_TICKETS: mark("Calls of complaints"),
    jobs.IMPORT_FORWARDS: mark("Import of a forward list"),
    jobs.RECTIFY_LOCATE: mark("Location of a bad channel"),
    jobs.RECTIFY_TICKETS: mark("Complaints behind a channel"),
    jobs.RECTIFY_MEASURE: mark("Figures before and since an isolation"),
    jobs.RECTIFY_CHECK: mark("Check of a rectification"),
    jobs.RECTIFY_REPORT: mark("Rectification report"),
    jobs.RECTIFY_SUBMIT: mark("Handing in of a rectification report"),
    jobs.RECTIFY_CLOSE: mark("Closing of a case"),
    jobs.RECONCILE_FILING: mark("Comparison with the number-resource system"),
    jobs.RECONCILE_PEOPLE: mark("Match of people"),
    jobs.RECONCILE_SOURCES: mark("Comparison of call sources"),
    jobs.INSPECT: mark("Look at what stands for the on-site check"),
    jobs.CALLBACK_TEST: mark("Test calls"),
    jobs.CALLBACK_WITNESS: mark("Test calls in the call records"),
    jobs.DRILL: mark("Drill of the on-site check"),
    jobs.VERIFY_CHAIN: mark("Check of the audit chain"),
    jobs.FILL_IN: mark("Fill-in sheet"),
    jobs.CHECK_PAPER: mark("Check of a paper"),
    jobs.DRAW_PAGES: mark("Pictures of pages"),
    jobs.SORT_PAPERS: mark("Sorting of papers"),
    jobs.CUT_PAPERS: mark("Cutting of a file into papers"),
    jobs.VERIFY_PACKAGE: mark("Verification of a package"),
    jobs.GENERATE_ITEMS: mark("Generation of papers"),
    jobs.BUILD_PACKAGE: mark("Building of the package"),
    jobs.SIGN_PACKAGE: mark("Signing of the package"),
}
DONE: Final = "done"
STATES: Final[Mapping[str, tuple[str, str]]] = {  # state -> badge, word
    "waiting": ("plain", mark("waiting")),
    "running": ("warn", mark("running")),
    "done": ("good", mark("done")),
    "failed": ("bad", mark("failed")),
    "stopped": ("plain", mark("stopped")),
}
BATCH_BADGES: Final = {"active": "good", "undone": "plain", "replaced": "plain"}
FIGURES: Final = ("read", "loaded", "duplicate", "rejected")
IN_BYTES: Final = frozenset({jobs.IMPORT_CALLS, jobs.CHECK_CALLS})


def kind(name: str) -> str:
    """Name of a kind of work."""
    return _(KINDS.get(name, name))


def state(job: JobValue) -> Cell:
    """State of a job as a badge."""
    badge, word = STATES[job.state]
    return Cell(_(word), badge=badge)


def moment(at: Any) -> str:  # noqa: ANN401 -- a datetime or nothing
    """A moment on the wall clock of Shanghai, to the minute."""
    return f"{at.astimezone(clock.ZONE):%Y-%m-%d %H:%M}" if at else ""


def person(actor: str) -> str:
    """Who acted, without the kind of the proof; the program's own clock is nobody."""
    if actor == str(CLOCK):
        return _("the program itself")
    return actor.partition(":")[2] or actor


def told(error: Mapping[str, Any]) -> tuple[str, list[str]]:
    """Sentence of an error that the queue keeps, and those of its findings."""
    speak = words(current())
    more = [sentence(str(one.get("code", "")), one, speak) for one in error.get("findings", ())]
    return sentence(str(error.get("code", "")), error.get("values", {}), speak), more


def reason(code: str) -> str:
    """Sentence of a reason."""
    return sentence(code, {}, words(current()))


def source(name: str) -> str:
    """What a source of calls is called."""
    return source_name(name, words(current()))


def register(name: str) -> str:
    """What a register is called."""
    return str(named("kind", name, words(current())))


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
    left = timedelta(seconds=round((job.total - job.done) * seconds / job.done))
    parts = [_("about {time} left").format(time=left)]
    if job.kind in IN_BYTES:  # counted twice: once looked at, once loaded
        speed = job.done / 2 / seconds / MIB
        parts.insert(0, _("{speed} MiB a second").format(speed=f"{speed:.1f}"))
    return Bar(percent, " · ".join(parts))


def job_table(found: Sequence[JobValue], code: str) -> Table:
    """Jobs, each with its page."""
    rows = [
        [
            Cell(kind(job.kind), href=reverse("data-job", args=[code, job.id])),
            state(job),
            Cell(moment(job.created_at)),
            Cell(person(job.requested_by)),
            Cell("" if bar(job).percent is None else f"{bar(job).percent} %", figure=True),
        ]
        for job in found
    ]
    columns = [
        Column(_("work")),
        Column(_("state")),
        Column(_("asked at")),
        Column(_("who")),
        Column(_("progress"), figure=True),
    ]
    return Table(_("Work"), columns, rows, cards=True)


def batch_table(found: Sequence[BatchValue], code: str) -> Table:
    """Batches, each with its page."""
    rows = []
    for one in found:
        sums = summed([file.receipt for file in one.files])
        rows.append(
            [
                Cell(one.id, href=reverse("data-batch", args=[code, one.id])),
                batch_state(one),
                Cell(_names(one)),
                *(Cell(f"{sums[name]:,}", figure=True) for name in FIGURES),
                Cell(person(one.created_by)),
                Cell(moment(one.created)),
            ]
        )
    return Table(
        _("Batches of call records"),
        [
            Column(_("batch")),
            Column(_("state")),
            Column(_("file names")),
            *_figures(),
            Column(_("who")),
            Column(_("imported")),
        ],
        rows,
        cards=True,
    )


def batch_state(batch: BatchValue) -> Cell:
    """State of a batch as a badge."""
    return Cell(str(named("state", batch.state, words(current()))), badge=BATCH_BADGES[batch.state])


def _names(batch: BatchValue) -> str:
    names = [file.name for file in batch.files]
    if len(names) <= 2:  # noqa: PLR2004 -- a pair is still short
        return ", ".join(names)
    return _("{name} and {more} more").format(name=names[0], more=len(names) - 1)


def _figures() -> list[Column]:
    return [
        Column(_("read"), figure=True),
        Column(_("loaded"), figure=True),
        Column(_("duplicate"), figure=True),
        Column(_("rejected"), figure=True),
    ]


def file_table(receipts: Sequence[Mapping[str, Any]]) -> Table:
    """Files as their receipts tell them."""
    rows = [
        [
            Cell(one["name"]),
            Cell(source(one["source"])),
            Cell(one["encoding"]),
            Cell(one["timezone"]),
            *(Cell(f"{one['rows'][name]:,}", figure=True) for name in FIGURES),
            Cell(_span(one["days"])),
        ]
        for one in receipts
    ]
    heads = [Column(_("file")), Column(_("source")), Column(_("encoding")), Column(_("time zone"))]
    return Table(_("Files"), [*heads, *_figures(), Column(_("days"))], rows)


def _span(days: Sequence[str]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}" if days else ""


def reasons(receipts: Sequence[Mapping[str, Any]]) -> Table:
    """Why rows were rejected, the most frequent reason first."""
    counted: dict[str, int] = {}
    for one in receipts:
        for code, count in one["reasons"].items():
            counted[code] = counted.get(code, 0) + count
    rows = [
        [Cell(reason(code)), Cell(f"{count:,}", figure=True)]
        for code, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Table(_("Reasons"), [Column(_("reason")), Column(_("rows"), figure=True)], rows, wrap=True)


def warnings(receipts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was assumed, file by file: it moves figures, so it is said."""
    lines = []
    for one in receipts:
        name, odd = one["name"], ", ".join(one.get("unknown_results", ()))
        if one["timezone_assumed"]:
            text = _("{file}: the stamps carry no time zone; {timezone} was assumed.")
            lines.append(text.format(file=name, timezone=one["timezone"]))
        if one["truncated"]:
            lines.append(_("{file}: broken off; the whole rows before the break are in.").format(file=name))
        if "display_from_caller" in one["warnings"]:
            text = _("{file}: no column tells the displayed number; the caller was taken, with low confidence.")
            lines.append(text.format(file=name))
        if odd:
            text = _("{file}: the results {words} are none of the known words; such calls count as not answered.")
            lines.append(text.format(file=name, words=odd))
        if count := one.get("unknown_answers", 0):
            text = _(
                "{file}: nothing tells of {count} calls whether they were answered (no answer time, result or talk"
                " time); they are not counted as answered. Name the column in a mapping file."
            )
            lines.append(text.format(file=name, count=f"{count:,}"))
    return lines


def fault(error: NianjianError) -> str:
    """Sentence of an error."""
    return sentence(error.code, error.values, words(current()))
