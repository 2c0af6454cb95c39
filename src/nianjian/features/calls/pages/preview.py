"""Looks, trials and checked sheets as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import mark, words
from nianjian.features.calls.operations.check_calls import FIELDS, FilePreview, Tried, try_calls
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.features.calls.pages import presenters
from nianjian.features.calls.pages.call_fields import field_label
from nianjian.platform.jobs import query as queue
from nianjian.platform.registers import uploads
from nianjian.platform.registers.drafts import DraftValue
from nianjian.platform.registers.sheet_reader import Finding
from nianjian.platform.web import work
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import verdict

LAKE_WORDS = {
    "out": mark("outbound"),
    "in": mark("inbound"),
    "internal": mark("internal"),
    "answered": mark("answered"),
    "no_answer": mark("not answered"),
    "busy": mark("busy"),
    "failed": mark("failed"),
    "cancelled": mark("cancelled"),
    "rejected": mark("refused by the called"),
    "blocked": mark("blocked"),
    "unknown": mark("unknown"),
    "human": mark("human"),
    "robot": mark("robot"),
    "good": mark("good"),
    "medium": mark("medium"),
    "low": mark("low"),
    "none": mark("none"),
}
HEADS = {
    "line": mark("line number"),
    "display_confidence": mark("confidence"),
    "answered": mark("answered"),
    "display": "display",
    "callee": "callee",
}
TIMES = {"start_ts": "start", "answer_ts": "answer", "end_ts": "end"}


def looks(found: Sequence[FilePreview]) -> list[dict[str, object]]:
    """Each file's look with its fault in words."""
    return [
        {
            "look": look,
            "source": work.source(look.source),
            "fault": work.fault(look.fault) if look.fault else "",
            "text": "\n".join(look.lines),
        }
        for look in found
    ]


def tried(draft: DraftValue) -> dict[str, object]:
    """The trials of a draft's files, and the work that checks them in whole."""
    source = drafts.text(draft, "source") or "auto"
    zone = drafts.text(draft, "timezone") or None
    found = try_calls(uploads.paths(draft), source, drafts.mapping_of(draft), zone)
    job = queue.job(draft.check_job) if draft.check_job else None
    return {
        "trials": [_tried(one) for one in found],
        "more": len(draft.files) > len(found),
        "rejects": any(one.trial is not None and one.trial.rejected for one in found),
        "check_job": job,
        "check_sums": job.result.get("rows") if job and job.state == "done" else None,
        "check_state": work.state(job) if job else None,
        "broken": bool(found) and all(one.fault is not None for one in found),
    }


def _tried(one: Tried) -> dict[str, object]:
    if one.trial is None:
        return {"name": one.name, "fault": work.fault(one.fault) if one.fault else ""}
    receipt = one.trial.receipt.as_dict()
    return {
        "name": one.name,
        "whole": one.trial.whole,
        "rows": receipt["rows"],
        "file": presenters.file_table([receipt]),
        "warnings": presenters.warnings([receipt]),
        "reasons": presenters.reasons([receipt]) if receipt["reasons"] else None,
        "lake": _lake_rows(one.trial.rows),
        "rejected": _rejected(one.trial.rejected),
    }


def _lake_rows(rows: Sequence[Mapping[str, Any]]) -> Table | None:
    if not rows:
        return None
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    body = [[Cell(_lake_cell(row[name])) for name in names] for row in rows]
    return Table(
        _("As the rows would stand in the data, numbers masked"), [Column(_head(name)) for name in names], body
    )


def _head(name: str) -> str:
    field = TIMES.get(name, name)
    if field in FIELDS and name != "answered":
        return field_label(field)
    return _(HEADS.get(name, name))


def _lake_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _(LAKE_WORDS[value]) if isinstance(value, str) and value in LAKE_WORDS else value


def _rejected(rows: Sequence[tuple[int, str, str, list[str]]]) -> Table | None:
    if not rows:
        return None
    body = [
        [Cell(line, figure=True), Cell(column), Cell(work.reason(code)), Cell(" | ".join(cells)[:200])]
        for line, column, code, cells in rows
    ]
    heads = [Column(_("line number"), figure=True), Column(_("column")), Column(_("reason")), Column(_("row, masked"))]
    return Table(_("The first rows that would be rejected"), heads, body, wrap=True)


def sheet(draft: DraftValue) -> dict[str, object]:
    """A register's sheet, checked in whole; a large one by the worker."""
    path = uploads.paths(draft)[0]
    if check_register.is_large(path):
        return _by_the_worker(draft)
    try:
        found = check_register.check_register(draft.kind, path, draft.enterprise)
    except NianjianError as fault:
        return {"fault": work.fault(fault)}
    rows = [[Cell(cell) for cell in row] for row in found.rows]
    return {
        "text": verdict(found.faulty, found.read),
        "checked": found,
        "rows": Table(
            _("The first sound rows, personal data masked"), [Column(one, theirs=True) for one in found.header], rows
        )
        if rows
        else None,
        "findings": _findings(found.findings, _("Faults")),
        "warnings": _findings(found.warnings, _("Worth a look")),
        "unseen": found.faults - len(found.findings),
        **(_marking(draft) if found.faults > check_register.MARKED else {}),
    }


def _marking(draft: DraftValue) -> dict[str, object]:
    """The check of the worker that leaves the error workbook, where a page would mark for too long."""
    job = queue.job(draft.check_job) if draft.check_job else None
    waits = job is None or job.state != "done"
    return {"many": waits, "check_job": job, "check_state": work.state(job) if job else None}


def _by_the_worker(draft: DraftValue) -> dict[str, object]:
    job = queue.job(draft.check_job) if draft.check_job else None
    told: dict[str, object] = {"large": True, "check_job": job, "check_state": work.state(job) if job else None}
    if job is None or job.state != "done":
        return told
    result: dict[str, Any] = dict(job.result)
    found = [_kept(one) for one in result["findings"]]
    told |= {"checked": result, "text": verdict(result["faulty"], result["read"])}
    return told | {"findings": _findings(found, _("Faults")), "unseen": result["faults"] - len(found)}


def _kept(one: Mapping[str, Any]) -> Finding:
    """A finding as the queue keeps it."""
    file, sheet, line, column, code, value, hint = (
        one[name] for name in ("file", "sheet", "line", "column", "code", "value", "hint")
    )
    return Finding(file, sheet, line, column, code, value, hint, one["values"])


def _findings(found: Sequence[Finding], caption: str) -> Table | None:
    if not found:
        return None
    rows = [
        [Cell(one.line, figure=True), Cell(one.column), Cell(words_of_finding(one.code, one.values())), Cell(one.value)]
        for one in found
    ]
    heads = [
        Column(_("line number"), figure=True),
        Column(_("column")),
        Column(_("what is wrong")),
        Column(_("what stands there")),
    ]
    return Table(caption, heads, rows, wrap=True)


def words_of_finding(code: str, values: Mapping[str, object]) -> str:
    """Sentence of a faulty cell."""
    return sentence(code, values, words(current()))


def headings(found: Sequence[tuple[str, str, tuple[str, ...], bool]]) -> Table:
    """What a sheet may hold."""
    rows = [
        [Cell(header), Cell(_("yes") if must else ""), Cell(note), Cell("、".join(aliases))]
        for header, note, aliases, must in found
    ]
    heads = [Column(_("heading")), Column(_("needed")), Column(_("what stands there")), Column(_("also written as"))]
    return Table(_("Headings of the sheet"), heads, rows, wrap=True)
