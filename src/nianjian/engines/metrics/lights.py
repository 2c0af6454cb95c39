"""The verdicts of D1-D4 from counts: pure functions on exact integers, no float and no rounding anywhere.

A limit comes out of the rulebook as a decimal with its operator; it is compared by cross multiplication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Final

from nianjian.engines.kernel.numbers import NumberClass

_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {">": gt, ">=": ge, "<": lt, "<=": le}


class Light(StrEnum):
    """Colours, worst first; `na` counts for nothing."""

    RED = "red"
    INSUFFICIENT = "insufficient"
    YELLOW = "yellow"
    YELLOW_EXPLAINED = "yellow_explained"
    GREEN = "green"
    NA = "na"


Bounds = tuple[Fraction, Fraction | None]
"""The lowest and the highest rate that unknown rows leave open; None: no highest one, all of the base is unknown."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A share and the operator under which it is met: ``Limit(Decimal("0.30"), ">")`` is "more than 30 %"."""

    value: Decimal
    operator: str

    def met(self, part: int, whole: int) -> bool:
        """Whether ``part / whole  operator  value`` holds, exactly; ``whole`` must be positive."""
        top, bottom = self.value.as_integer_ratio()
        return _COMPARE[self.operator](part * bottom, top * whole)

    def scaled(self, factor: Decimal) -> Limit:
        """The same rule at a share of its limit: the stricter internal limits of a watched licence (R8)."""
        return replace(self, value=self.value * factor)


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing found. ``share`` and ``limit`` stand where the flag has a rate of its own (evasion, unknown_high)."""

    code: str
    light: Light
    count: int
    share: Fraction | None = None
    limit: Limit | None = None
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Light and figures of one metric: the rate is ``numerator / denominator``, None where that is no number."""

    numerator: int
    denominator: int
    light: Light
    flags: tuple[Flag, ...] = ()
    bounds: Bounds | None = None

    @property
    def attachment_needed(self) -> bool:
        """Whether papers may explain it."""
        return any(flag.code == "over_limit" for flag in self.flags)

    @property
    def value(self) -> Fraction | None:
        """The exact rate; None when the denominator is zero (never "0 %, green")."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def worst(lights: Iterable[Light]) -> Light:
    """The worst light, `na` left out; `na` when nothing else is there."""
    order = list(Light)
    return min((light for light in lights if light is not Light.NA), key=order.index, default=Light.NA)


def overall(lights: Iterable[Light], *, missing: bool = False) -> Light:
    """The light of the whole portrait: the worst metric; nothing but `na` says nothing about the firm.

    ``missing``: a register or days of records are missing, so nothing that asks for no more (green, explained) is said.
    """
    light = worst(lights)
    calm = light is Light.GREEN or light is Light.YELLOW_EXPLAINED
    return Light.INSUFFICIENT if light is Light.NA or (missing and calm) else light


def seat_vacancy(
    *,
    filed: int,
    opened: int,
    opened_and_filed: int,
    unfiled_open: int,
    limit: Limit,
    unknown: int = 0,
    unknown_open: int = 0,
    attached: bool = False,
    beyond: Light = Light.RED,
) -> Verdict:
    """D1, V = (filed - opened) / filed; the colour is the worse of V and V' = (filed - opened_and_filed) / filed.

    ``unknown`` seats have no known filing state, ``unknown_open`` of them are open. They are in none of the
    other counts but ``opened``; unless the light is red without them they leave it undecided, for an open
    one may be unfiled and an idle one may be filed. ``beyond`` is the light of seats open beyond the filing.
    """
    flags = _seat_flags(filed, opened, opened_and_filed, unfiled_open, limit, attached=attached, beyond=beyond)
    light = worst(flag.light for flag in flags)
    if light is Light.NA:
        light = Light.GREEN if filed else Light.NA
    shares = [Fraction(filed - opened, filed)] if filed else []
    if unknown:
        idle = unknown - unknown_open
        # The vacancy grows with the filing: the fewest seats of which there is a rate, and all of them.
        shares = [Fraction(seats - opened, seats) for seats in (filed or 1, filed + unknown)]
        worse = _seat_flags(
            filed + idle, opened, opened_and_filed, unfiled_open, limit, attached=attached, beyond=beyond
        )
        if light is not Light.RED and (
            unknown_open or worst(f.light for f in worse) is not worst(f.light for f in flags)
        ):
            light = Light.INSUFFICIENT
        flags = (*flags, Flag("filing_unknown", Light.INSUFFICIENT, unknown))
    bounds = (min(shares), max(shares)) if shares else None
    return Verdict(filed - opened, filed, light, flags, bounds)


def _seat_flags(
    filed: int, opened: int, both: int, unfiled_open: int, limit: Limit, *, attached: bool, beyond: Light
) -> tuple[Flag, ...]:
    """What D1 finds in known counts; the conservative rate leaves unfiled seats out of `opened`."""
    flags: list[Flag] = []
    if filed and (limit.met(filed - opened, filed) or limit.met(filed - both, filed)):
        flags.append(Flag("over_limit", _explained(attached=attached), filed - both))  # the worse of the two decides
    if opened > filed:
        flags.append(Flag("over_filed", beyond, opened - filed))
    if unfiled_open:
        flags.append(Flag("unfiled_open", beyond, unfiled_open))
    return tuple(flags)


def complaint_rate(
    *,
    complaints: int,
    answered: int,
    limit: Limit,
    low_volume: int = 0,
    undated: int = 0,
    unknown: int = 0,
    attached: bool = False,
) -> Verdict:
    """D2, complaints / answered outbound calls. ``undated`` complaints have no known day of acceptance.

    Of ``unknown`` calls nothing tells whether they were answered; they are in no other count. The light holds only
    if it is the same at both bounds: all of them answered and no undated complaint, none of them and all complaints.
    No answered call but complaints: red. Fewer than ``low_volume`` answered calls: marked, the light stays.
    """
    light, flags = _complaint_light(complaints, answered, limit, attached=attached)
    ends = ((complaints, answered + unknown), (complaints + undated, answered))
    if any(_complaint_light(*end, limit, attached=attached)[0] is not light for end in ends):
        light = Light.INSUFFICIENT
    if unknown and not answered:  # "not a single answered call" is not known
        flags = []
    if undated:
        flags.append(Flag("undated", Light.INSUFFICIENT, undated))
    if unknown:
        flags.append(Flag("answer_unknown", Light.INSUFFICIENT, unknown))
    if 0 < answered < low_volume:
        flags.append(Flag("low_volume", Light.GREEN, answered))
    return Verdict(complaints, answered, light, tuple(flags), _complaint_bounds(*ends))


def _complaint_bounds(lowest: tuple[int, int], highest: tuple[int, int]) -> Bounds | None:
    """Rates of (complaints, calls) at both ends; of no calls there is no rate, and none above it either."""
    if not lowest[1]:
        return None
    return Fraction(*lowest), Fraction(*highest) if highest[1] else None if highest[0] else Fraction(0)


def _complaint_light(complaints: int, answered: int, limit: Limit, *, attached: bool) -> tuple[Light, list[Flag]]:
    if not answered:
        if complaints:
            return Light.RED, [Flag("no_answered_calls", Light.RED, complaints)]
        return Light.NA, []
    if limit.met(complaints, answered):
        light = _explained(attached=attached)
        return light, [Flag("over_limit", light, complaints)]
    return Light.GREEN, []


def allowance(answered: int, limit: Limit) -> int:
    """How many complaints ``answered`` calls bear before the rate is above ``limit``: the floor of limit x answered."""
    top, bottom = limit.value.as_integer_ratio()
    return answered * top // bottom


def number_consistency(
    *,
    counts: Mapping[NumberClass, int],
    evasion: Limit,
    unknown: Limit,
    evading: Light = Light.RED,
    foreign_shown: Light = Light.RED,
    untold: Mapping[NumberClass, int] | None = None,
) -> Verdict:
    """D3, own short numbers / delivered calls; lights come from evasion, foreign short numbers and unknown ones.

    ``evasion`` is met by (landline + mobile) / delivered. An unknown number may be any class: when it could
    lift the share to the limit the light is `insufficient`, never green. ``evading`` and ``foreign_shown`` are
    the lights of evasion and of a short number that is not an own filed one.

    ``untold``: calls that may belong to ``counts`` or not (where answered ones are the base, those of unknown answer).
    The light holds only if it is the same whichever of them do.
    """
    verdict = _consistency(counts, evasion, unknown, evading, foreign_shown)
    doubtful = sum(untold.values()) if untold else 0
    if untold is None or not doubtful:
        return verdict
    ends = [
        _consistency(_with(counts, untold, harming=harming), evasion, unknown, evading, foreign_shown)
        for harming in (True, False)
    ]
    light = verdict.light if all(end.light is verdict.light for end in ends) else Light.INSUFFICIENT
    flags = (*verdict.flags, Flag("answer_unknown", Light.INSUFFICIENT, doubtful))
    spans = [end.bounds for end in (verdict, *ends) if end.bounds is not None]
    highs = [high for _, high in spans if high is not None]
    bounds = (min(low for low, _ in spans), max(highs)) if highs else None
    return Verdict(verdict.numerator, verdict.denominator, light, flags, bounds)


_HARMING: Final = frozenset({NumberClass.LANDLINE, NumberClass.MOBILE, NumberClass.OTHER_SHORT, NumberClass.UNKNOWN})
"""Classes of displayed numbers that can only make the light of D3 worse; of all others it gets better, or stays."""


def _with(
    counts: Mapping[NumberClass, int], untold: Mapping[NumberClass, int], *, harming: bool
) -> dict[NumberClass, int]:
    """The counts with those of the untold calls that all harm, or all do not."""
    return {
        name: counts.get(name, 0) + (untold.get(name, 0) if (name in _HARMING) is harming else 0)
        for name in NumberClass
    }


def _consistency(
    counts: Mapping[NumberClass, int], evasion: Limit, unknown: Limit, evading: Light, foreign_shown: Light
) -> Verdict:
    total = sum(counts.values())
    if not total:
        return Verdict(0, 0, Light.NA)
    own, dark = counts.get(NumberClass.OWN_SHORT, 0), counts.get(NumberClass.UNKNOWN, 0)
    plain = counts.get(NumberClass.LANDLINE, 0) + counts.get(NumberClass.MOBILE, 0)
    light = Light.GREEN
    if evasion.met(plain, total):
        light = evading
    elif evasion.met(plain + dark, total):
        light = Light.INSUFFICIENT
    span = (Fraction(plain, total), Fraction(plain + dark, total))
    flags = [Flag("evasion", light, plain, span[0], evasion, span)]
    if foreign := counts.get(NumberClass.OTHER_SHORT, 0):
        flags.append(Flag("other_short", foreign_shown, foreign))
    if unknown.met(dark, total):
        flags.append(Flag("unknown_high", Light.INSUFFICIENT, dark, Fraction(dark, total), unknown))
    bounds = (Fraction(own, total), Fraction(own + dark, total))
    return Verdict(own, total, worst(flag.light for flag in flags), tuple(flags), bounds)


def closing_rate(*, closed: int, tickets: int, limit: Limit, undated_closed: int = 0, undated_open: int = 0) -> Verdict:
    """D4, closed / tickets; ``limit`` is what passes. Undated tickets may belong to the period or not."""
    undated = undated_closed + undated_open
    light = _closing_light(closed, tickets, limit)
    flags = [Flag("below_limit", Light.YELLOW, tickets - closed)] if light is Light.YELLOW else []
    worse = (closed, tickets + undated_open)
    better = (closed + undated_closed, tickets + undated_closed)
    if undated:
        if {_closing_light(*pair, limit) for pair in (worse, better)} != {light}:
            light = Light.INSUFFICIENT
        flags.append(Flag("undated", Light.INSUFFICIENT, undated))
    shares = [Fraction(*pair) for pair in (worse, (closed, tickets), better) if pair[1]]
    bounds = (min(shares), max(shares)) if shares else None
    return Verdict(closed, tickets, light, tuple(flags), bounds)


def _closing_light(closed: int, tickets: int, limit: Limit) -> Light:
    if not tickets:
        return Light.NA
    return Light.GREEN if limit.met(closed, tickets) else Light.YELLOW


def seats_to_open(*, filed: int, opened: int, limit: Limit) -> int:
    """D5: how many seats to open to bring the vacancy within ``limit`` (0 when it is); 30 %: ceil((7F-10O)/10)."""
    top, bottom = limit.value.as_integer_ratio()
    short = (bottom - top) * filed - bottom * opened
    need = max(0, -(-short // bottom))
    return need + int(bool(filed) and limit.met(filed - opened - need, filed))


def seats_to_cut(*, filed: int, opened: int, limit: Limit) -> int:
    """D5: by how many seats to cut the filing so that the vacancy is within ``limit``; 30 %: F - floor(10 O / 7).

    A cut to nothing filed makes the rate disappear (`na`), so with no seat open the answer is all of them.
    """
    if not filed or not limit.met(filed - opened, filed):
        return 0
    top, bottom = limit.value.as_integer_ratio()
    keep = opened * bottom // (bottom - top)
    while keep and limit.met(keep - opened, keep):  # a limit met by equality leaves one seat less
        keep -= 1
    return filed - keep


def tickets_to_close(*, closed: int, tickets: int, limit: Limit) -> int:
    """D5: how many open tickets to close so that the closing rate passes ``limit`` (0 when it does)."""
    if not tickets or limit.met(closed, tickets):
        return 0
    top, bottom = limit.value.as_integer_ratio()
    need = max(0, -(-top * tickets // bottom) - closed)
    return need if limit.met(closed + need, tickets) else need + 1


def _explained(*, attached: bool) -> Light:
    return Light.YELLOW_EXPLAINED if attached else Light.YELLOW
