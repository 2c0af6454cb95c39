"""Writes of cases, orders, watch list and routine: each is one transaction with one audit entry."""

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError, get_or_raise
from nianjian.engines.kernel.files import wrap_read_errors
from nianjian.features.portrait.models import Task, Watch
from nianjian.features.rectification import queries, states
from nianjian.features.rectification.models import Case, Event, Measure, Order, Paper
from nianjian.platform.accounts.query import Actor
from nianjian.platform.approvals import storage as approvals
from nianjian.platform.approvals.models import Request
from nianjian.platform.approvals.storage import Approval
from nianjian.platform.audit.chain import canonical
from nianjian.platform.audit.record import record
from nianjian.platform.registers.attachments import ROW_LIMIT, clean_name_and_type
from nianjian.platform.vault import blobs

NUMBER: Final = 120  # characters of a 文号, or of the number of a test report
ISSUER: Final = 200
SCOPE: Final = 500
CHANNEL: Final = 120
LICENCE: Final = 80


def check_short_text(field: str, text: str, most: int) -> str:
    """The text without space around it; ``rectify_text_long``. It may be empty."""
    plain = text.strip()
    if len(plain) > most:
        raise NianjianError("rectify_text_long", field=field, most=most)
    return plain


@dataclass(frozen=True, slots=True)
class PaperContent:
    """``name`` without folder and control characters; ``media_type`` as the content shows it."""

    name: str
    media_type: str
    body: bytes


LIMIT: Final = ROW_LIMIT  # bytes; it is held in memory


def paper_content(name: str, body: bytes) -> PaperContent:
    """Check a file; errors as `clean_name_and_type`."""
    return PaperContent(*clean_name_and_type(name, body), body)


def read_paper(path: Path) -> PaperContent:
    """Read a file; ``file_missing``, ``file_unreadable``, and those of `paper_content`."""
    with wrap_read_errors(path):
        if path.stat().st_size > LIMIT:
            raise NianjianError("file_too_large", file=path.name, limit=LIMIT)
        body = path.read_bytes()
    return paper_content(path.name, body)


MOST: Final = 2000  # characters of a measure or a check


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says: its number (文号), the day of receipt, the last day printed on it, the causes it names."""

    received: date
    printed_due: date | None = None
    number: str = ""
    causes: Sequence[str] = ()


def record_step(*, case: Case, step: str, data: Mapping[str, Any], actor: Actor, **columns: Any) -> Case:  # noqa: ANN401 -- columns of the case
    """Do a step; ``found`` are columns that it fills (located, measured, checked, submitted_on).

    A step may be done again, which replaces what it found. ``rectify_closed``, ``rectify_step_early``.
    """
    with transaction.atomic():
        row = Case.objects.select_for_update().get(pk=case.pk)
        states.check_step(row.pk, step, list_completed_steps(row))
        for name, value in columns.items():
            setattr(row, name, value)
        record_event(row, step, data, actor)
        row.state = states.state_of(list_completed_steps(row))
        row.save()
    return row


def add_paper(
    *,
    case: Case,
    kind: str,
    content: PaperContent,
    actor: Actor,
    issuer: str = "",
    number: str = "",
    dated: date | None = None,
    scope: str = "",
    titled: bool | None = None,
) -> Paper:
    """Keep a paper; of the same content for the same purpose again what is said of it is corrected.

    A 技术测评报告 needs issuer, number, date and scope (``rectify_test_report_incomplete``), and a text that can be
    read must name it one (``titled``; ``rectify_test_report_other``). ``rectify_closed``, ``rectify_text_long``.
    """
    said = {
        "issuer": check_short_text("issuer", issuer, ISSUER),
        "number": check_short_text("number", number, NUMBER),
        "dated": dated,
        "scope": check_short_text("scope", scope, SCOPE),
    }
    if kind == Paper.TEST_REPORT and not all(said.values()):
        raise NianjianError("rectify_test_report_incomplete")
    if kind == Paper.TEST_REPORT and titled is False:
        raise NianjianError("rectify_test_report_other", file=content.name)
    with transaction.atomic():
        row = lock_open_case(case)
        stored = Paper.objects.filter(case=row, kind=kind, sha256=hashlib.sha256(content.body).hexdigest()).first()
        if stored is not None:
            return _correct_paper(row, stored, said, actor)
        with store_paper(row, kind, content, actor, **said, titled=titled) as paper:
            data = {"kind": kind, "sha256": paper.sha256, "size": paper.size, "dated": _iso(dated), "titled": titled}
            record_event(row, "paper_added", data, actor)
    return paper


def confirm_assessment(*, case: Case, paper: int, actor: Actor) -> None:
    """Note that a person has read a 技术测评报告; ``rectify_closed``, ``rectify_paper_unknown``."""
    with transaction.atomic():
        row = lock_open_case(case)
        rows = Paper.objects.filter(case=row, kind=Paper.TEST_REPORT, pk=paper)
        stored = get_or_raise(rows, "rectify_paper_unknown", case=case.pk, paper=paper)
        data = {"paper": paper, "sha256": stored.sha256, "dated": _iso(stored.dated)}
        record_event(row, queries.PAPER_READ, data, actor)


def _correct_paper(case: Case, paper: Paper, said: Mapping[str, Any], actor: Actor) -> Paper:
    """Write what is said of a paper now; nothing where that stands already."""
    changed = [name for name, value in said.items() if getattr(paper, name) != value]
    if changed:
        for name in changed:
            setattr(paper, name, said[name])
        paper.save(update_fields=changed)
        record_event(
            case, "paper_corrected", {"sha256": paper.sha256, "fields": changed, "dated": _iso(paper.dated)}, actor
        )
    return paper


def list_completed_steps(case: Case) -> frozenset[str]:
    """The steps that a case has behind it."""
    return frozenset(case.events.values_list("step", flat=True)) & frozenset(states.STEPS)


@contextmanager
def store_paper(case: Case, kind: str, content: PaperContent, actor: Actor, **fields: Any) -> Iterator[Paper]:  # noqa: ANN401 -- columns
    """Seal a paper in the vault and write its row; what fails inside takes the file back."""
    with blobs.put_undoable(content.body) as blob:
        yield Paper.objects.create(
            case=case,
            kind=kind,
            name=content.name,
            media_type=content.media_type,
            sha256=blob.sha256,
            size=blob.size,
            blob=blob.id,
            recorded_at=clock.now(),
            recorded_by=str(actor),
            **fields,
        )


def lock_open_case(case: Case) -> Case:
    """The case, locked; ``rectify_closed``."""
    row = Case.objects.select_for_update().get(pk=case.pk)
    if row.state == states.CLOSED:
        raise NianjianError("rectify_closed", case=case.pk)
    return row


def record_event(case: Case, step: str, data: Mapping[str, Any], actor: Actor) -> None:
    """Note what was done, in the case and in the audit chain."""
    Event(case=case, step=step, at=clock.now(), actor=str(actor), data=dict(data)).save(force_insert=True)
    entry = {"case": case.pk, **data}
    record(verb=f"rectify.{step}", enterprise=case.enterprise_id, actor=actor, data=entry)


def check_text(name: str, text: str) -> str:
    """The text, cut; ``rectify_text_missing``."""
    plain = text.strip()[:MOST]
    if not plain:
        raise NianjianError("rectify_text_missing", field=name)
    return plain


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


ISOLATE: Final = "isolation"
LIFT: Final = "isolation_lift"
KINDS: Final = {ISOLATE: Order.ISOLATE, LIFT: Order.LIFT}
KEYS: Final = ("line", "display", "team")


def request_approval(order: Order, kind: str, actor: Actor) -> Approval:
    """One channel has one request of a kind at a time: ``approval_pending``."""
    with transaction.atomic():
        same = {name: getattr(order, name) for name in ("enterprise_id", "kind", "key", "channel")}
        for other in Order.objects.filter(**same, approved_at=None):
            if approvals.get_approval(other.approval).state == Request.PENDING:
                raise NianjianError("approval_pending", approval=other.approval)
        order.pk, order.proposed_by, order.proposed_at = uuid.uuid4().hex, str(actor), clock.now()
        approval = approvals.create_request(
            kind=kind, subject=order.pk, digest=order_digest(order), enterprise=order.enterprise_id, actor=actor
        )
        order.approval = approval.id
        order.save(force_insert=True)
    return approval


def approve_order(*, approval: str, actor: Actor, gate_before: Mapping[str, Any] | None = None) -> Order:
    """Say yes as the second person; the caller then tells the gate, in the same transaction.

    ``gate_before``: what the gate allows on the channel now, to be put back when the isolation is lifted.
    Errors as `approvals.storage.approve_request`, ``rectify_isolated_already``, ``rectify_not_isolated``.
    """
    with transaction.atomic():
        approvals.get_approval(approval, *KINDS)
        order = queries.get_order_of_approval(approval)
        approvals.approve_request(approval=approval, digest=order_digest(order), actor=actor)
        standing = queries.find_in_force(order.enterprise_id, order.key, order.channel)
        if order.kind == Order.ISOLATE and standing is not None:
            raise NianjianError("rectify_isolated_already", channel=order.channel)
        if order.kind == Order.LIFT and (standing is None or standing.pk != order.lifts_id):
            raise NianjianError("rectify_not_isolated", channel=order.channel)
        order.approved_by, order.approved_at = str(actor), clock.now()
        order.gate_before = None if gate_before is None else dict(gate_before)
        order.save(update_fields=["approved_by", "approved_at", "gate_before"])
        if order.kind == Order.LIFT and standing is not None:
            standing.lifted_at = order.approved_at
            standing.save(update_fields=["lifted_at"])
        data = {"order": order.pk, "case": order.case_id, "key": order.key, "channel": order.channel, "cap": order.cap}
        verb = "rectify.isolate" if order.kind == Order.ISOLATE else "rectify.lift"
        record(verb=verb, enterprise=order.enterprise_id, actor=actor, data=data | {"white_list": order.white_list})
    return order


def order_digest(order: Order) -> str:
    """sha256 over what the second person agrees to."""
    columns = ("kind", "key", "channel", "cap", "white_list", "reason", "end", "proposed_by")
    content = {"case": order.case_id, "lifts": order.lifts_id, **queries.row_document(order, *columns)}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def flag_licence(*, enterprise: str, licence: str, since: date, source: str, case: Case | None, actor: Actor) -> None:
    """Set the flag on a licence; ``rectify_text_missing``, ``rectify_watched_already``."""
    for name, text in (("licence", licence), ("source", source)):
        if not text:
            raise NianjianError("rectify_text_missing", field=name)
    with transaction.atomic():
        if Watch.objects.filter(enterprise_id=enterprise, licence=licence, until=None).exists():
            raise NianjianError("rectify_watched_already", licence=licence)
        flag = {"licence": licence, "since": since, "source": source, "case": case}
        by = {"recorded_at": clock.now(), "recorded_by": str(actor)}
        row = Watch.objects.create(enterprise_id=enterprise, **flag, **by)
        data = {**queries.row_document(row, "licence", "since"), "case": row.case_id}
        record(verb="rectify.watch", enterprise=enterprise, actor=actor, data=data)


def unflag_licence(*, enterprise: str, licence: str, until: date, actor: Actor) -> None:
    """Take the flag off from a day on; ``rectify_not_watched``."""
    flags = Watch.objects.filter(enterprise_id=enterprise, licence=licence, until=None, since__lte=until)
    with transaction.atomic():
        if not flags.update(until=until):
            raise NianjianError("rectify_not_watched", licence=licence)
        data = {"licence": licence, "until": until.isoformat()}
        record(verb="rectify.unwatch", enterprise=enterprise, actor=actor, data=data)


def create_routine(*, case: Case, start: date, actor: Actor) -> list[Task]:
    """Turn the case's recurring measures into tasks of the routine, each once; the caller closes the case beside."""
    tasks = []
    with transaction.atomic():
        for measure in Measure.objects.filter(case=case, every__isnull=False).order_by("pk"):
            task = Task(
                enterprise_id=case.enterprise_id,
                case=case,
                text=measure.text,
                owner=measure.owner,
                every=measure.every or 0,
                due=start + timedelta(days=measure.every or 0),
                recorded_at=clock.now(),
                recorded_by=str(actor),
            )
            task.save(force_insert=True)
            tasks.append(task)
        if tasks:
            data = {"case": case.pk, "tasks": len(tasks)}
            record(verb="rectify.routine", enterprise=case.enterprise_id, actor=actor, data=data)
    return tasks
