"""What each kind of work is, and whether it may be begun again after its worker died."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper import pictures
from nianjian.engines.paper.texts.errors import sentence
from nianjian.engines.paper.words import CHINESE, ENGLISH, words
from nianjian.features.calls.operations import rejects
from nianjian.features.calls.operations.check_calls import check_calls
from nianjian.features.calls.operations.import_calls import import_calls
from nianjian.features.calls.operations.undo_calls import undo_calls
from nianjian.features.calls.operations.wizard import check_register, drafts
from nianjian.features.complaints import jobs as complaints
from nianjian.features.dossier import jobs as dossier
from nianjian.features.inspection import jobs as inspection
from nianjian.features.maintenance.operations import retention, watch
from nianjian.features.portrait import portraits
from nianjian.features.portrait.operations import run_portrait
from nianjian.features.reconciliation import jobs as reconciliation
from nianjian.features.rectification import jobs as rectification
from nianjian.features.registers import operations
from nianjian.features.rulebook.operations import effects
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.chain import verify_chain
from nianjian.platform.jobs import flow
from nianjian.platform.jobs.flow import Kind, Report, StopWantedError, day, text, texts
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.registers.storage import import_sheet


def _import_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: files, source, mapping (path or None), timezone, replace and batch, the id of the new batch."""
    given = job.payload
    files = texts(given, "files")
    told = _Bytes(files, report)
    mapping = text(given, "mapping")
    try:
        receipt = import_calls(
            enterprise=job.enterprise,
            patterns=files,
            source=text(given, "source") or "auto",
            mapping_file=Path(mapping) if mapping else None,
            timezone=text(given, "timezone"),
            replace=text(given, "replace"),
            batch=text(given, "batch"),
            actor=actor,
            progress=told.report,
        )
    except StopWantedError as stop:
        stop.left = {"batch": given.get("batch")} if told.finished else {}
        raise
    return receipt.as_dict()


def _check_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: as of an import, without a batch."""
    given = job.payload
    files = texts(given, "files")
    mapping = text(given, "mapping")
    return check_calls(
        enterprise=job.enterprise,
        files=files,
        source=text(given, "source") or "auto",
        mapping_file=Path(mapping) if mapping else None,
        timezone=text(given, "timezone"),
        replace=text(given, "replace"),
        actor=actor,
        progress=_Bytes(files, report).report,
    ).as_dict()


def _draft_done(job: JobValue) -> None:
    """Drop the draft that the work came from; its files are in."""
    draft = text(job.payload, "draft")
    if draft:
        drafts.finish_draft(draft)


class _Bytes:
    """The progress of several files as one: bytes, counted twice as the import counts them."""

    def __init__(self, files: list[str], report: Report) -> None:
        self._total = 2 * sum(Path(file).stat().st_size for file in files)
        self._report = report
        self._before, self._name, self._last = 0, "", 0
        self.finished = 0

    def report(self, name: str, _rows: int, done: int, total: int) -> None:
        """Add one file's figures to those before; of a pack they are unpacked bytes, so the total may grow."""
        if name != self._name:
            self._before, self._name, self._last = self._before + self._last, name, 0
        self._last = done
        self.finished += done == total
        self._report(name, self._before + done, max(self._total, self._before + total))


def _undo_calls(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    batch = str(job.payload["batch"])
    report(batch, 0, 1)
    undone = undo_calls(batch=batch, actor=actor)
    return {"batch": batch, "rows": undone.rows, "affected": [asdict(one) for one in undone.affected]}


def _rejects_file(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: batch and language."""
    _ = words(text(job.payload, "language") or CHINESE)
    batch = str(job.payload["batch"])
    return rejects.run_rejects_file(batch=batch, words=lambda code: sentence(code, {}, _), actor=actor, progress=report)


def _import_register(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: kind and file. A sheet with a fault changes nothing: ``sheet_has_faults``."""
    kind, file = str(job.payload["kind"]), Path(str(job.payload["file"]))
    report(file.name, 0, 1)
    receipt = import_sheet(kind=kind, path=file, enterprise=job.enterprise, actor=actor)
    if not receipt.ok:
        raise NianjianError("sheet_has_faults", file=file.name, rows=receipt.rows["rejected"])
    return {"kind": kind, "file": file.name, "rows": dict(receipt.rows)}


def _check_register(job: JobValue, _actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: kind, file and language."""
    file = Path(str(job.payload["file"]))
    _ = words(text(job.payload, "language") or CHINESE)
    report(file.name, 0, 1)
    kind = str(job.payload["kind"])
    return check_register.summarize_check(kind, file, job.enterprise, lambda code, values: sentence(code, values, _))


def _take_register(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    return operations.run_export(enterprise=job.enterprise, payload=job.payload, actor=actor, progress=report)


def _run_portrait(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: year, and as_of, province, today, raw where wanted."""
    given = job.payload
    year = int(str(given["year"]))
    report(str(year), 0, 1)
    found = run_portrait(
        enterprise=job.enterprise,
        year=year,
        as_of=day(given, "as_of"),
        province=text(given, "province"),
        today=day(given, "today"),
        raw=given.get("raw") is True,
        actor=actor,
    )
    _draw(job.enterprise, year)
    return {"year": year, "light": found.light.value}


def _draw(enterprise: str, year: int) -> None:
    """Draw the charts of a new portrait, so that no page has to: they lie in the home from then on."""
    shown = portraits.find_masked_portrait(enterprise, year)
    for language in (CHINESE, ENGLISH):
        for chart in pictures.charts(shown, words(language)) if shown else ():
            chart.draw()


def _effect(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """``payload``: key, value, province (None: all), valid_from, reason."""
    given = job.payload
    found = effects(
        key=str(given["key"]),
        value=str(given["value"]),
        province=text(given, "province"),
        enterprise=job.enterprise or None,
        valid_from=date.fromisoformat(str(given["valid_from"])),
        reason=str(given["reason"]),
        actor=actor,
        progress=report,
    )
    return {"items": [one.as_dict() for one in found]}


def _erase_over(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """No ``payload``: what is over its time when the work begins; what is left of it is counted after."""
    report("", 0, 2)
    erased = retention.run(actor=actor, enterprise=job.enterprise, dry_run=False)
    rows = {one.period.record_class: one.over for one in erased if one.over}
    return {"rows": rows, **watch.count_overdue_rows(enterprise=job.enterprise, actor=actor)}


def _count_over(job: JobValue, actor: Actor, report: Report) -> Mapping[str, object]:
    """No ``payload``: what is over its time when the work begins."""
    report("", 0, 1)
    return watch.count_overdue_rows(enterprise=job.enterprise, actor=actor)


def _verify_chain(_job: JobValue, _actor: Actor, report: Report) -> Mapping[str, object]:
    """No ``payload``: the whole chain as it stands when the work begins."""
    return verify_chain(lambda done, total: report("", done, total)).as_dict()


KINDS: Final[Mapping[str, Kind]] = {
    flow.IMPORT_CALLS: Kind(_import_calls, again=True, after=_draft_done),  # a file that is in is known
    flow.CHECK_CALLS: Kind(_check_calls, again=True),
    flow.UNDO_CALLS: Kind(_undo_calls, again=False),  # start-up finishes or drops it by the lake's log
    flow.REJECTS_FILE: Kind(_rejects_file, again=True),
    flow.IMPORT_REGISTER: Kind(_import_register, again=True, after=_draft_done),  # equal rows change nothing
    flow.CHECK_REGISTER: Kind(_check_register, again=True),
    flow.TAKE_REGISTER: Kind(_take_register, again=True),
    flow.RUN_PORTRAIT: Kind(_run_portrait, again=True),
    flow.ERASE_OVER: Kind(_erase_over, again=True),  # what is gone is not over its time any more
    flow.COUNT_OVER: Kind(_count_over, again=True),
    flow.OVERLAY_EFFECT: Kind(_effect, again=True),
    flow.VERIFY_CHAIN: Kind(_verify_chain, again=True),
    **complaints.KINDS,
    **rectification.KINDS,
    **reconciliation.KINDS,
    **inspection.KINDS,
    **dossier.KINDS,
}
AGAIN: Final = frozenset(name for name, kind in KINDS.items() if kind.again)
