"""What is still open in a case before its report goes out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.features.rectification import figures, states
from nianjian.features.rectification.documents import CaseGap, Json

#: Gap -> the act that closes it, as a command names it.
REMEDIES: Final[Mapping[str, str]] = {
    "not_located": "locate",
    "not_isolated": "isolate",
    "isolation_pending": "approve",
    "isolation_lifted": "isolate",
    "not_enforced": "gate",
    "gate_observing": "gate",
    "over_cap": "gate",
    "off_white_list": "explain",
    "not_measured": "measure",
    "figures_changed": "measure",
    "tickets_open": "complaints",
    "tickets_late": "explain",
    "measures_missing": "measures",
    "measures_open": "measures",
    "report_outdated": "report",
    "test_report_missing": "test_report",
    "test_report_unread": "test_report",
    "test_report_early": "test_report",
}


def _gap(code: str, *, blocks: bool = True, values: Json | None = None) -> CaseGap:
    return CaseGap(code, blocks, REMEDIES[code], values or {})


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case: steps done, the isolation, measurements, tickets of the located channel, papers.

    ``isolated``: the day on which the isolation was put in force; ``pending``: one waits for a second person;
    ``enforced``: the gate holds the channel to it; ``observing``: it refuses no call of the enterprise at all.
    ``measured`` as stored, ``again``: the same windows counted now. ``open_tickets`` and ``late_tickets``: numbers of
    tickets. ``outdated``: located, measured or an assessment read anew since the report was set.
    ``measures``: (due, done_on) of each; ``tests``: dates of each 技术测评报告 that its text names one or a person has
    read, ``unread``: how many are there at all.
    """

    done: frozenset[str]
    isolated: date | None
    pending: bool
    lifted: bool
    enforced: bool
    measured: Mapping[str, Any] | None
    again: Mapping[str, Any] | None
    open_tickets: Sequence[str]
    late_tickets: Sequence[str]
    measures: Sequence[tuple[date, date | None]]
    tests: Sequence[date]
    outdated: bool = False
    unread: int = 0
    observing: bool = False


def list_gaps(facts: Facts) -> list[CaseGap]:
    """What is open, in the order in which it is best closed; empty: ready for submission."""
    gaps = [*_channel(facts), *_figures(facts), *_work(facts)]
    if not facts.tests:
        missing = _gap("test_report_unread", values={"count": facts.unread}) if facts.unread else None
        gaps.append(missing or _gap("test_report_missing"))
    elif facts.isolated is not None and max(facts.tests) <= facts.isolated:
        values = {"dated": max(facts.tests).isoformat(), "isolated": facts.isolated.isoformat()}
        gaps.append(_gap("test_report_early", values=values))
    return gaps


def _channel(facts: Facts) -> list[CaseGap]:
    gaps = [] if states.LOCATED in facts.done else [_gap("not_located")]
    if facts.isolated is None:
        gaps.append(_gap("isolation_pending" if facts.pending else "not_isolated"))
    elif facts.lifted:
        gaps.append(_gap("isolation_lifted"))
    elif facts.observing:
        gaps.append(_gap("gate_observing"))
    elif not facts.enforced:
        gaps.append(_gap("not_enforced"))
    return gaps


def _figures(facts: Facts) -> list[CaseGap]:
    if facts.measured is None:
        return [_gap("not_measured")]
    gaps = []
    if facts.again is not None and not figures.same_figures(facts.measured, facts.again):
        gaps.append(_gap("figures_changed"))
    elif facts.outdated:
        gaps.append(_gap("report_outdated"))
    if over := (facts.again or facts.measured)["over_cap"]:
        values = {"days": len(over), "first": over[0][0], "attempts": over[0][1], "cap": facts.measured["cap"]}
        gaps.append(_gap("over_cap", values=values))
    return [*gaps, *_off_white_list((facts.again or facts.measured)[figures.AFTER]["channel"])]


def _off_white_list(since: Mapping[str, Any]) -> list[CaseGap]:
    """Calls of the isolated channel to callees without a consent: against what the report says of its white list."""
    known_callees = since.get("callees_known", 0)
    off = known_callees - since.get("white_listed", 0)  # a consent that was erased since is not found either
    return [_gap("off_white_list", blocks=False, values={"count": off, "of": known_callees})] if off else []


def _work(facts: Facts) -> list[CaseGap]:
    gaps = []
    if facts.open_tickets:
        gaps.append(_gap("tickets_open", values={"count": len(facts.open_tickets), "first": facts.open_tickets[0]}))
    if facts.late_tickets:
        values = {"count": len(facts.late_tickets), "first": facts.late_tickets[0]}
        gaps.append(_gap("tickets_late", blocks=False, values=values))
    if not facts.measures:
        gaps.append(_gap("measures_missing"))
    if still := [due for due, done in facts.measures if done is None]:
        gaps.append(_gap("measures_open", values={"count": len(still), "first": min(still).isoformat()}))
    return gaps
