"""Lights, bounds and flags of D1-D4 by trying every way in which the unknown rows could be settled."""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
CLASSES = ("own_short", "other_short", "landline", "mobile", "shared_400_800", "other", "unknown")
SCALE = {"%": 100, "‱": 10_000}
EXACT = Context(prec=60)


def worst(lights: Iterable[str]) -> str:
    order = ("red", "insufficient", "yellow", "yellow_explained", "green")
    return min((x for x in lights if x != "na"), key=order.index, default="na")


def text(part: int, whole: int, unit: str) -> str | None:
    """A rate as it is printed: four decimals of its unit, half away from zero."""
    if not whole:
        return None
    rate = EXACT.divide(Decimal(part * SCALE[unit]), Decimal(whole)).quantize(Decimal("1.0000"), ROUND_HALF_UP, EXACT)
    return f"{rate:f}" if rate else "0.0000"


def figures(part: int, whole: int, unit: str, light: str) -> Row:
    """What every cell says."""
    return {"numerator": part, "denominator": whole, "value": text(part, whole, unit), "light": light}


def span(ways: Iterable[tuple[int, int]], unit: str) -> dict[str, str | None]:
    """The lowest and the highest rate of some ways; none above one that has complaints and no calls."""
    listed = list(ways)
    shares = sorted(Fraction(*way) for way in listed if way[1])
    low, high = (shares[0], shares[-1]) if shares else (None, None)
    endless = any(part > 0 and not whole for part, whole in listed)
    return {
        "low": None if low is None else text(*low.as_integer_ratio(), unit),
        "high": None if high is None or endless else text(*high.as_integer_ratio(), unit),
    }


# D1


def seat_ways(counts: Counter[str]) -> list[tuple[int, int, int]]:
    """(filed, opened and filed, opened and unfiled) for every way to settle the seats of unknown filing."""
    opened = counts["unknown_filing_open"]
    idle = counts["unknown_filing"] - opened
    return [
        (counts["filed"] + i + o, counts["opened_and_filed"] + o, counts["unfiled_open"] + opened - o)
        for i in range(idle + 1)
        for o in range(opened + 1)
    ]


def seat_light(counts: Counter[str], *, attached: bool = False) -> str:
    """Every way to settle the unknown seats must give the same light, unless it is red already."""

    def settled(filed: int, both: int, unfiled_open: int) -> str:
        lights = ["green"] if filed else []
        if filed and (10 * (filed - counts["opened"]) > 3 * filed or 10 * (filed - both) > 3 * filed):
            lights.append("yellow_explained" if attached else "yellow")
        if counts["opened"] > filed or unfiled_open:
            lights.append("red")
        return worst(lights)

    light = settled(counts["filed"], counts["opened_and_filed"], counts["unfiled_open"])
    if light == "red" or not counts["unknown_filing"]:
        return light
    if counts["unknown_filing_open"]:
        return "insufficient"
    return light if {settled(*way) for way in seat_ways(counts)} == {light} else "insufficient"


def seat_bounds(counts: Counter[str]) -> dict[str, str | None]:
    """The lowest and the highest vacancy."""
    return span([(filed - counts["opened"], filed) for filed, _, _ in seat_ways(counts) if filed], "%")


def seat_flags(counts: Counter[str]) -> dict[str, int]:
    """Flags with their counts."""
    filed, opened, both = counts["filed"], counts["opened"], counts["opened_and_filed"]
    over = filed and (10 * (filed - opened) > 3 * filed or 10 * (filed - both) > 3 * filed)
    flags = {
        "over_limit": filed - both if over else 0,
        "over_filed": max(0, opened - filed),
        "unfiled_open": counts["unfiled_open"],
        "filing_unknown": counts["unknown_filing"],
    }
    return {code: count for code, count in flags.items() if count}


# D2


def rate_ways(complaint_count: int, answered: int, untold: int, undated: int) -> list[tuple[int, int]]:
    """(complaints, calls): each undated complaint in the period or not, each call of unknown answer answered or not."""
    return [(complaint_count + c, answered + a) for c in range(undated + 1) for a in range(untold + 1)]


def rate_light(
    complaint_count: int, answered: int, *, untold: int = 0, undated: int = 0, attached: bool = False
) -> str:
    """Every way must give the same light."""

    def settled(complaints: int, calls: int) -> str:
        if calls == 0:
            return "red" if complaints else "na"
        return "green" if 10_000 * complaints <= calls else "yellow_explained" if attached else "yellow"

    lights = {settled(*way) for way in rate_ways(complaint_count, answered, untold, undated)}
    return lights.pop() if len(lights) == 1 else "insufficient"


def rate_flags(complaint_count: int, answered: int, untold: int, undated: int) -> dict[str, int]:
    """Flags with their counts; "not a single answered call" only where that is known."""
    flags = {
        "over_limit": complaint_count if answered and 10_000 * complaint_count > answered else 0,
        "no_answered_calls": complaint_count if not answered and not untold else 0,
        "undated": undated,
        "answer_unknown": untold,
        "low_volume": answered if answered < 10_000 else 0,
    }
    return {code: count for code, count in flags.items() if count}


# D3


def number_light(counts: Counter[str]) -> str:
    """Evasion, foreign short numbers, and unknown ones that could be anything."""
    total, plain, dark = counts.total(), counts["landline"] + counts["mobile"], counts["unknown"]
    if not total:
        return "na"
    if 10 * plain >= 7 * total or counts["other_short"]:
        return "red"
    return "insufficient" if 100 * dark > total or 10 * (plain + dark) >= 7 * total else "green"


def evasion(counts: Counter[str]) -> Row:
    """Landline and mobile of all, as the twin has it."""
    total, plain, dark = counts.total(), counts["landline"] + counts["mobile"], counts["unknown"]
    light = "red" if 10 * plain >= 7 * total else "insufficient" if 10 * (plain + dark) >= 7 * total else "green"
    bounds = span([(plain + d, total) for d in range(dark + 1)], "%")
    return {**figures(plain, total, "%", light if total else "na"), "bounds": bounds}


def number_flags(counts: Counter[str]) -> dict[str, int]:
    """Flags with their counts; evasion is told whatever its light."""
    total, dark = counts.total(), counts["unknown"]
    flags = {"other_short": counts["other_short"], "unknown_high": dark if 100 * dark > total else 0}
    nonzero = {code: count for code, count in flags.items() if count}
    return {"evasion": counts["landline"] + counts["mobile"], **nonzero} if total else {}


# D4


def closing_ways(done: int, total: int, shut: int = 0, waiting: int = 0) -> list[tuple[int, int]]:
    """(closed, tickets): each undated ticket, ``shut`` or ``waiting``, of the period or not."""
    return [(done + s, total + s + w) for s in range(shut + 1) for w in range(waiting + 1)]


def closing_light(done: int, total: int, shut: int = 0, waiting: int = 0) -> str:
    """Every way must give the same light."""

    def settled(closed: int, tickets: int) -> str:
        return "na" if not tickets else "green" if 100 * closed >= 98 * tickets else "yellow"

    lights = {settled(*way) for way in closing_ways(done, total, shut, waiting)}
    return lights.pop() if len(lights) == 1 else "insufficient"


def closing_flags(done: int, total: int, undated: int) -> dict[str, int]:
    """Flags with their counts."""
    flags = {"below_limit": total - done if total and 100 * done < 98 * total else 0, "undated": undated}
    return {code: count for code, count in flags.items() if count}
