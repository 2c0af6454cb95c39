"""A protocol for a number that only a person can dial, from a mobile: begun, timed here, ended with what was heard."""

from __future__ import annotations

from typing import Final

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls import input_validation
from nianjian.features.test_calls.operations.grounds import Grounds, Json
from nianjian.features.test_calls.operations.presenters import own, trial_to_document
from nianjian.features.test_calls.trials import service
from nianjian.features.test_calls.trials.service import Frame
from nianjian.features.test_calls.verdict import FAIL, PASS, UNPROVED, Verdict
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act

#: What a person may say of a call. ``answered``: landing heard (the firm's own greeting), ``answered_only``: not.
OUTCOMES: Final = (
    "answered", "answered_only", "other_answered", "voicemail", "busy", "refused", "number_unknown", "rang_unanswered",
    "not_dialled",
)  # fmt: skip
HEARD: Final = "person"


def begin(*, enterprise: str, number: str, carrier: str, actor: Actor) -> Json:
    """Start the timer: the person presses "dial" now.

    ``role_missing``, ``callback_number_wrong``, ``callback_number_unfiled``.
    """
    grounds = Grounds.of(enterprise, actor, Act.LOAD)
    wanted = input_validation.number(number)
    grounds.own(wanted)
    frame = Frame(
        number=wanted,
        limit_ms=grounds.limit,
        carrier=carrier.strip()[:60],
        gateway=grounds.ledger.get(wanted, ""),
        rulebook=grounds.stamp,
        source={"durations": "system clock of the server, pressed by a person", "begin": "system clock, UTC"},
    )
    return trial_to_document(service.begin(enterprise=enterprise, frame=frame, actor=actor))


def end(*, trial: str, outcome: str, note: str, actor: Actor) -> Json:
    """Stop the timer and write what came of the call.

    A person who recognises the greeting is the witness. ``role_missing``, ``callback_trial_unknown``,
    ``callback_outcome_unknown``, ``callback_trial_over``, ``callback_note_missing`` where "answered" has no note.
    """
    at = clock.now()
    found = own(trial, actor, Act.LOAD)
    if outcome not in OUTCOMES:
        raise NianjianError("callback_outcome_unknown", outcome=outcome, outcomes=", ".join(OUTCOMES))
    if outcome == "answered" and not note.strip():
        raise NianjianError("callback_note_missing")
    in_time = max(service.milliseconds(found.begun_at, at), 0) <= found.limit_ms
    verdict = judged(outcome, in_time=in_time)
    return trial_to_document(service.end(trial=found, verdict=verdict, at=at, note=note, actor=actor))


def judged(outcome: str, *, in_time: bool) -> Verdict:
    """What a person's word proves; the reaction of a finger only makes an answer later than it was."""
    if outcome == "not_dialled":
        return Verdict(UNPROVED, outcome, None)
    if outcome not in {"answered", "answered_only", "other_answered", "voicemail"}:
        return Verdict(FAIL, outcome, in_time=False)
    if not in_time:
        return Verdict(FAIL, "answered_late", in_time)
    if outcome == "answered":
        return Verdict(PASS, outcome, in_time, witness=HEARD)
    if outcome == "answered_only":
        return Verdict(UNPROVED, "landing_unproved", in_time)
    return Verdict(FAIL, outcome, in_time)
