"""Write test calls; one transaction and one audit entry an act. The entry names the number, never who called."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.sip.call_trace import Seen
from nianjian.features.test_calls.trials.model import Trial
from nianjian.features.test_calls.verdict import Verdict
from nianjian.platform.accounts.query import Actor
from nianjian.platform.audit.record import record
from nianjian.platform.vault import blobs

LONGEST = 500  # characters of a note


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands before a call: which number, over which way, by which rules."""

    number: str
    limit_ms: int
    route: str = ""
    carrier: str = ""
    via: str = ""
    gateway: str = ""  # as the ledger or the person names it
    rulebook: Mapping[str, str] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)


def keep(*, enterprise: str, frame: Frame, seen: Seen, verdict: Verdict, begun_at: datetime, actor: Actor) -> Trial:
    """Keep a call that is over, its messages sealed."""
    evidence = json.dumps({"frame": asdict(frame), "seen": asdict(seen)}, ensure_ascii=False).encode()
    blob = blobs.put(evidence)
    row = _row(enterprise, frame, Trial.SIP, begun_at, actor)
    row.verdict, row.reason, row.in_time = verdict.verdict, verdict.reason, verdict.in_time
    row.gateway_seen, row.witness = verdict.gateway[:255], verdict.witness
    row.status, row.phrase, row.cause = seen.status or None, seen.phrase[:120], seen.cause
    row.trying_ms, row.ringing_ms, row.early_ms = seen.trying, seen.ringing, seen.early
    row.answer_ms, row.over_ms = seen.answer, seen.over
    row.blob, row.sha256 = blob.id, blob.sha256
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(verb="callback.test", enterprise=enterprise, actor=actor, data=_told(row))
    except BaseException:
        blobs.remove(blob.id)
        raise
    return row


def begin(*, enterprise: str, frame: Frame, actor: Actor) -> Trial:
    """Write that a person dials now: the timer runs from here."""
    row = _row(enterprise, frame, Trial.HAND, clock.now(), actor)
    with transaction.atomic():
        row.save(force_insert=True)
        record(verb="callback.hand", enterprise=enterprise, actor=actor, data=_told(row))
    return row


def end(*, trial: Trial, verdict: Verdict, at: datetime, note: str, actor: Actor) -> Trial:
    """Write how it went: the timer ended ``at``. ``callback_trial_over``, ``callback_note_too_long``."""
    if len(note) > LONGEST:
        raise NianjianError("callback_note_too_long", longest=LONGEST)
    with transaction.atomic():
        row = Trial.objects.select_for_update().get(pk=trial.pk)
        if row.verdict:
            raise NianjianError("callback_trial_over", trial=row.pk)
        passed = max(milliseconds(row.begun_at, at), 0)
        row.verdict, row.reason, row.in_time = verdict.verdict, verdict.reason, verdict.in_time
        row.answer_ms = passed if verdict.in_time is not None and verdict.reason in ANSWERED else None
        row.over_ms, row.witness, row.gateway_seen = passed, verdict.witness, verdict.gateway[:255]
        row.note = note.strip() or None
        row.save()
        record(verb="callback.test", enterprise=row.enterprise_id, actor=actor, data=_told(row))
    return row


#: Outcomes of a call by hand in which somebody or something answered.
ANSWERED = frozenset({"answered", "answered_late", "landing_unproved", "voicemail", "other_answered"})


def milliseconds(begin_at: datetime, at: datetime) -> int:
    """Whole milliseconds between two moments, exact."""
    gone = at - begin_at
    return (gone.days * 86_400 + gone.seconds) * 1000 + gone.microseconds // 1000


def note(*, verb: str, trial: Trial, actor: Actor) -> None:
    """Write that the evidence of a test was taken out."""
    with transaction.atomic():
        record(verb=verb, enterprise=trial.enterprise_id, actor=actor, data={"trial": trial.pk})


def _row(enterprise: str, frame: Frame, how: str, begun_at: datetime, actor: Actor) -> Trial:
    return Trial(
        id=f"B{secrets.token_hex(5)}",
        enterprise_id=enterprise,
        number=frame.number,
        how=how,
        route=frame.route,
        carrier=frame.carrier,
        via=frame.via,
        begun_at=begun_at,
        limit_ms=frame.limit_ms,
        gateway_expected=frame.gateway[:400],
        rulebook=dict(frame.rulebook),
        source=dict(frame.source),
        made_by=str(actor),
    )


def _told(row: Trial) -> dict[str, Any]:
    data: dict[str, Any] = {"trial": row.pk, "number": numbers.mask(row.number), "how": row.how}
    data |= {"verdict": row.verdict, "reason": row.reason} if row.verdict else {}
    return data | ({"answer_ms": row.answer_ms} if row.answer_ms is not None else {})
