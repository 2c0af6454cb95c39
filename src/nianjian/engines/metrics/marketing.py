"""Marketing calls and numbers registered for marketing: a flag beside the four metrics, answered by a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from nianjian.engines.kernel.states import State
from nianjian.engines.metrics.lights import Light
from nianjian.engines.rules.rulebook import Rulebook

LAW: Final = "law.notice81.marketing_outbound"
PURPOSES: Final = "gate.purposes"
MARKETING: Final = "marketing"
STOPPED, SERVICE = "stopped", "service"
KINDS: Final = (STOPPED, SERVICE)
UNANSWERED: Final = "marketing_unanswered"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided: ``stopped``, marketing calls end on ``decided_on``; ``service``, people consented."""

    kind: str
    decided_on: date
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class RecordingsProof:
    """Whether recordings are kept for ``days``, as the newest check of the logs up to ``until`` says; ``why``: a code.

    ``until`` None: nobody has checked.
    """

    state: State
    why: str
    days: int
    until: date | None = None


@dataclass(frozen=True, slots=True)
class MarketingRegister:
    """``numbers`` registered for marketing in the data year, the newest ``decision``, ``consents`` that hold.

    ``recordings``: what is proved of those of consented call-backs; None where no decision is of that kind.

    ``words`` tell marketing; None: those of the rulebook that the portrait is computed by.
    """

    numbers: tuple[str, ...] = ()
    decision: Decision | None = None
    consents: int = 0
    words: tuple[str, ...] | None = None
    recordings: RecordingsProof | None = None


NOTHING_REGISTERED: Final = MarketingRegister()


@dataclass(frozen=True, slots=True)
class MarketingCalls:
    """Delivered outbound calls of the data year, and those that name marketing, or no purpose at all (``unnamed``).

    ``after``: of the marketing calls those after the day of the decision; without one all of them.
    """

    delivered: int
    marketing: int
    after: int
    unnamed: int


def read_marketing_words(rules: Rulebook) -> tuple[str, ...]:
    """The words that tell marketing; () where no rule names any. An overlay adds words, it takes none away."""
    found: set[str] = set()
    for book in (rules.in_force, rules.before):
        if PURPOSES in book:
            words = cast("Mapping[str, Iterable[object]]", book[PURPOSES].value).get(MARKETING, ())
            found |= {str(word).casefold() for word in words}
    return tuple(sorted(found))


def names_marketing(purpose: str | None, words: Iterable[str]) -> bool:
    """Whether a purpose as people wrote it names marketing."""
    text = (purpose or "").casefold()
    return any(word in text for word in words)


def judge_marketing(
    calls: MarketingCalls, register: MarketingRegister, rules: Rulebook, last: date
) -> dict[str, object]:
    """The `marketing` block of the JSON answer; `light` None: nothing is flagged. ``last``: the last day counted.

    Red where calls or numbers name marketing and no decision answers for them: there is none, calls came after the
    day on which they were to end or no day has ended since, or no consent is on file. Without the notice in force
    nothing is flagged. What is not proved of the recordings of consented call-backs is said; the decision stands.
    """
    law, decision, recordings = rules.in_force.get(LAW), register.decision, register.recordings
    found = law is not None and bool(calls.marketing or register.numbers)
    answered = decision is not None and (
        register.consents > 0 if decision.kind == SERVICE else calls.after == 0 and decision.decided_on < last
    )
    return {
        "light": Light.RED.value if found and not answered else None,
        "answered": answered,
        "calls": calls.marketing,
        "calls_after": calls.after,
        "unnamed": calls.unnamed,
        "delivered": calls.delivered,
        "numbers": list(register.numbers),
        "words": list(read_marketing_words(rules) if register.words is None else register.words),
        "consents": register.consents,
        "recordings": None if recordings is None else {
            "state": recordings.state.value, "why": recordings.why, "days": recordings.days,
            "until": recordings.until and recordings.until.isoformat(),
        },
        "decision": None if decision is None else {
            "kind": decision.kind, "on": decision.decided_on.isoformat(), "who": decision.who, "text": decision.text,
        },
        "source": None if law is None else {"rule": law.key, "level": law.level.value, "citation": law.citation},
    }  # fmt: skip


def list_missing_answers(block: Mapping[str, object]) -> list[dict[str, object]]:
    """What keeps the whole from green: marketing that nobody has answered for."""
    if block["light"] is None:
        return []
    return [{"code": UNANSWERED, **{name: block[name] for name in ("calls", "calls_after", "numbers")}}]
