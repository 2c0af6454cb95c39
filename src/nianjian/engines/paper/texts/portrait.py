"""Names for the codes of a portrait: metrics, lights, components, flags, exclusions, quality figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import Words, mark

METRICS: Final[Mapping[str, str]] = {
    "seat_vacancy": mark("Seat vacancy rate"),
    "complaint_rate": mark("Complaint rate"),
    "number_consistency": mark("Number consistency rate"),
    "closing_rate": mark("Closing rate"),
}
LIGHTS: Final[Mapping[str, str]] = {
    "green": mark("green"),
    "yellow": mark("yellow"),
    "yellow_explained": mark("yellow, explained"),
    "red": mark("red"),
    "na": mark("N/A"),
    "insufficient": mark("data insufficient"),
}
COMPONENTS: Final[Mapping[str, str]] = {
    "filed": mark("filed seats"),
    "opened": mark("opened seats"),
    "opened_and_filed": mark("opened and filed"),
    "unfiled_open": mark("opened, not filed"),
    "complaints_12321": mark("complaints, 12321"),
    "complaints_12300": mark("complaints, 12300"),
    "complaints": mark("complaints counted"),
    "answered": mark("answered outbound calls"),
    "delivered": mark("delivered outbound calls"),
    "answer_unknown": mark("delivered, answer unknown"),
    "blocked": mark("blocked before leaving"),
    "excluded": mark("excluded"),
    "allowance": mark("allowance"),
    "headroom": mark("head-room"),
    "undated": mark("undated"),
    "unknown_filing": mark("filing state unknown"),
    "unknown_filing_open": mark("filing state unknown, opened"),
    "own_short": mark("own 95/96 number"),
    "other_short": mark("other 95/96 number"),
    "landline": mark("landline"),
    "mobile": mark("mobile"),
    "shared_400_800": mark("400/800 number"),
    "other": mark("other number"),
    "unknown": mark("unknown number"),
    "tickets": mark("tickets"),
    "closed": mark("closed"),
    "open": mark("still open"),
    "on_time": mark("closed within 24 hours"),
    "undated_arrival": mark("closed, arrival not recorded"),
}
FLAGS: Final[Mapping[str, str]] = {
    "over_limit": mark("over the limit"),
    "internal_limit": mark("over the stricter internal limit of a watched licence"),
    "below_limit": mark("below the limit"),
    "over_filed": mark("more seats opened than filed"),
    "unfiled_open": mark("opened seats that are not filed"),
    "filing_unknown": mark("seats with unknown filing state"),
    "no_answered_calls": mark("complaints without a single answered call"),
    "undated": mark("undated complaints"),
    "answer_unknown": mark("delivered calls of which nothing tells whether they were answered"),
    "low_volume": mark("low volume"),
    "evasion": mark("evasion of number management"),
    "other_short": mark("suspected use of another's or an unfiled short number"),
    "unknown_high": mark("too many unknown display numbers"),
}
EXCLUSIONS: Final[Mapping[str, str]] = {
    "not_accepted": mark("not accepted"),
    "not_own_number": mark("not a number of this enterprise"),
    "duplicate": mark("duplicate"),
    "not_a_call": mark("not about a call"),
}
ATTACHMENTS: Final[Mapping[str, str]] = {
    "outsourcing_agreement": mark("outsourcing agreement"),
    "expansion_plan": mark("expansion plan"),
    "anti_harassment_plan": mark("technical plan against nuisance calls"),
}
LEVELS: Final[Mapping[str, str]] = {
    "law": mark("law"),
    "notice": mark("regulator's notice"),
    "guide": mark("guide (no official text)"),
    "vendor": mark("vendor"),
    "internal": mark("internal rule"),
}
SPLITS: Final[Mapping[str, str]] = {
    "line": mark("line"),
    "team": mark("team"),
    "display": mark("display number"),
    "kind": mark("human or robot"),
    "month": mark("month"),
    "source": mark("complaint channel"),
}
KEYS: Final[Mapping[str, str]] = {
    "human": mark("human"),
    "robot": mark("robot"),
    "own": mark("own staff"),
    "enterprise": mark("the enterprise itself"),
    "one_click": mark("one-click button"),
    "carrier": mark("carrier"),
}
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "metric": METRICS,
    "light": LIGHTS,
    "component": COMPONENTS,
    "flag": FLAGS,
    "exclusion": EXCLUSIONS,
    "attachment": ATTACHMENTS,
    "level": LEVELS,
    "split": SPLITS,
    "key": KEYS,
}


def name(table: str, code: str, _: Words) -> str:
    """Name a code of ``table`` in the reader's language; a code without a name shows as itself."""
    text = TABLES[table].get(code)
    return _(text) if text else code.replace("_", " ")
