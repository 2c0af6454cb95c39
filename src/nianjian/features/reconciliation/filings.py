"""A register against an export at a day: which rows stand in the base (T6), and how both sides differ. Pure.

Key of a number: root and approved length; where one side leaves the length blank, the root alone. Of lines and seats:
the id. Texts are equal where they differ only in width and blanks. A row of which it cannot be told whether it is in
the base is neither in nor out: it is compared, and the run cannot pass while it is unclear.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

Row = Mapping[str, object]

NUMBERS: Final = "numbers"
LINES: Final = "lines"
SEATS: Final = "seats"
KINDS: Final = (NUMBERS, LINES, SEATS)


@dataclass(frozen=True, slots=True)
class BaseStatus:
    """``inside``: in the base, None where that cannot be told; ``why``: the code of what keeps it out or unclear."""

    inside: bool | None
    why: str = ""


IN: Final = BaseStatus(inside=True)


def evaluate_status(kind: str, row: Row, day: date) -> BaseStatus:
    """Say whether a row stands in the base at the end of ``day``."""
    return _RULES[kind](row, day)


def _number(row: Row, day: date) -> BaseStatus:
    """A number has no day of cancellation of its own: the day of its change (变更日期) is that of a cancelled one."""
    if row.get("filing") == "cancelled":
        cancelled = _day(row, "changed_on")
        if cancelled is None:
            return BaseStatus(None, "cancelled_day_unknown")
        if cancelled <= day:
            return BaseStatus(inside=False, why="cancelled_before")
    until = _day(row, "valid_until")
    if until is not None and until < day:  # the last valid day is included
        return BaseStatus(inside=False, why="expired")
    return _filed(row, day)


def _seat(row: Row, day: date) -> BaseStatus:
    cancelled = _day(row, "cancelled_on")
    if cancelled is not None and cancelled <= day:
        return BaseStatus(inside=False, why="cancelled_before")
    if row.get("filing") == "cancelled" and cancelled is None:
        return BaseStatus(None, "cancelled_day_unknown")
    return _filed(row, day)


def _filed(row: Row, day: date) -> BaseStatus:
    filing, filed = row.get("filing"), _day(row, "filed_on")
    if filing == "unfiled":
        return BaseStatus(inside=False, why="not_filed")
    if filed is not None and filed > day:
        return BaseStatus(inside=False, why="filed_after")
    if filing is None:
        return BaseStatus(None, "filing_unknown")
    return IN if filed is not None else BaseStatus(None, "filing_day_unknown")


def _line(row: Row, day: date) -> BaseStatus:
    """The registers know no filing of lines: one that is in use counts. The day of closing is the first without it."""
    opened, closed = _day(row, "opened_on"), _day(row, "closed_on")
    if closed is not None and closed <= day:
        return BaseStatus(inside=False, why="closed_before")
    if opened is not None and opened > day:
        return BaseStatus(inside=False, why="opened_after")
    if row.get("state") == "stopped" and closed is None:
        return BaseStatus(None, "closed_day_unknown")
    return IN if opened is not None else BaseStatus(None, "opening_day_unknown")


def _day(row: Row, name: str) -> date | None:
    value = row.get(name)
    return value if isinstance(value, date) else None


_RULES: Final[Mapping[str, Callable[[Row, date], BaseStatus]]] = {NUMBERS: _number, LINES: _line, SEATS: _seat}


Key = tuple[str, ...]


class Result(StrEnum):
    """What a comparison gives for one row."""

    SAME = "same"
    ONLY_OURS = "only_ours"
    ONLY_THEIRS = "only_theirs"
    FIELD_DIFFERS = "field_differs"


KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    NUMBERS: ("root", "total_length"),
    LINES: ("line_id",),
    SEATS: ("seat_id",),
}
SEPARATOR: Final = "/"
CHANGED: Final = "changed_on"
ABSENT: Final = "not_there"
BLANK: Final = "field_blank"


@dataclass(frozen=True, slots=True)
class RowPair:
    """A row of both sides or of one. ``fields``: field -> (ours, theirs), where they differ.

    ``blank``: fields that we know and the other side leaves blank, so that nothing can be said of them (T5).
    ``likely``: why a row stands on one side only, as far as the rows tell; ``unclear``: codes of what keeps it from
    being proved; ``changed_on``: our day of the change.
    """

    key: str
    result: Result
    fields: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    likely: str = ""
    unclear: tuple[str, ...] = ()
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows by key: those in the base or unclear, and the others with what keeps them out."""

    counted: Mapping[Key, tuple[Row, BaseStatus]]
    out: Mapping[Key, str]
    roots: Collection[str]  # first parts of the keys of held rows

    @classmethod
    def of(cls, kind: str, rows: Iterable[Row], day: date) -> _Side:
        in_base: dict[Key, tuple[Row, BaseStatus]] = {}
        out: dict[Key, str] = {}
        for row in rows:
            status = evaluate_status(kind, row, day)
            key = tuple("" if row.get(name) is None else str(fold_text(row[name])) for name in KEYS[kind])
            if status.inside is False:
                out[key] = status.why
                continue
            in_base[key] = row, status
        return cls(in_base, out, {key[0] for key in in_base})


def compare_rows(
    kind: str, ours: Sequence[Row], theirs: Sequence[Row], day: date, fields: Collection[str]
) -> list[RowPair]:
    """Every row of the base of either side, by key; ``fields`` are those that both sides can know."""
    own, other = _Side.of(kind, ours, day), _Side.of(kind, theirs, day)
    partner = {key: key for key in own.counted if key in other.counted}
    if kind == NUMBERS:
        partner |= _by_root(own, other, partner)
    compared = sorted(set(fields) - {CHANGED})
    pairs = [_paired(own.counted[mine], other.counted[others], compared, mine) for mine, others in partner.items()]
    taken = set(partner.values())
    pairs += [_unpaired(Result.ONLY_OURS, key, own, other) for key in own.counted if key not in partner]
    pairs += [_unpaired(Result.ONLY_THEIRS, key, other, own) for key in other.counted if key not in taken]
    return sorted(pairs, key=lambda one: one.key)


def count_results(pairs: Iterable[RowPair]) -> dict[str, int]:
    """How many rows of each result."""
    counts = Counter(pair.result for pair in pairs)
    return {one.value: counts[one] for one in Result}


def fold_text(value: object) -> object:
    """A value as it is compared: texts without blanks and in one width, "" as unknown."""
    if not isinstance(value, str):
        return value
    text = "".join(sign for sign in unicodedata.normalize("NFKC", value) if not sign.isspace())
    return text or None


def _by_root(own: _Side, other: _Side, partner: Mapping[Key, Key]) -> dict[Key, Key]:
    """Numbers whose length one side leaves blank, where the root names one row on each side."""
    left = [key for key in own.counted if key not in partner]
    free = [key for key in other.counted if key not in set(partner.values())]
    matches = {}
    for mine in left:
        same_root = [one for one in left if one[0] == mine[0]]
        others = [one for one in free if one[0] == mine[0]]
        if len(same_root) == len(others) == 1 and "" in {mine[1], others[0][1]}:
            matches[mine] = others[0]
    return matches


def _paired(mine: tuple[Row, BaseStatus], others: tuple[Row, BaseStatus], fields: Sequence[str], key: Key) -> RowPair:
    (ours, own), (theirs, other) = mine, others
    both = {name: (ours.get(name), theirs.get(name)) for name in fields}
    unequal = {name: pair for name, pair in both.items() if fold_text(pair[0]) != fold_text(pair[1])}
    blank = tuple(name for name, pair in unequal.items() if fold_text(pair[1]) is None)
    differ = {name: pair for name, pair in unequal.items() if name not in blank}
    reasons = [one.why for one in (own, other) if one.inside is None] + [BLANK] * bool(blank)
    result = Result.FIELD_DIFFERS if differ else Result.SAME
    unclear = tuple(dict.fromkeys(reasons))
    return RowPair(_key_text(key), result, differ, blank, unclear=unclear, changed_on=_day(ours, CHANGED))


def _unpaired(result: Result, key: Key, side: _Side, other: _Side) -> RowPair:
    row, status = side.counted[key]
    unclear = (status.why,) if status.inside is None else ()
    likely = other.out.get(key, ABSENT)
    if likely == ABSENT and key[0] in other.roots and len(key) > 1:
        likely = "other_length"
    changed = _day(row, CHANGED) if result is Result.ONLY_OURS else None
    return RowPair(_key_text(key), result, likely=likely, unclear=unclear, changed_on=changed)


def _key_text(key: Key) -> str:
    return SEPARATOR.join(part for part in key if part)
