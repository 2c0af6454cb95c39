"""JSON records of a form that knows a field by several names: JSON lines, an array, or the answer of an API.

Every key that the beginning of the file shows becomes a column under its own name. A field that shows itself only
later, under whichever of its names, goes into a column under the first of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from nianjian.engines.intake.format import Layout, Sample
from nianjian.engines.intake.vendor.columns import Columns, plain
from nianjian.engines.intake.vendor.tables import MORE, as_text, distinct, flat, loaded

Group = Sequence[str]
"""The names of one field, the first being the one that it is given where the file does not name it."""

ENVELOPE: Final = 3  # known fields below which an object around a list of objects is the answer of an API, no call

_DECODER: Final = json.JSONDecoder()
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_BETWEEN: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Shown:
    """The records that a sample shows whole. ``document``: they stand in an array or an answer, not one a line."""

    records: tuple[Mapping[str, object], ...]
    document: bool

    @property
    def keys(self) -> list[str]:
        """The keys of all of them in order, those of objects inside as ``Outer.Inner``."""
        return list(dict.fromkeys(key for record in self.records for key in record))


def read_sample_records(sample: Sample, groups: Sequence[Group]) -> Shown:
    """What the beginning of a JSON file shows; a record cut off at its end is left out."""
    names = _places(groups)
    lines = [line for text in sample.lines if (line := _object(text)) is not None]
    if lines and _object(sample.lines[0]) is not None and _is_record(lines[0], names):
        return Shown(tuple(lines), document=False)
    whole = _object(sample.text)
    if whole is not None and _is_record(whole, names):
        return Shown((whole,), document=True)
    return Shown(tuple(_listed(sample.text)), document=True)


def layout(sample: Sample, groups: Sequence[Group], *, late: Sequence[Group]) -> Layout:
    """One column a key of the beginning, one a field of ``late`` that it does not show, and ``MORE``."""
    found = read_sample_records(sample, groups)
    have = Columns(found.keys)
    unseen = [group[0] for group in late if have.find(*group) is None]
    columns = distinct([*(key for key in found.keys if key != MORE), *unseen, MORE])
    return Layout(columns=columns, parse=_parser(columns, groups), document=found.document, late=frozenset(unseen))


def _parser(columns: Sequence[str], groups: Sequence[Group]) -> Callable[[str], Sequence[str | None]]:
    """Turns the text of one JSON object into cells of ``columns``.

    ValueError ``json_invalid`` if it is none, ``fields_unknown`` if it is one that cannot be a record of calls.
    """
    names = _places(groups)
    place = {plain(name): index for index, name in reversed(list(enumerate(columns)))}
    for group in groups:
        held = Columns(columns).find(*group)
        for name in group:
            place.setdefault(plain(name), columns.index(held) if held is not None else len(columns) - 1)
    last = len(columns) - 1

    def parse(text: str) -> Sequence[str | None]:
        record = flat(loaded(text))
        if not _is_record(record, names):
            raise ValueError("fields_unknown")
        cells: list[str | None] = [None] * len(columns)
        more: dict[str, str] = {}
        for key, value in record.items():
            cell = as_text(value)
            index = place.get(plain(key), last)
            if index == last or cells[index] is not None:
                if cell is not None:
                    more[key] = cell
            else:
                cells[index] = cell
        if more:
            cells[last] = json.dumps(more, ensure_ascii=False, sort_keys=True)
        return cells

    return parse


def _places(groups: Sequence[Group]) -> dict[str, int]:
    return {plain(name): number for number, group in enumerate(groups) for name in group}


def _is_record(record: Mapping[str, object], names: Mapping[str, int]) -> bool:
    """Known fields there must be; an object around a list of objects needs several: ``status`` may be an answer's."""
    known = len({names[plain(key)] for key in record if plain(key) in names})
    if known >= ENVELOPE:
        return True
    return known > 0 and not any(_holds_objects(value) for value in record.values())


def _holds_objects(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in cast("list[object]", value))


def _object(text: str) -> dict[str, object] | None:
    try:
        return flat(loaded(text.strip("\ufeff \t\r\n")))
    except ValueError:
        return None


def _listed(text: str) -> Iterator[Mapping[str, object]]:
    start = _LIST.search(text)
    place = text.find("{") if start is None else start.end()
    while 0 <= place < len(text) and text[place] == "{":
        try:
            found, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield flat(found)
        blank = _BETWEEN.match(text, place)
        place = blank.end() if blank else place
