"""Write a case: open, steps, measures, papers; each act is one transaction with one event and one audit entry."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import states
from nianjian.features.rectification.cases import free_text
from nianjian.features.rectification.cases.model import Case, Event, Measure, Paper
from nianjian.features.rectification.cases.papers import Content
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

MOST: Final = 2000  # characters of a measure or a check


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says: its number (文号), the day of receipt, the last day printed on it, the causes it names."""

    received: date
    printed_due: date | None = None
    number: str = ""
    causes: Sequence[str] = ()


def open_case(*, enterprise: str, notice: Notice, paper: Content | None, actor: Actor) -> Case:
    """Open a case; ``enterprise_unknown``, ``rectify_due_before_receipt``, ``rectify_text_long``, those of `papers`."""
    tenant = accounts.enterprise(enterprise)
    if notice.printed_due is not None and notice.printed_due < notice.received:
        raise NianjianError("rectify_due_before_receipt", due=str(notice.printed_due), received=str(notice.received))
    with transaction.atomic():
        case = Case(
            id=f"R{secrets.token_hex(4)}",
            enterprise_id=tenant.code,
            notice=free_text.short("number", notice.number, free_text.NUMBER),
            received=notice.received,
            printed_due=notice.printed_due,
            causes=[one.strip() for one in notice.causes if one.strip()],
            state=states.OPENED,
            opened_at=clock.now(),
            opened_by=str(actor),
        )
        case.save(force_insert=True)
        data = {"received": notice.received.isoformat(), "printed_due": _iso(notice.printed_due), "notice": case.notice}
        if paper is None:
            _note(case, states.OPENED, data, actor)
        else:
            with _stored(case, Paper.NOTICE, paper, actor) as row:
                _note(case, states.OPENED, data | {"sha256": row.sha256}, actor)
    return case


def step(*, case: Case, step: str, data: Mapping[str, Any], actor: Actor, **found: Any) -> Case:  # noqa: ANN401 -- columns of the case
    """Do a step; ``found`` are columns that it fills (located, measured, checked, submitted_on).

    A step may be done again, which replaces what it found. ``rectify_closed``, ``rectify_step_early``.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        states.check(row.pk, step, list_completed_steps(row))
        for name, value in found.items():
            setattr(row, name, value)
        _note(row, step, data, actor)
        row.state = states.state(list_completed_steps(row))
        row.save()
    return row


def add_measure(*, case: Case, text: str, owner: str, due: date, every: int | None, actor: Actor) -> Measure:
    """Name a measure and who does it; ``rectify_closed``, ``rectify_text_missing``."""
    with transaction.atomic():
        row = _open(case)
        measure = Measure(
            case=row,
            text=_text("text", text),
            owner=_text("owner", owner),
            due=due,
            every=every or None,
            added_at=clock.now(),
            added_by=str(actor),
        )
        measure.save(force_insert=True)
        _note(row, "measure_added", {"measure": measure.pk, "due": due.isoformat(), "every": every or None}, actor)
    return measure


def measure_done(*, case: Case, measure: int, day: date, actor: Actor) -> Measure:
    """Say that a measure was carried out; ``rectify_closed``, ``rectify_measure_unknown``."""
    with transaction.atomic():
        row = _open(case)
        found = Measure.objects.select_for_update().filter(case=row, pk=measure).first()
        if found is None:
            raise NianjianError("rectify_measure_unknown", case=case.pk, measure=measure)
        found.done_on = day
        found.save(update_fields=["done_on"])
        _note(row, "measure_done", {"measure": measure, "day": day.isoformat()}, actor)
    return found


def add_paper(
    *,
    case: Case,
    kind: str,
    content: Content,
    actor: Actor,
    issuer: str = "",
    number: str = "",
    dated: date | None = None,
) -> Paper:
    """Keep a paper; of the same content for the same purpose again what is said of it is corrected.

    A 技术测评报告 needs issuer, number and date: ``rectify_test_report_incomplete``. ``rectify_closed``,
    ``rectify_text_long``.
    """
    said = {
        "issuer": free_text.short("issuer", issuer, free_text.ISSUER),
        "number": free_text.short("number", number, free_text.NUMBER),
        "dated": dated,
    }
    if kind == Paper.TEST_REPORT and not all(said.values()):
        raise NianjianError("rectify_test_report_incomplete")
    with transaction.atomic():
        row = _open(case)
        known = Paper.objects.filter(case=row, kind=kind, sha256=hashlib.sha256(content.body).hexdigest()).first()
        if known is not None:
            return _corrected(row, known, said, actor)
        with _stored(row, kind, content, actor, **said) as paper:
            data = {"kind": kind, "sha256": paper.sha256, "size": paper.size, "dated": _iso(dated)}
            _note(row, "paper_added", data, actor)
    return paper


def _corrected(case: Case, paper: Paper, said: Mapping[str, Any], actor: Actor) -> Paper:
    """Write what is said of a paper now; nothing where that stands already."""
    changed = [name for name, value in said.items() if getattr(paper, name) != value]
    if changed:
        for name in changed:
            setattr(paper, name, said[name])
        paper.save(update_fields=changed)
        _note(case, "paper_corrected", {"sha256": paper.sha256, "fields": changed, "dated": _iso(paper.dated)}, actor)
    return paper


def list_completed_steps(case: Case) -> frozenset[str]:
    """The steps that a case has behind it."""
    return frozenset(case.events.values_list("step", flat=True)) & frozenset(states.STEPS)


class _stored:  # noqa: N801 -- used as a statement, like a function
    """Seal a paper in the vault and write its row; what fails inside takes the file back."""

    def __init__(self, case: Case, kind: str, content: Content, actor: Actor, **fields: Any) -> None:  # noqa: ANN401 -- columns
        self._blob = blobs.put(content.body)
        self._row = Paper(
            case=case,
            kind=kind,
            name=content.name,
            media_type=content.media_type,
            sha256=self._blob.sha256,
            size=self._blob.size,
            blob=self._blob.id,
            recorded_at=clock.now(),
            recorded_by=str(actor),
            **fields,
        )

    def __enter__(self) -> Paper:
        try:
            self._row.save(force_insert=True)
        except BaseException:
            blobs.remove(self._blob.id)
            raise
        return self._row

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if kind is not None:
            blobs.remove(self._blob.id)


def _open(case: Case) -> Case:
    row = Case.objects.select_for_update().get(pk=case.pk)
    if row.state == states.CLOSED:
        raise NianjianError("rectify_closed", case=case.pk)
    return row


def _note(case: Case, step: str, data: Mapping[str, Any], actor: Actor) -> None:
    Event(case=case, step=step, at=clock.now(), actor=str(actor), data=dict(data)).save(force_insert=True)
    told = {"case": case.pk, **data}
    record(verb=f"rectify.{step}", enterprise=case.enterprise_id, actor=actor, data=told)


def _text(name: str, text: str) -> str:
    plain = text.strip()[:MOST]
    if not plain:
        raise NianjianError("rectify_text_missing", field=name)
    return plain


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
