"""How an item, a package that was handed in, and a request about it stand, from facts alone. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from nianjian.engines.paper.texts.claims import CLAIMS
from nianjian.engines.paper.texts.dossier import (
    CLAIM_RULES,
    FIELDS,
    OPINION_PARTS,
    OPINIONS,
    PAGES_ASTRAY,
    PAGES_LOST,
    VALUES,
)
from nianjian.engines.paper.texts.errors import error_message
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.seals.mask import Seal

# What a check reports: findings as codes with values, what was seen on a page, and what reads its fields.


class Weight(StrEnum):
    """What a finding does to the verdict."""

    STOP = "stop"  # the file is not ready
    ASK = "ask"  # the machine cannot say: a person looks
    NOTE = "note"  # good to know


class Verdict(StrEnum):
    """Whether a file may go into the package."""

    READY = "ready"
    NOT_READY = "not_ready"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True, slots=True)
class Finding:
    """``page`` counts from 1; None: the whole file. ``values`` are plain scalars for the sentence of ``code``.

    Reports hold it as it is, and what people answer to it: their JSON is compared and hashed.
    """

    code: str
    weight: Weight
    page: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def decide_verdict(findings: Iterable[Finding]) -> Verdict:
    """The heaviest finding decides."""
    weights = {one.weight for one in findings}
    if Weight.STOP in weights:
        return Verdict.NOT_READY
    return Verdict.NEEDS_PERSON if Weight.ASK in weights else Verdict.READY


ANSWER: Final = "answer"  # of a finding in a report: reason, who asked, and once agreed to who agreed


def is_overruled(one: Mapping[str, Any]) -> bool:
    """Whether two people have overruled a finding, as reports hold it."""
    return "approved_by" in one.get(ANSWER, {})


EXPLANATION: Final = "explanation"  # of a finding in a report: text, who wrote it and when
#: The guide wants everyone on the staff list covered by the social-insurance list, or explained (M7).
TO_EXPLAIN: Final = frozenset({"people_missing", "people_not_throughout"})
#: What a generated paper leaves blank: nobody stated it, nothing proves it. It may be confirmed, yet is never ready.
BLANKS: Final = frozenset({"claim_blank", "claim_unproved", "generated_blank"})


def list_unexplained(findings: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The findings of a report, as it holds them, that nobody may confirm without an explanation, and none is given."""
    return [one for one in list_unanswered(findings) if one["code"] in TO_EXPLAIN]


def list_unanswered(findings: Iterable[Mapping[str, Any]]) -> list[Any]:
    """The findings of a report that can be explained, and are neither explained nor overruled."""
    codes = TO_EXPLAIN | BLANKS
    return [one for one in findings if one["code"] in codes and EXPLANATION not in one and not is_overruled(one)]


def count_blanks(findings: Iterable[Mapping[str, Any]]) -> int:
    """How many findings of a report are blanks that nobody has said anything about."""
    return sum(one["code"] in BLANKS for one in list_unanswered(findings))


def decide_open_verdict(findings: Iterable[Mapping[str, Any]]) -> Verdict:
    """What the findings of a report that nobody has overruled leave; never ready by that alone: a person confirms."""
    entries = list(findings)
    weights = {Weight(one["weight"]) for one in entries if not is_overruled(one)}
    if Weight.STOP in weights:
        return Verdict.NOT_READY
    needs_person = Weight.ASK in weights or any(is_overruled(one) for one in entries)
    return Verdict.NEEDS_PERSON if needs_person else Verdict.READY


@dataclass(frozen=True, slots=True)
class PageFound:
    """``page`` from 1. ``dpi`` None: no scanned picture covers the page. ``skew_deg`` None: nothing to measure by.

    ``rotation``: degrees clockwise by which the page lies turned, 0, 90, 180 or 270; None: unsure.
    ``colour`` is `colour` or `grey`.
    """

    page: int
    a4: bool
    dpi: int | None
    blank: bool
    skew_deg: float | None
    rotation: int | None
    colour: str
    seals: tuple[Seal, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A page as a picture: ``number`` from 1, upright, BGR, at ``dpi``; ``seals`` as they were found on it."""

    number: int
    dpi: int
    bgr: NDArray[np.uint8]
    seals: tuple[Seal, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFields:
    """``fields`` as JSON can hold them, only those that were read; ``findings`` about what they say."""

    fields: Mapping[str, object] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


class Reading(Protocol):
    """Reads an item's pages."""

    def read(self, item: str, sheets: Iterable[Sheet]) -> ReadFields:
        """Fields and findings. Sheets come one by one at 300 dpi and are gone after; what is not sure is left out."""


class MaterialState(StrEnum):
    """In the order of how far an item is."""

    MISSING = "missing"
    RETURNED = "returned"  # sent back by a person; nothing newer has come
    NOT_READY = "not_ready"  # the check has found what must not stand
    TO_CONFIRM = "to_confirm"  # a person must look and say so
    EXPIRED = "expired"  # confirmed, but not valid on the day that counts
    BLANK = "blank"  # confirmed and may be bound, but something in it is left blank and nobody said why
    READY = "ready"
    NOT_APPLICABLE = "not_applicable"


DONE = frozenset({MaterialState.READY, MaterialState.NOT_APPLICABLE})
BOUND = frozenset({MaterialState.READY, MaterialState.BLANK})  # goes into the package
COMPLETE = DONE | BOUND  # does not stand in the way of handing in


@dataclass(frozen=True, slots=True)
class Facts:
    """The newest version of an item: its verdict, what people said, and the paper's own days."""

    verdict: Verdict
    confirmed: bool = False
    returned: bool = False
    blanks: int = 0
    effective_on: date | None = None
    valid_until: date | None = None


def evaluate_material(newest: Facts | None, *, not_applicable: bool, on: date) -> MaterialState:
    """The state on the day on which the package is handed in; ``valid_until`` is a day on which it still holds."""
    if not_applicable:
        return MaterialState.NOT_APPLICABLE
    if newest is None:
        return MaterialState.MISSING
    if newest.returned:
        return MaterialState.RETURNED
    if newest.verdict is Verdict.NOT_READY:
        return MaterialState.NOT_READY
    if not newest.confirmed:
        return MaterialState.TO_CONFIRM
    return _evaluate_confirmed(newest, on)


def _evaluate_confirmed(newest: Facts, on: date) -> MaterialState:
    late = newest.valid_until is not None and newest.valid_until < on
    early = newest.effective_on is not None and newest.effective_on > on
    if late or early:
        return MaterialState.EXPIRED
    return MaterialState.BLANK if newest.blanks else MaterialState.READY


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    TO_CONFIRM = "to_confirm"  # its new file waits for a person, or was sent back by one
    ANSWERED = "answered"
    SENT = "sent"  # a later package holds the answer
    LEFT_OUT = "left_out"  # a later package went out without it


class Reply(StrEnum):
    """What the newest answer to a request is."""

    NONE = "none"
    NOTE = "note"  # words alone
    UNSURE = "unsure"  # a file that nobody stands for
    FILE = "file"  # a file that a person has confirmed


class RoundState(StrEnum):
    """Where a package stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"  # something that was asked for is not answered yet
    ANSWERED = "answered"  # everything is; the next package must go out
    RESUBMITTED = "resubmitted"
    PASSED = "passed"


class RoundAction(StrEnum):
    """What may be recorded of a package."""

    RETURN = "return"
    ANSWER = "answer"
    ACCEPT = "accept"
    PAPER = "paper"


HELD: Final = (None, False, True)  # whether a later package holds the answer's file; None: none went out yet
#: Newest answer -> the request, by `HELD`; words go with whatever goes out.
REQUESTS: Final[Mapping[Reply, tuple[RequestState, RequestState, RequestState]]] = {
    Reply.NONE: (RequestState.OPEN, RequestState.LEFT_OUT, RequestState.LEFT_OUT),
    Reply.NOTE: (RequestState.ANSWERED, RequestState.SENT, RequestState.SENT),
    Reply.UNSURE: (RequestState.TO_CONFIRM, RequestState.LEFT_OUT, RequestState.SENT),
    Reply.FILE: (RequestState.ANSWERED, RequestState.LEFT_OUT, RequestState.SENT),
}

# A further notice may come while requests are open; whether a package passes is not for us to refuse.
ALLOWED: Final[Mapping[RoundState, frozenset[RoundAction]]] = {
    RoundState.SUBMITTED: frozenset(RoundAction) - {RoundAction.ANSWER},
    RoundState.RETURNED: frozenset(RoundAction),
    RoundState.ANSWERED: frozenset(RoundAction),
    RoundState.RESUBMITTED: frozenset({RoundAction.PAPER}),
    RoundState.PASSED: frozenset({RoundAction.PAPER}),
}


def evaluate_request(reply: Reply, *, held: bool | None) -> RequestState:
    """A request; ``held``: as `HELD`."""
    return REQUESTS[reply][HELD.index(held)]


def evaluate_round(requests: Collection[RequestState], *, later: bool, passed: bool) -> RoundState:
    """A package by its requests, by whether a later one went out, and whether it passed."""
    if passed:
        return RoundState.PASSED
    if later:
        return RoundState.RESUBMITTED
    if not requests:
        return RoundState.SUBMITTED
    return RoundState.ANSWERED if set(requests) == {RequestState.ANSWERED} else RoundState.RETURNED


def is_late(due: date, *, sent_on: date | None, today: date) -> bool:
    """Whether the last day went by: ``sent_on`` is when the next package was handed in; the last day is in time."""
    return (today if sent_on is None else sent_on) > due


# What is printed and shown of the package's papers.


def finding_text(code: str, values: Mapping[str, Any], _: Words) -> str:
    """A finding's sentence; fields, claims, opinions and rules in it by their names."""
    said = dict(values)
    for name in said.keys() & {"field", "column"}:
        said[name] = _field_name(str(said[name]), _)
    if "fields" in said:
        said["fields"] = _(", ").join(_field_name(one, _) for one in str(said["fields"]).split(", "))
    if said.get("claim") in CLAIMS and "part" not in said:
        said["claim"] = _(", ").join(map(_, CLAIMS[said["claim"]].parts.values()))
    for name, names in (("opinion", OPINIONS), ("part", OPINION_PARTS), ("rule", CLAIM_RULES)):
        if str(said.get(name)) in names:
            said[name] = _(names[str(said[name])])
    if code == "opinion_conflict":
        said["kinds"] = _(", ").join(_(OPINIONS.get(one, one)) for one in str(said["kinds"]).split(", "))
    if code == "pages_missing":
        said["gap"] = _page_gap(int(said["before"]), int(said["after"]), _)
    return error_message(code, said, _)


def _page_gap(before: int, after: int, _: Words) -> str:
    first, last = before + 1, after - 1
    if first > last:
        return _(PAGES_ASTRAY)
    return _(PAGES_LOST).format(pages=str(first) if first == last else f"{first}–{last}")


def read_fields(read: Mapping[str, Any], _: Words) -> list[tuple[str, str]]:
    """Label and value of each field that was read."""
    return [(_field_name(name, _), _value_text(name, value, _)) for name, value in read.items()]


def _field_name(name: str, _: Words) -> str:
    claim, _dot, part = name.partition(".")
    if part and claim in CLAIMS:
        return _(CLAIMS[claim].parts[part])
    return _(FIELDS[name]) if name in FIELDS else name


def _value_text(name: str, value: Any, _: Words) -> str:  # noqa: ANN401 -- what JSON holds
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    words = OPINIONS if name == "opinion" else VALUES
    return _(words[str(value)]) if str(value) in words else str(value)
