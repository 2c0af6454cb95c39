"""What was left out of a metric and why, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nianjian.engines.paper.figures import count
from nianjian.engines.paper.words import Words, mark

Json = Mapping[str, Any]

REASONS: Final[Mapping[str, str]] = {
    "not_accepted": mark("{n} were not accepted (不予受理): only accepted complaints count."),
    "not_own_number": mark("{n} are about a number that was not this enterprise's on that day."),
    "duplicate": mark(
        "{n} say the same again: same channel and reference number, or same complainant, number and day of the call."
    ),
    "not_a_call": mark("{n} are not about a call (12300 takes other disputes too)."),
}
# Parts of the data that no rate counts, from the quality block.
CALLS: Final[Mapping[str, str]] = {
    "undelivered": mark("{n} outbound calls never left for the carrier; they are in no rate."),
    "tests": mark("{n} test calls are in no rate."),
    "without_customer": mark("{n} outbound calls have no customer leg in the records; they are in no rate."),
}


def sentences(portrait: Json, metric: Json, _: Words) -> tuple[tuple[str, str, int], ...]:
    """(reason, sentence, count) of what was left out; what excluded nothing is not said."""
    excluded = metric["components"].get("excluded") or {}
    found = [(reason, REASONS[reason], int(number)) for reason, number in excluded.items() if reason in REASONS]
    if metric["slug"] in {"complaint_rate", "number_consistency"}:
        calls = portrait["quality"]["calls"]
        found += [(name, text, int(calls.get(name) or 0)) for name, text in CALLS.items()]
    return tuple((reason, _(text).format(n=count(number)), number) for reason, text, number in found if number)
