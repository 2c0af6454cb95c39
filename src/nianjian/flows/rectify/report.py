"""The 整改报告 of a case as Word or PDF: content out of the case's data, a draft while gaps stand."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.accounts import query as accounts
from nianjian.accounts.query import Actor
from nianjian.accounts.roles import Act
from nianjian.audit import query as audit
from nianjian.audit.record import record
from nianjian.flows.rectify import cases, evidence, locate
from nianjian.kernel.errors import NianjianError
from nianjian.paper.rectification.content import Stamp, content
from nianjian.paper.rectification.pictures import charts
from nianjian.paper.words import words
from nianjian.rectification import isolate, states
from nianjian.rectification.cases import service
from nianjian.rectification.cases.model import Case

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Report:
    """A report to give away; ``gaps``: what is still open, ``draft``: some of it blocks."""

    name: str
    media: str
    content: bytes
    gaps: tuple[Json, ...]
    draft: bool


def _word(told: Json, drawn: list[Any]) -> bytes:
    from nianjian.paper.rectification.word import word  # noqa: PLC0415 -- Word's library loads for a report alone

    return word(told, drawn)


def _pdf(told: Json, drawn: list[Any]) -> bytes:
    from nianjian.paper.rectification.pdf import pdf  # noqa: PLC0415 -- the same

    return pdf(told, drawn)


FORMS: Final[Mapping[str, tuple[str, Callable[[Json, list[Any]], bytes]]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word),
    "pdf": ("application/pdf", _pdf),
}


def report(*, case: str, form: str, language: str, actor: Actor) -> Report:
    """Set the report and note it; complete, it is a step of the case. ``rectify_unknown``, ``rectify_form_unknown``.

    The figures in it are those that the case keeps, with the versions of their tables; a draft says so on top.
    """
    held = cases.own(case, actor, Act.REPORT)
    if form not in FORMS:
        raise NianjianError("rectify_form_unknown", form=form, forms=", ".join(FORMS))
    gaps = evidence.of_case(held)
    draft = any(gap.blocks for gap in gaps)
    told_gaps = tuple(gap.as_dict() for gap in gaps)
    shown = cases.shown(case=case, actor=actor)
    stamp = Stamp(accounts.enterprise(held.enterprise_id).name, draft, *audit.head())
    told = content(shown, _annex(held, actor), list(told_gaps), language, stamp)
    media, draw = FORMS[form]
    body = draw(told, charts(shown, words(language)))
    data = {"form": form, "draft": draft, "sha256": hashlib.sha256(body).hexdigest(), "gaps": len(gaps)}
    if draft or held.state == states.CLOSED:
        with transaction.atomic():
            told_case = {"case": held.pk, **data}
            record(verb="rectify.report", enterprise=held.enterprise_id, actor=actor, data=told_case)
    else:
        service.step(case=held, step=states.REPORTED, data=data, actor=actor)
    name = f"{words(language)('Rectification report')}-{held.pk}{'-draft' if draft else ''}.{form}"
    return Report(name, media, body, told_gaps, draft)


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


def written(*, case: str, path: Path | None, language: str, actor: Actor) -> Json:
    """Write the report to a file, Word unless its name says otherwise; what was written, and what is still open."""
    form = "docx" if path is None else path.suffix.lower().lstrip(".")
    made = report(case=case, form=form, language=language, actor=actor)
    place = path or Path(made.name)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(made.content)
    return {
        "case": case,
        "file": str(place),
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "draft": made.draft,
        "gaps": list(made.gaps),
    }
