"""Marketing calls and numbers registered for marketing: a flag beside the four metrics, answered by a decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
class ConsentSpan:
    """Calls to ``number`` (as the lake holds it) from ``first`` on and before ``end``, in wall time."""

    number: int
    first: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MarketingRegister:
    """``numbers`` registered for marketing in the data year, the newest ``decision``, ``consents`` that hold.

    ``consented``: when people had consented, for a decision that rests on it; no two spans of a number overlap.
    ``recordings``: what is proved of those of consented call-backs; None where no decision is of that kind.

    ``words`` tell marketing; None: those of the rulebook that the portrait is computed by.
    """

    numbers: tuple[str, ...] = ()
    decision: Decision | None = None
    consents: int = 0
    consented: tuple[ConsentSpan, ...] = ()
    words: tuple[str, ...] | None = None
    recordings: RecordingsProof | None = None


NOTHING_REGISTERED: Final = MarketingRegister()


@dataclass(frozen=True, slots=True)
class MarketingCalls:
    """Delivered outbound calls of the data year, and those that name marketing, or no purpose at all (``unnamed``).

    ``after``: of the marketing calls those after the day of the decision; without one all of them. ``unnamed_after``
    likewise; ``records_after``: calls of any kind after that day. ``unconsented``: of the marketing calls after the
    decision, or of all where none came after it, those to whose number no consent held when they began.
    """

    delivered: int
    marketing: int
    after: int
    unnamed: int
    unnamed_after: int
    records_after: int
    unconsented: int = 0

    @property
    def to_cover(self) -> int:
        """The marketing calls that a consent has to cover."""
        return self.after or self.marketing


def read_marketing_words(rules: Rulebook) -> tuple[str, ...]:
    """The words that tell marketing; () where no rule names any. An overlay adds words, it takes none away."""
    terms: set[str] = set()
    for book in (rules.in_force, rules.before):
        if PURPOSES in book:
            words = cast("Mapping[str, Iterable[object]]", book[PURPOSES].value).get(MARKETING, ())
            terms |= {str(word).casefold() for word in words}
    return tuple(sorted(terms))


def names_marketing(purpose: str | None, words: Iterable[str]) -> bool:
    """Whether a purpose as people wrote it names marketing."""
    text = (purpose or "").casefold()
    return any(word in text for word in words)


def judge_marketing(
    calls: MarketingCalls, register: MarketingRegister, rules: Rulebook, last: date
) -> dict[str, object]:
    """The `marketing` block of the JSON answer; `light` None: nothing is flagged. ``last``: the last day counted.

    Red where calls or numbers name marketing and no decision answers for them (`_is_answered`). Without the notice
    in force nothing is flagged. What is not proved of the recordings of consented call-backs is said; the decision
    stands.
    """
    law, decision, recordings = rules.in_force.get(LAW), register.decision, register.recordings
    found = law is not None and bool(calls.marketing or register.numbers)
    answered = decision is not None and _is_answered(decision, calls, register.consents, last)
    return {
        "light": Light.RED.value if found and not answered else None,
        "answered": answered,
        "calls": calls.marketing,
        "calls_after": calls.after,
        "records_after": calls.records_after,
        "unnamed": calls.unnamed,
        "unnamed_after": calls.unnamed_after,
        "delivered": calls.delivered,
        "numbers": list(register.numbers),
        "words": list(read_marketing_words(rules) if register.words is None else register.words),
        "consents": register.consents,
        "calls_to_cover": calls.to_cover,
        "calls_without_consent": calls.unconsented,
        "recordings": None if recordings is None else {
            "state": recordings.state.value, "why": recordings.why, "days": recordings.days,
            "until": recordings.until and recordings.until.isoformat(),
        },
        "decision": None if decision is None else {
            "kind": decision.kind, "on": decision.decided_on.isoformat(), "who": decision.who, "text": decision.text,
        },
        "source": None if law is None else {"rule": law.key, "level": law.level.value, "citation": law.citation},
    }  # fmt: skip


def _is_answered(decision: Decision, calls: MarketingCalls, consents: int, last: date) -> bool:
    """Whether the calls bear a decision out.

    ``stopped``: a day has ended since, records of calls after it exist, and none of them is marketing. ``service``:
    consents are on file, and one held for every call that there is to cover; where no call is marketing, the records
    after the decision show that none is.
    """
    if decision.kind == SERVICE:
        return consents > 0 and calls.unconsented == 0 and bool(calls.to_cover or calls.records_after)
    return decision.decided_on < last and calls.records_after > 0 and calls.after == 0


def list_missing_answers(block: Mapping[str, object]) -> list[dict[str, object]]:
    """What keeps the whole from green: marketing that nobody has answered for."""
    if block["light"] is None:
        return []
    return [{"code": UNANSWERED, **{name: block[name] for name in ("calls", "calls_after", "numbers")}}]
