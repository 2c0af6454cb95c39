"""The portrait in slow plain Python, written from the definitions D1-D4: no engine, no SQL, no Ibis."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

Row = dict[str, Any]
DAY = timedelta(days=1)
FAR = datetime(9999, 1, 1)  # noqa: DTZ001 - wall time


def _holds(row: Row, day: date) -> bool:
    return (row.get("valid_from") is None or row["valid_from"] <= day) and (
        row.get("valid_to") is None or day <= row["valid_to"]
    )


def calls_of(rows: list[Row]) -> list[Row]:
    """Calls out of rows: one for each (source, call_key), one for each row without a key."""
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        if row["part"] != "rejected":
            groups[(row["source"], row["call_key"]) if row["call_key"] is not None else object()].append(row)
    calls = []
    for legs in groups.values():
        customers = [row for row in legs if row["leg"] == "customer"]

        def order(row: Row) -> tuple[Any, ...]:
            customer = row["leg"] == "customer"
            return (
                not customer,
                not (customer and row["delivered"] is True),
                {"good": 0, "medium": 1, "low": 2}.get(row["display_confidence"], 3),
                not (customer and row["answered"] is True),
                row["start_ts"],
                row["call_id"],
            )

        first = min(legs, key=order)
        best = dict(first)
        if best["call_key"] is not None:
            best["delivered"] = any(row["delivered"] is True for row in customers)
            answers = [row["answered"] for row in customers]
            best["answered"] = True if True in answers else None if None in answers else False
        calls.append(best)
    return calls


def display_class(call: Row, roots: list[Row]) -> str:
    """D3: the class of the displayed number on the day of the call."""
    shape, number, day = call["display_shape"], call["display"], call["start_ts"].date()
    plain = {"mobile": "mobile", "landline": "landline", "service_400_800": "shared_400_800"}
    plain |= {"other": "other", "international": "other"}
    if shape in plain:
        return plain[shape]
    if shape not in {"short", "short_long", "short_or_landline", "short_or_other"} or number is None:
        return "unknown"
    fitting = [r for r in roots if str(number).startswith(str(r["root"])) and len(str(number)) == r["total_length"]]
    if fitting:
        longest = max(r["root_length"] for r in fitting)
        stands = [r["filed"] for r in fitting if r["root_length"] == longest and _holds(r, day)]
        return "own_short" if True in stands else "unknown" if None in stands else "other_short"
    alone = {"short": "other_short", "short_long": "unknown", "short_or_landline": "landline"}
    return (alone | {"short_or_other": "other"})[shape]


def team_of(line: str | None, team: str | None, day: date, lines: list[Row]) -> str | None:
    """The team named on the row, else the team of the line on that day."""
    if team is not None or line is None:
        return team
    for row in lines:
        if row["line_id"] == line and row["team_id"] is not None and _holds(row, day):
            return str(row["team_id"])
    return None


def outbound(tables: dict[str, list[Row]]) -> list[Row]:
    """Outbound customer calls that are no tests, each with class, team and printed display."""
    calls = []
    for call in calls_of(tables["calls"]):
        if call["direction"] == "out" and call["leg"] == "customer" and call["test"] is not True:
            day = call["start_ts"].date()
            zero = "0" if call["display_shape"] == "landline" else ""
            calls.append(
                {
                    "day": day,
                    "delivered": call["delivered"] is True,
                    "answered": call["delivered"] is True and call["answered"] is True,
                    "untold": call["delivered"] is True and call["answered"] is None,
                    "class": display_class(call, tables["number_dim"]),
                    "kind": call["agent_kind"],
                    "line": call["line_id"],
                    "team": team_of(call["line_id"], call["team_id"], day, tables["line_dim"]),
                    "display": None if call["display"] is None else zero + str(call["display"]),
                    "digits": call["display"],
                    "shape": call["display_shape"],
                    "confidence": call["display_confidence"],
                }
            )
    return calls


# D1


def seats(rows: list[Row], day: date) -> Counter[str]:
    """Counts at the end of a day."""
    counts: Counter[str] = Counter()
    for seat in rows:
        filed_on, gone_on = seat["filed_on"], seat["cancelled_on"]
        opened = seat["opened_on"] is not None and seat["opened_on"] <= day
        opened = opened and (seat["closed_on"] is None or day < seat["closed_on"])
        if (
            (gone_on is not None and gone_on <= day)
            or seat["filing"] == "unfiled"
            or (seat["filing"] == "cancelled" and gone_on is None)
            or (filed_on is not None and filed_on > day)
        ):
            state = "unfiled"
        elif seat["filing"] is None or filed_on is None:
            state = "unknown"
        else:
            state = "filed"
        counts["filed"] += state == "filed"
        counts["opened"] += opened
        counts["opened_and_filed"] += opened and state == "filed"
        counts["unfiled_open"] += opened and state == "unfiled"
        counts["unknown_filing"] += state == "unknown"
        counts["unknown_filing_open"] += opened and state == "unknown"
    return counts


# D2 and D4


def match(complaint: Row, tables: dict[str, list[Row]]) -> Row | None:
    """The call that a complaint is about: by id, within ten minutes, else on the day it names."""
    best: tuple[Any, ...] | None = None
    call = None
    for row in tables["calls"]:
        if row["part"] == "rejected" or row["direction"] != "out" or row["leg"] != "customer":
            continue
        call_time = complaint["call_ts"]
        away = 0 if call_time is None else abs(int((row["start_ts"] - call_time).total_seconds()))
        if complaint["call_id"] is not None and complaint["call_id"] == row["call_id"]:
            grade = 0
        elif (
            call_time is None
            or complaint["complainant"] is None
            or complaint["complained"] is None
            or (complaint["complainant"], complaint["complained"]) != (row["callee"], row["display"])
        ):
            continue
        elif abs(row["start_ts"] - call_time) <= timedelta(minutes=10):
            grade = 1
        elif row["start_ts"].date() == call_time.date():
            grade = 2
        else:
            continue
        rank = (grade, away, row["start_ts"], row["call_id"])
        if best is None or rank < best:
            best, call = rank, {**row, "how": ("id", "ten_minutes", "day")[grade]}
    return call


def _other(complaint: Row, row: Row) -> bool:
    return bool((complaint["complainant"], complaint["complained"]) != (row["callee"], row["display"]))


def exclusions(complaints: list[Row]) -> dict[str, str]:
    """complaint_id -> reason: the recorded one, else duplicate by reference, else duplicate by call."""
    reasons = {c["complaint_id"]: c["exclusion"] for c in complaints if c["exclusion"] is not None}
    left = sorted(
        (c for c in complaints if c["exclusion"] is None),
        key=lambda c: (c["accepted_ts"] is None, c["accepted_ts"] or FAR, c["complaint_id"]),
    )
    seen: set[tuple[Any, ...]] = set()
    once = []
    for complaint in left:
        key = (complaint["source"], complaint["reference"])
        if complaint["reference"] is not None and key in seen:
            reasons[complaint["complaint_id"]] = "duplicate"
            continue
        seen.add(key)
        once.append(complaint)
    calls: set[tuple[Any, ...]] = set()
    for complaint in once:
        day = None if complaint["call_ts"] is None else complaint["call_ts"].date()
        about = (complaint["complainant"], complaint["complained"], day)
        if None not in about and about in calls:
            reasons[complaint["complaint_id"]] = "duplicate"
            continue
        calls.add(about)
    return reasons


def complaints(tables: dict[str, list[Row]]) -> list[Row]:
    """Every complaint with its exclusions and what it is split by."""
    facts = tables["complaint_fact"]
    rate = exclusions([c for c in facts if c["source"] in {"12321", "12300"}])
    ticket = rate | exclusions([c for c in facts if c["source"] not in {"12321", "12300"}])
    rows = []
    for complaint in facts:
        call = match(complaint, tables) or {}
        line = complaint["line_id"] or call.get("line_id")
        team = complaint["team_id"] or call.get("team_id")
        moments = (call.get("start_ts"), complaint["call_ts"], complaint["accepted_ts"])
        day = next((m.date() for m in moments if m is not None), date.min)
        accepted = complaint["accepted_ts"]
        rows.append(
            {
                **complaint, "day": None if accepted is None else accepted.date(),
                "rate": rate.get(complaint["complaint_id"]), "ticket": ticket.get(complaint["complaint_id"]),
                "kind": call.get("agent_kind"), "how": call.get("how"), "line": line,
                "team": team_of(line, team, day, tables["line_dim"]), "digits": complaint["complained"],
            }
        )  # fmt: skip
    return rows


def closed(complaint: Row, day: date) -> bool:
    """Closed by the end of the day and not reopened after its closing."""
    end, again = complaint["closed_ts"], complaint["reopened_ts"]
    return end is not None and end < datetime.combine(day + DAY, time()) and (again is None or again <= end)


def on_time(complaint: Row, day: date) -> bool:
    """Closed within 24 h of the arrival of the forward, inclusive."""
    arrived = complaint["arrived_ts"]
    return closed(complaint, day) and arrived is not None and complaint["closed_ts"] <= arrived + timedelta(hours=24)


# Splits


def grouped(rows: Iterable[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups


def grouped_by_number(rows: Iterable[Row], calls: Iterable[Row] = ()) -> dict[str | None, list[Row]]:
    """By complained number as people write it: as the calls ``shown`` have it (the longest text), else by its shape."""
    texts: dict[int, str] = {}
    for call in sorted(calls, key=lambda call: len(call["display"] or "")):
        if call["display"] is not None:
            texts[int(call["display"])] = call["display"]

    def text(row: Row) -> str | None:
        number = row["digits"]
        return None if number is None else texts.get(number, f"0{number}" if landline(str(number)) else str(number))

    return grouped(rows, text)


def landline(digits: str) -> bool:
    """An area code without its 0 (10, 2x, else three digits) and a subscriber number of 7 or 8 digits."""
    short, mobile = digits[:2] in {"95", "96"}, digits[0] == "1" and digits[1] in "3456789"
    shared = len(digits) == 10 and digits[:3] in {"400", "800"}
    if short or mobile or shared:
        return False
    area = 2 if digits[:2] == "10" or digits[0] == "2" else 3 if digits[0] in "3456789" else 0
    return bool(area) and len(digits) - area in {7, 8}
