"""The claims of generated papers, each decided from what the registers, the portrait or the audit chain tell. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.features.dossier.generated.document import Row
from nianjian.features.dossier.generated.self_check import Sum

NOT_STATED: Final = Lack("not_stated", known=False)
MOST: Final = 6  # ranges of days that a sentence names


def stated(claim: str) -> Claim:
    """What only people know: nothing in the data decides it."""
    return Claim(claim, {}, [NOT_STATED])


def by_licence(claim: str, name: str, values: Mapping[str, str]) -> Claim:
    """One value for all licences, or each licence with its own. ``values``: licence -> value, unknown ones left out."""
    different = set(values.values())
    if not different:
        return Claim(claim, {}, [Lack("register_empty", known=False)])
    if len(different) == 1:
        return Claim(claim, {}, names={name: different.pop()})
    told = "；".join(f"{value}（{licence}）" for licence, value in sorted(values.items()))
    return Claim(claim, {}, [Lack("several_licences")], {name: told})


def register_count(claim: str, count: int, *, written: bool, **figures: int) -> Claim:
    """A count of a register; one that was never filled in proves no nought."""
    lacks = [] if written else [Lack("register_empty", known=False)]
    return Claim(claim, {"count": count, **figures}, lacks)


def numbers_listed(roots: Sequence[str], untold: int = 0, *, written: bool) -> Claim:
    """The numbers in force on the day. ``untold``: further ones whose filing state nobody has recorded."""
    lacks = [] if written else [Lack("register_empty", known=False)]
    if written and not roots:
        lacks.append(Lack("number_filing_untold", count=untold, known=False) if untold else Lack("none_in_force"))
    return Claim("numbers_listed", {"count": len(roots)}, lacks, {"names": "、".join(roots)})


def chain_whole(entries: int, *, whole: bool) -> Claim:
    """Every entry of the audit chain holds, up to the day of reading. ``entries``: those of this enterprise."""
    return Claim("records_protected", {"entries": entries}, [] if whole else [Lack("chain_broken")])


def days_without_calls(portrait: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The portrait's days without calls; None where no call was ever imported, which tells nothing of any day."""
    quality: Mapping[str, Any] = portrait.get("quality") or {}
    return None if quality.get("rows", {}).get("loaded") == 0 else quality.get("days_without_records")


def calls_retained(days: Mapping[str, Any] | None, year: int) -> Claim:
    """Every day of the year has calls, or a confirmed reason. ``days``: of the portrait's quality, None: not told.

    An older portrait does not tell the last day that was looked at; on 1 January none of the year was.
    """
    if days is None or not {"unconfirmed", "until"} <= days.keys() or days["until"] < f"{year}-01-01":
        return Claim("calls_retained", {}, [Lack("days_untold", known=False)])
    open_days = days["unconfirmed"]
    missing = int(open_days["count"])
    names = {"days": _ranges(open_days["ranges"]), "last": str(days["until"])}
    lacks = [Lack("calls_missing", count=missing)] if missing else []
    return Claim("calls_retained", {"missing": missing, "excused": int(days["count"]) - missing}, lacks, names)


def _ranges(ranges: Sequence[Mapping[str, str]]) -> str:
    texts = [one["from"] if one["from"] == one["to"] else f"{one['from']}至{one['to']}" for one in ranges]
    return "、".join(texts[:MOST]) + ("等" if len(texts) > MOST else "")


def complaints_counted(counts: Mapping[str, int], sources: str, *, written: bool) -> Claim:
    """What D2 and D4 count; a register that was never filled in proves no nought."""
    lacks = [] if written else [Lack("register_empty", known=False)]
    return Claim("complaints_counted", dict(counts), lacks, {"sources": sources})


def closed_after_response(count: int) -> Claim:
    """No ticket was closed before its first response."""
    lacks = [Lack("closed_before_response", count=count)] if count else []
    return Claim("closed_after_response", {"n": count}, lacks)


def traffic_agrees(sums: Sequence[Sum], sources: str) -> Claim:
    """The paper counts what the portrait counts."""
    other = [one for one in sums if one.portrait is not None and one.portrait != one.paper]
    lacks = [Lack("portrait_differs", count=len(other))] if other else []
    if any(one.portrait is None for one in sums):
        lacks.append(Lack("portrait_silent", known=False))
    told = "；".join(f"{one.paper} / {one.portrait}" for one in other)
    return Claim("traffic_agrees", {}, lacks, {"sources": sources, "sums": told})


def inbound_decided(untold: int) -> Claim:
    """Every inbound call tells whether it was answered."""
    return Claim("inbound_decided", {"n": untold}, [Lack("inbound_untold", count=untold)] if untold else [])


def seat_filing_known(seats: Sequence[Row], *, written: bool) -> Claim:
    """Every seat's filing state is recorded."""
    untold = count_untold_filing(seats)
    lacks = [] if written else [Lack("register_empty", known=False)]
    if untold:
        lacks.append(Lack("filing_untold", count=untold))
    return Claim("seat_filing_known", {"n": untold}, lacks)


def count_untold_filing(rows: Sequence[Row]) -> int:
    """Rows of which the register does not tell whether they are filed."""
    return sum(row.get("filing") is None for row in rows)


def number_filing_known(untold: int) -> Claim:
    """Every number's filing state is recorded."""
    return Claim("number_filing_known", {"n": untold}, [Lack("number_filing_untold", count=untold)] if untold else [])


def in_force(row: Row, day: date) -> bool:
    """Whether a number is the enterprise's on a day."""
    since, until = row.get("valid_since"), row.get("valid_until")
    begun = not isinstance(since, date) or since <= day
    return row.get("filing") != "cancelled" and begun and not (isinstance(until, date) and until < day)
