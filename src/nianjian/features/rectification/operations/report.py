"""The 整改报告 of a case as Word or PDF: content out of the case's data, a draft while gaps stand."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, cast

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.rectification.content import Stamp, content
from nianjian.engines.paper.rectification.pictures import charts
from nianjian.engines.paper.words import words
from nianjian.features.rectification import isolate, states
from nianjian.features.rectification.cases import service
from nianjian.features.rectification.cases.model import Case
from nianjian.features.rectification.operations import cases, evidence, locate
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.audit import query as audit
from nianjian.platform.audit.record import record
from nianjian.platform.jobs import flow
from nianjian.platform.jobs import query as queue
from nianjian.platform.jobs import service as queue_service
from nianjian.platform.jobs.progress import Progress, Steps, silent
from nianjian.platform.jobs.query import JobValue
from nianjian.platform.vault import blobs

Json = dict[str, Any]

KEPT: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Report:
    """A report to give away; ``gaps``: what is still open, ``draft``: some of it blocks."""

    name: str
    media: str
    content: bytes
    gaps: tuple[Json, ...]
    draft: bool


def _word(told: Json, drawn: list[Any]) -> bytes:
    from nianjian.engines.paper.rectification.word import word  # noqa: PLC0415 -- Word's library loads for a report alone

    return word(told, drawn)


def _pdf(told: Json, drawn: list[Any]) -> bytes:
    from nianjian.engines.paper.rectification.pdf import pdf  # noqa: PLC0415 -- the same

    return pdf(told, drawn)


FORMS: Final[Mapping[str, tuple[str, Callable[[Json, list[Any]], bytes]]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word),
    "pdf": ("application/pdf", _pdf),
}


def report(*, case: str, form: str, language: str, actor: Actor, progress: Progress = silent) -> Report:
    """Set the report and note it; complete, it is a step of the case. ``rectify_unknown``, ``rectify_form_unknown``.

    The figures in it are those that the case keeps, with the versions of their tables; a draft says so on top.
    """
    held = cases.own(case, actor, Act.REPORT)
    made = _set(held, form, language, actor, progress)
    _note(held, form, made, actor)
    return made


def checked_form(form: str) -> str:
    """``rectify_form_unknown`` unless a report comes in such a form."""
    if form not in FORMS:
        raise NianjianError("rectify_form_unknown", form=form, forms=", ".join(FORMS))
    return form


def _set(held: Case, form: str, language: str, actor: Actor, progress: Progress) -> Report:
    media, draw = FORMS[checked_form(form)]
    step = Steps(progress, held.pk, evidence.COUNTING + evidence.LOOKING + 2)
    gaps = evidence.of_case(held, step)
    draft = any(gap.blocks for gap in gaps)
    told_gaps = tuple(gap.as_dict() for gap in gaps)
    shown = cases.get_case_detail(case=held.pk, actor=actor)
    stamp = Stamp(accounts.enterprise(held.enterprise_id).name, draft, *audit.head())
    step()
    told = content(shown, _annex(held, actor), list(told_gaps), language, stamp)
    step()
    body = draw(told, charts(shown, words(language)))
    name = f"{words(language)('Rectification report')}-{held.pk}{'-draft' if draft else ''}.{form}"
    return Report(name, media, body, told_gaps, draft)


def _note(held: Case, form: str, made: Report, actor: Actor) -> None:
    sha256 = hashlib.sha256(made.content).hexdigest()
    data = {"form": form, "draft": made.draft, "sha256": sha256, "gaps": len(made.gaps)}
    if made.draft or held.state == states.CLOSED:
        with transaction.atomic():
            told = {"case": held.pk, **data}
            record(verb="rectify.report", enterprise=held.enterprise_id, actor=actor, data=told)
    else:
        service.step(case=held, step=states.REPORTED, data=data, actor=actor)


def store_report(*, case: str, form: str, language: str, actor: Actor, progress: Progress = silent) -> Json:
    """Set the report as `report`, keep it sealed until it is fetched, and tell where: the result of a job."""
    held = cases.own(case, actor, Act.REPORT)
    made = _set(held, form, language, actor, progress)
    blob = blobs.put(made.content)
    try:
        _note(held, form, made, actor)
    except BaseException:
        blobs.remove(blob.id)
        raise
    told = {"case": held.pk, "form": form, "name": made.name, "media": made.media, "sha256": blob.sha256}
    return {**told, "draft": made.draft, "gaps": list(made.gaps), "blob": blob.id}


def fetched(*, case: str, job: str, actor: Actor) -> Report:
    """The report that a job has set; ``rectify_unknown``, ``role_missing``, ``rectify_report_gone``."""
    held = cases.own(case, actor, Act.REPORT)
    made = _job(held, job)
    told = {} if made is None else dict(made.result)
    if "blob" not in told:
        raise NianjianError("rectify_report_gone", case=held.pk, days=KEPT.days)
    body = blobs.get(str(told["blob"]))
    return Report(
        str(told["name"]), str(told["media"]), body, tuple(cast("list[Json]", told["gaps"])), bool(told["draft"])
    )


def _job(held: Case, job: str) -> JobValue | None:
    try:
        found = queue.job(job)
    except NianjianError:
        return None
    mine = found.enterprise == held.enterprise_id and found.kind == flow.RECTIFY_REPORT
    return found if mine and found.payload.get("case") == held.pk else None


def sweep() -> int:
    """Delete reports that were set more than `KEPT` ago: another one can be set at any time. How many."""
    old = queue.over_before(flow.RECTIFY_REPORT, clock.now() - KEPT, "blob")
    for one in old:
        blobs.remove(str(one.result["blob"]))  # first: killed in between, the next sweep finds the row again
        queue_service.forget(job=one.id, name="blob")
    return len(old)


def _annex(case: Case, actor: Actor) -> Json:
    """The channel's tickets of the measured days, the first page of them."""
    if not case.measured:
        return {"tickets": [], "more": False}
    measured = case.measured
    last = date.fromisoformat(measured[isolate.AFTER]["to"]) - timedelta(days=1)
    return locate.tickets(
        enterprise=case.enterprise_id,
        dimension=measured["key"],
        key=measured["channel"],
        first=date.fromisoformat(measured[isolate.BEFORE]["from"]),
        last=last,
        page=1,
        actor=actor,
    )


def write_report_file(*, case: str, path: Path | None, language: str, actor: Actor) -> Json:
    """Write the report to a file, Word unless its name says otherwise; what was written, and what is still open.

    The file stands under its name whole, or not at all: until then it lies beside, and nothing is noted of a report
    that cannot be written. Errors as `report`'s, OSError.
    """
    form = checked_form("docx" if path is None else path.suffix.lower().lstrip("."))
    held = cases.own(case, actor, Act.REPORT)
    place = path or Path(f"{held.pk}.{form}")
    handle, fresh = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as out:
            made = _set(held, form, language, actor, silent)
            out.write(made.content)
            out.flush()
            os.fsync(out.fileno())
        place = path or Path(made.name)
        _note(held, form, made, actor)
        Path(fresh).replace(place)
    finally:
        Path(fresh).unlink(missing_ok=True)
    return {
        "case": case,
        "file": str(place),
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "draft": made.draft,
        "gaps": list(made.gaps),
    }
