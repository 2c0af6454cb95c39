"""Test calls as doors show them: by number with a light, one with its ladder, the evidence. Numbers masked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from nianjian.engines.kernel import clock, numbers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.call_masking import call_id, masked
from nianjian.features.test_calls.landings import query as landings
from nianjian.features.test_calls.landings.model import Landing
from nianjian.features.test_calls.number_status import judge_number
from nianjian.features.test_calls.operations.grounds import Grounds, Json
from nianjian.features.test_calls.trials import query, service
from nianjian.features.test_calls.trials.model import Trial
from nianjian.features.test_calls.verdict import RECORDS, weighed
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.vault import blobs


def own(trial: str, actor: Actor, act: Act = Act.READ) -> Trial:
    """A test that the actor may see; ``callback_trial_unknown``, also for whom its enterprise does not concern."""
    found = query.trial(trial)
    try:
        require(actor, found.enterprise_id, Act.READ)
    except NianjianError as refused:
        raise NianjianError("callback_trial_unknown", trial=trial) from refused
    require(actor, found.enterprise_id, act)
    return found


def by_number(*, enterprise: str, actor: Actor, first: int = 0, count: int = 50) -> list[Json]:
    """A part of the filed numbers, each with its light, its carriers and its newest test; ``role_missing``."""
    grounds = Grounds.of(enterprise, actor, Act.READ)
    return lights(grounds, list(grounds.ledger)[first : first + count])


def lights(grounds: Grounds, wanted: Sequence[str]) -> list[Json]:
    """How each number stands now."""
    now = clock.now()
    since = now - timedelta(days=grounds.days)
    done = query.list_finished_tests(
        grounds.enterprise, wanted, since, landings.list_newest_verdicts(grounds.enterprise, wanted, since)
    )
    newest = query.newest(grounds.enterprise, wanted)
    landed = landings.newest([one.pk for one in newest.values()])
    rows = []
    for one in wanted:
        found = judge_number(
            done.get(one, ()),
            carriers=grounds.carriers,
            now=now,
            days=grounds.days,
            least=grounds.least,
            working=grounds.working,
        )
        last = newest.get(one)
        rows.append(
            {
                "number": numbers.mask(one),
                "gateway": grounds.ledger.get(one) or None,
                "light": found.light,
                "carriers": dict(found.carriers),
                "newest": None if last is None else trial_to_document(last, landed.get(last.pk)),
            }
        )
    return rows


def count_lights(grounds: Grounds) -> dict[str, int]:
    """How many filed numbers show each light."""
    counts = dict.fromkeys(("green", "yellow", "red", "insufficient"), 0)
    for one in lights(grounds, list(grounds.ledger)):
        counts[one["light"]] += 1
    return counts


def list_trials(*, enterprise: str, actor: Actor, number: str = "", first: int = 0, count: int = 50) -> list[Json]:
    """A part of the tests, newest first; ``role_missing``."""
    require(actor, enterprise, Act.READ)
    rows = list(query.trials(enterprise, number)[first : first + count])
    landed = landings.newest([one.pk for one in rows])
    return [trial_to_document(one, landed.get(one.pk)) for one in rows]


def get_trial_detail(*, trial: str, actor: Actor) -> Json:
    """One test with its messages, numbers of people masked, secrets left out; ``callback_trial_unknown``."""
    found = own(trial, actor)
    held = json.loads(blobs.get(found.blob)) if found.blob else {}
    seen = held.get("seen", {})
    own_id = seen.get("call_id", "")
    looks = landings.of(found.pk)
    return {
        **trial_to_document(found, looks[-1] if looks else None),
        "looks": [landing_to_document(one) for one in looks],
        "enterprise": found.enterprise_id,
        "note": masked(found.note or "") or None,
        "source": dict(found.source),
        "rulebook": dict(found.rulebook),
        "sha256": found.sha256 or None,
        "server": masked(seen.get("server", "")) or None,
        "fault": seen.get("fault") or None,
        "media": masked(seen.get("media", "")) or None,
        "contact": masked(seen.get("contact", "")) or None,
        "routes": [masked(one) for one in seen.get("routes", ())],
        "codec": seen.get("codec"),
        "voicemail": seen.get("voicemail") or None,
        "resent": seen.get("resent", 0),
        "messages": [
            {"at_ms": one["at"], "sent": one["out"], "first": masked(one["first"]), "text": masked(one["text"], own_id)}
            for one in seen.get("log", ())
        ],
    }


def evidence(*, trial: str, actor: Actor) -> tuple[str, bytes]:
    """Name and content of the sealed evidence in full (JSON); the audit chain tells who took it.

    Later looks into the call records follow what was sealed, under ``landings``: the first ``sealed_bytes`` bytes and
    a closing brace are the sealed content to the byte, whose sha256 is the kept one.

    ``role_missing``, ``callback_trial_unknown``, ``callback_no_evidence`` for one that was dialled by hand.
    """
    found = own(trial, actor, Act.REVEAL)
    if not found.blob:
        raise NianjianError("callback_no_evidence", trial=trial)
    content = blobs.get(found.blob)
    looks = [landing_to_document(one) for one in landings.of(found.pk)]
    if looks:
        later = {"sealed_bytes": len(content) - 1, "sealed_sha256": found.sha256, "looks": looks}
        content = content[:-1] + f', "landings": {json.dumps(later, ensure_ascii=False)}}}'.encode()
    service.note(verb="callback.evidence", trial=found, actor=actor)
    return f"callback-{found.pk}.json", content


def landing_to_document(one: Landing) -> Json:
    """A look into the call records."""
    return {
        "verdict": one.verdict,
        "at": one.at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        "expected": one.expected or None,
        "seen": [masked(name) for name in one.seen],
        "records": [
            {
                **record,
                "call": call_id(record["call"]),
                "named": [masked(name) for name in record["named"]],
                "voicemail": masked(record.get("voicemail", "")) or None,
            }
            for record in one.records
        ],
        "sources": dict(one.sources),
        "made_by": one.made_by,
    }


def trial_to_document(one: Trial, landing: Landing | None = None) -> Json:
    """A test in one line. ``answer_s`` and ``ringing_s`` are seconds, exact to the millisecond.

    ``verdict`` is what SIP proved; ``counts`` and ``counts_reason``: what counts beside ``landing``, the newest look
    into the call records; ``counts_witness``: what proves the landing then.
    """
    counts, reason = weighed(one.verdict, one.reason, landing.verdict if landing else "")
    lifted = counts == "pass" and one.verdict != "pass"
    return {
        "counts": counts or None,
        "counts_reason": reason or None,
        "counts_witness": RECORDS if lifted else (one.witness or "none"),
        "landing": landing_to_document(landing) if landing else None,
        "trial": one.pk,
        "number": numbers.mask(one.number),
        "how": one.how,
        "verdict": one.verdict or None,
        "reason": one.reason or None,
        "answer_in_time": one.in_time,
        "answer_s": _seconds(one.answer_ms),
        "ringing_s": _seconds(one.ringing_ms),
        "trying_s": _seconds(one.trying_ms),
        "early_s": _seconds(one.early_ms),
        "over_s": _seconds(one.over_ms),
        "limit_s": one.limit_ms / 1000,
        "status": one.status,
        "phrase": masked(one.phrase) or None,
        "q850": one.cause,
        "gateway_expected": one.gateway_expected or None,
        "gateway_seen": masked(one.gateway_seen) or None,
        "witness": one.witness or "none",
        "route": one.route or None,
        "carrier": one.carrier or None,
        "via": one.via or None,
        "begun_at": one.begun_at.astimezone(clock.ZONE).isoformat(timespec="milliseconds"),
        "made_by": one.made_by,
    }


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
