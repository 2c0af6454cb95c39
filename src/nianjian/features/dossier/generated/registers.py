"""Items made of registers: number ledger (M8), seat table (M9), algorithm filing (M13), responsibility (M12)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.claims import Claim, Lack
from nianjian.engines.paper.texts.claims import ANY_TEXT, BLANK, CLAIMS, EXEMPT, FILED, STATED, moot_parts
from nianjian.engines.paper.words import Words, mark
from nianjian.features.dossier.generated.document import (
    DASH,
    Cell,
    Document,
    Head,
    Line,
    Row,
    Say,
    Section,
    Table,
    build,
    method_line,
    register_table,
)
from nianjian.features.dossier.generated.self_check import Sum
from nianjian.platform.registers.columns import Sheet
from nianjian.platform.registers.numbers import NUMBERS
from nianjian.platform.registers.seats import SEATS, is_filed, is_gone, is_open

# The claims of generated papers, each decided from what the registers, the portrait or the audit chain tell. Pure.

NOT_STATED: Final = Lack("not_stated", known=False)
UNWRITTEN: Final = Lack("register_empty", known=False)
MOST: Final = 6  # ranges of days that a sentence names


def stated(claim: str) -> Claim:
    """What only people know: nothing in the data decides it."""
    return Claim(claim, {}, [NOT_STATED])


def by_licence(claim: str, name: str, values: Mapping[str, str]) -> Claim:
    """One value for all licences, or each licence with its own. ``values``: licence -> value, unknown ones left out."""
    different = set(values.values())
    if not different:
        return Claim(claim, {}, [UNWRITTEN])
    if len(different) == 1:
        return Claim(claim, {}, names={name: different.pop()})
    text = "；".join(f"{value}（{licence}）" for licence, value in sorted(values.items()))
    return Claim(claim, {}, [Lack("several_licences")], {name: text})


def register_count(claim: str, count: int, *, written: bool, **figures: int) -> Claim:
    """A count of a register; one that was never filled in proves no nought."""
    return Claim(claim, {"count": count, **figures}, [] if written else [UNWRITTEN])


def numbers_listed(roots: Sequence[str], untold: int = 0, *, written: bool) -> Claim:
    """The numbers in force on the day. ``untold``: further ones whose filing state nobody has recorded."""
    lacks = [] if written else [UNWRITTEN]
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
    missing, ranges = int(days["unconfirmed"]["count"]), days["unconfirmed"]["ranges"]
    texts = [one["from"] if one["from"] == one["to"] else f"{one['from']}至{one['to']}" for one in ranges]
    names = {"days": "、".join(texts[:MOST]) + ("等" if len(texts) > MOST else ""), "last": str(days["until"])}
    lacks = [Lack("calls_missing", count=missing)] if missing else []
    return Claim("calls_retained", {"missing": missing, "excused": int(days["count"]) - missing}, lacks, names)


def complaints_counted(counts: Mapping[str, int], sources: str, *, written: bool) -> Claim:
    """What D2 and D4 count; a register that was never filled in proves no nought."""
    return Claim("complaints_counted", dict(counts), [] if written else [UNWRITTEN], {"sources": sources})


def closed_after_response(count: int) -> Claim:
    """No ticket was closed before its first response."""
    lacks = [Lack("closed_before_response", count=count)] if count else []
    return Claim("closed_after_response", {"n": count}, lacks)


def traffic_agrees(sums: Sequence[Sum], sources: str, *, recorded: bool = True, written: bool = True) -> Claim:
    """The paper counts what the portrait counts; that nothing equals nothing proves nothing.

    ``recorded``: there is a call on record; ``written``: the register of complaints was ever filled in.
    """
    other = [one for one in sums if one.portrait is not None and one.portrait != one.paper]
    lacks = [Lack("portrait_differs", count=len(other))] if other else []
    if any(one.portrait is None for one in sums):
        lacks.append(Lack("portrait_silent", known=False))
    if not recorded:
        lacks.append(Lack("no_calls", known=False))
    if not written:
        lacks.append(UNWRITTEN)
    text = "；".join(f"{one.paper} / {one.portrait}" for one in other)
    return Claim("traffic_agrees", {}, lacks, {"sources": sources, "sums": text})


def inbound_decided(untold: int) -> Claim:
    """Every inbound call tells whether it was answered."""
    return Claim("inbound_decided", {"n": untold}, [Lack("inbound_untold", count=untold)] if untold else [])


def seat_filing_known(seats: Sequence[Row], *, written: bool) -> Claim:
    """Every seat's filing state is recorded."""
    untold = count_untold_filing(seats)
    lacks = [] if written else [UNWRITTEN]
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


# 信息安全责任制报告 (M12): what the data know of the enterprise's information security, and what its people state.
#
# Every sentence is a claim; what neither the data decide nor a person has stated is a blank.

ITEM: Final = "responsibility_report"
SECTIONS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (mark("1. Responsibility"), ("legal_representative", "first_responsible", "daily_lead", "office")),
    (
        mark("2. Business and resources"),
        ("numbers_listed", "number_filing_known", "lines_listed", "teams_listed", "seats_listed"),
    ),
    (mark("3. Rules and training"), ("security_rules", "security_training")),
    (
        mark("4. Personal data and logs"),
        ("records_protected", "other_systems", "calls_retained", "recordings_kept"),
    ),
    (mark("5. Complaints"), ("tickets_in_time", "complaints_counted")),
    (mark("6. Emergencies"), ("emergency_plan", "emergency_drills")),
)
DECLARATION: Final = mark("7. Statement")


def build_document(head: Head, say: Say, notes: Sequence[Line], _: Words) -> Document:
    """``notes``: who has stated what is marked as stated."""
    sections = [Section(_(title), tuple(filter(None, map(say, claims)))) for title, claims in SECTIONS]
    declared = method_line(_("The enterprise is responsible for the truth of this report."))
    sections.append(Section(_(DECLARATION), (*notes, declared)))
    return build(ITEM, head, _, sections=sections, signs=(_("Legal representative (signature)"),))


NUMBER_LEDGER: Final = "number_ledger"
NUMBER_FIELDS: Final = (
    ("root", "total_length", "holder", "purpose", "scope", "certificate", "approval_paper", "valid_since",
     "valid_until", "filing", "filed_on"),
    ("root", "carrier", "opened_on", "access_place", "gateway", "inbound", "outbound", "commitment", "fee", "contact",
     "changed_on"),
)  # fmt: skip
SHARES: Final = ((5, 4, 10, 6, 4, 9, 10, 6, 6, 5, 6), (5, 6, 6, 6, 7, 5, 5, 6, 6, 5, 6))


def build_number_ledger(head: Head, rows: Sequence[Row], _: Words) -> Document:
    """Two tables of the same numbers, for the columns do not fit side by side: the filing, and the use.

    Numbers that are not in force on the day stand in tables of their own.
    """
    numbers = [_tell_number(row, _) for row in rows]
    used = [row for row in numbers if in_force(row, head.as_of)]
    ended = [row for row in numbers if not in_force(row, head.as_of)]
    titles = (_("Approval and filing"), _("Access and use"))
    tables = _ledger_tables(titles, used)
    if ended:
        tables += _ledger_tables([_("{table}: not in force").format(table=title) for title in titles], ended, needed=())
    return build(NUMBER_LEDGER, head, _, tables=tables, wide=True)


def _tell_number(row: Row, _: Words) -> Row:
    """Digits in all are a text, for they are no count. A number that was never filed has no day of filing: told so."""
    length = None if row.get("total_length") is None else str(row["total_length"])
    unfiled = row.get("filing") == "unfiled" and not row.get("filed_on")
    return {**row, "total_length": length} | ({"filed_on": _("unfiled")} if unfiled else {})


def count_unknown_numbers(rows: Sequence[Row], day: date) -> dict[str, int]:
    """Column -> how many numbers in force print a dash there; a number that never changed has no day of a change."""
    fields = [name for names in NUMBER_FIELDS for name in names if name not in {*NUMBERS.needed, "changed_on"}]
    return _count_unknown([row for row in rows if in_force(row, day)], NUMBERS, dict.fromkeys(fields, _always))


def _always(_row: Row) -> bool:
    return True


def _count_unknown(rows: Sequence[Row], sheet: Sheet, fields: Mapping[str, Callable[[Row], bool]]) -> dict[str, int]:
    """``fields``: each with the rows in which it should be filled in."""
    counts = {
        sheet.by_field(name).header: sum(applies(row) and row.get(name) in {None, ""} for row in rows)
        for name, applies in fields.items()
    }
    return {name: count for name, count in counts.items() if count}


def _ledger_tables(titles: Sequence[str], rows: Sequence[Row], needed: Sequence[str] = NUMBERS.needed) -> list[Table]:
    return [
        register_table(title, [NUMBERS.by_field(name) for name in fields], rows, shares, needed)
        for title, fields, shares in zip(titles, NUMBER_FIELDS, SHARES, strict=True)
    ]


SEAT_TABLE: Final = "seat_table"
SEAT_CLAIMS: Final = ("seat_filing_known",)
SEAT_FIELDS: Final = (
    "seat_id", "kind", "staff_id", "person", "identity", "desk", "workplace", "skill", "employment", "insured_by",
    "filing", "opened_on", "closed_on", "display",
)  # fmt: skip


def count_seats(rows: Sequence[Row], day: date) -> dict[str, int]:
    """F and O."""
    return {"filed": sum(is_filed(row, day) for row in rows), "opened": sum(is_open(row, day) for row in rows)}


def is_listed(row: Row, day: date) -> bool:
    """Whether a seat is still the enterprise's on the day: filed, open, or nothing tells whether it is filed."""
    return is_filed(row, day) or is_open(row, day) or (row.get("filing") is None and not is_gone(row, day))


def build_seat_table(head: Head, rows: Sequence[Row], say: Say, _: Words) -> Document:
    """``rows``: the register as it holds on the day, identity papers masked; those that are gone are left out."""
    day = head.as_of
    rows = [row for row in rows if is_listed(row, day)]
    columns = [SEATS.by_field(name) for name in SEAT_FIELDS]
    labels = {"human": _("Human seats"), "robot": _("Robot seats"), None: _("Kind not known")}
    summary: list[tuple[Cell, ...]] = []
    for kind, name in labels.items():
        seats = [row for row in rows if row.get("kind") == kind]
        if kind or seats:
            summary.append((name, len(seats), *count_seats(seats, day).values()))
    header = (_("Kind"), _("Seats listed"), _("Filed seats"), _("Opened seats"))
    total: tuple[Cell, ...] = (_("Total"), len(rows), *count_seats(rows, day).values())
    # A seat without a day of opening counts as not opened, and the list says so instead of leaving a blank.
    dated = [bool(row.get("opened_on") or row.get("closed_on")) for row in rows]
    table_rows = [
        row if has_date else {**row, "opened_on": _("not opened")} for row, has_date in zip(rows, dated, strict=True)
    ]
    shares = (5, 4, 4, 4, 7, 4, 8, 6, 4, 8, 5, 6, 6, 6)
    tables = (
        *((Table(_("Summary"), header, tuple(summary), total),) if rows else ()),
        register_table(_("List of seats"), columns, table_rows, shares, SEATS.needed),
    )
    lines = tuple(filter(None, map(say, SEAT_CLAIMS)))
    sections = (Section(_("How it is counted"), lines),) if lines else ()
    return build(SEAT_TABLE, head, _, sections=sections, tables=tables, wide=True)


#: What is known of the person who sits there; an idle seat and a robot have none.
SITTERS: Final = ("staff_id", "person", "identity", "employment", "insured_by")


def count_unknown_seats(rows: Sequence[Row], day: date) -> dict[str, int]:
    """Column -> how many listed seats print a dash there; an open seat has no day of closing."""

    def is_staffed(row: Row) -> bool:
        return row.get("kind") != ROBOT and is_open(row, day)

    fields = [name for name in SEAT_FIELDS if name not in {*SEATS.needed, "closed_on"}]
    applies = {name: is_staffed if name in SITTERS else _always for name in fields}
    return _count_unknown([row for row in rows if is_listed(row, day)], SEATS, applies)


ALGORITHM_FILING: Final = "algorithm_filing"
ROBOT: Final = "robot"  # kind of a seat


def is_filing_missing(stated: Mapping[str, str]) -> bool:
    """Whether the form says neither that the algorithm is filed nor, with a reason, that it need not be (M13)."""
    state = stated.get("state")
    return state != FILED and not (state == EXEMPT and stated.get("reason"))


def build_algorithm_filing(
    head: Head, stated: Mapping[str, str], lines: Sequence[Line], say: Say, _: Words
) -> Document:
    """``stated``: what people have said of the algorithm; ``lines``: the duty to file, and who has stated what."""
    moot = moot_parts("algorithm", stated)
    form = tuple(
        (_(label), DASH if part in moot else _algorithm_cell(part, stated.get(part, ""), _))
        for part, label in CLAIMS["algorithm"].parts.items()
    )
    sections = (Section(_("Robots and duty to file"), (say("robot_seats"), *lines)),)
    tables = (Table(_("Filing form"), (_("Entry"), _("Content")), form, shares=(2, 5)),)
    return build(ALGORITHM_FILING, head, _, sections=sections, tables=tables, signs=(_("Filled in by"),))


def _algorithm_cell(part: str, text: str, _: Words) -> str:
    """What was stated, or a blank; where words are given, they are ticked."""
    words = CLAIMS["algorithm"].shapes.get(part, ANY_TEXT).choices
    if words and text in {"", *words}:
        ticked = "　".join(f"{'☑' if word == text else '☐'} {word}" for word in words)
        return ticked + (_(STATED) if text else "")
    return text + _(STATED) if text else BLANK
