"""Vendor files as tables: CSV headed by field names, one JSON object a line, or one JSON array.

A column that nobody expected is kept: in CSV under its own name, in JSON together in the column ``MORE``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from nianjian.engines.intake.format import FileMapping, Layout, Sample
from nianjian.engines.intake.vendor.columns import Columns, plain

MORE: Final = "more"  # JSON of the fields that the beginning of the file did not show

_KEY = re.compile(r'"((?:[^"\\]|\\.){1,80})"\s*:')


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells a vendor's table from all others.

    ``needed``: of each group at least one name must stand in the file. ``typical``: names that make it surer.
    """

    needed: tuple[tuple[str, ...], ...]
    typical: tuple[str, ...] = ()

    def score(self, names: frozenset[str]) -> int:
        """0 where a needed group is missing; 70 to 98 by the typical names."""
        if not all(any(plain(name) in names for name in group) for group in self.needed):
            return 0
        return min(98, 70 + 4 * sum(plain(name) in names for name in self.typical))


def is_json(sample: Sample) -> bool:
    """Whether the file begins as JSON does."""
    return sample.text.lstrip("\ufeff \t\r\n").startswith(("{", "[{", "[ ", "[\n", "[\r", "[]"))


def names(sample: Sample) -> frozenset[str]:
    """Field names of the file, spelled plainly: the keys anywhere in JSON, else the cells of line 1."""
    found: Iterable[str] = _KEY.findall(sample.text) if is_json(sample) else sample.header
    return frozenset(plain(name) for name in found)


def recogniser(*signatures: Signature) -> Callable[[Sample], int]:
    """The best score of several tables of one vendor."""

    def recognise(sample: Sample) -> int:
        have = names(sample)
        return max(signature.score(have) for signature in signatures)

    return recognise


def table(known: Sequence[str], *, seen_only: bool = False) -> Callable[[Sample, FileMapping], Layout]:
    """The layout function of a vendor whose field names are ``known``.

    In JSON a field may come late in the file, so all known ones are columns; ``seen_only`` takes those of the
    beginning alone, where the names tell which of several tables this is.
    """

    def layout(sample: Sample, _mapping: FileMapping) -> Layout:
        if not is_json(sample):
            return Layout(columns=distinct(sample.header), header_lines=1, delimiter=sample.delimiter)
        columns = distinct([*json_names(sample, known, seen_only=seen_only), MORE])
        return Layout(columns=columns, parse=parser(columns, known), document=not by_line(sample, known))

    return layout


def distinct(header: Sequence[str]) -> tuple[str, ...]:
    """Header cells as column names: never empty, never twice (case does not tell two columns apart in SQL)."""
    seen: set[str] = set()
    out: list[str] = []
    for place, cell in enumerate(header, start=1):
        base = cell.strip() or f"column{place}"
        name, turn = base, 2
        while name.lower() in seen:
            name, turn = f"{base}_{turn}", turn + 1
        seen.add(name.lower())
        out.append(name)
    return tuple(out)


def by_line(sample: Sample, known: Sequence[str]) -> bool:
    """JSON lines: the first line that is not blank is one whole record, with a known field at its top.

    An answer of an API on one line, ``{"Data": {"List": [...]}}``, is a document: its records lie deeper.
    """
    line = next((line.strip("\ufeff \t\r\n") for line in sample.lines if line.strip()), "")
    if not line.startswith("{"):
        return False
    try:
        record = loaded(line)
    except ValueError:
        return False
    wanted = {plain(name) for name in known}
    return any(plain(key) in wanted for key in record)


def json_names(sample: Sample, known: Sequence[str], *, seen_only: bool = False) -> list[str]:
    """The known names as the file spells them, then the file's further keys of whole lines."""
    keys: list[str] = []
    for line in sample.lines if by_line(sample, known) else ():
        try:
            record = loaded(line)
        except ValueError:
            continue
        keys += [key for key in flat(record) if key not in keys]
    if not keys:
        keys = list(dict.fromkeys(_KEY.findall(sample.text)))
        keys = [key for key in keys if plain(key) in {plain(name) for name in known}]
    have = Columns(keys)
    named = [have.find(name) or name for name in known if not seen_only or have.find(name)]
    return list(dict.fromkeys([*named, *(key for key in keys if key != MORE)]))


def parser(columns: Sequence[str], known: Sequence[str]) -> Callable[[str], Sequence[str | None]]:
    """Turns the text of one JSON object into cells of ``columns``.

    ValueError ``json_invalid`` if it is none, ``fields_unknown`` if it has not a single known field.
    """
    asked = {plain(name) for name in known}
    place = {plain(name): index for index, name in reversed(list(enumerate(columns)))}
    last = len(columns) - 1

    def parse(text: str) -> Sequence[str | None]:
        record = loaded(text)
        if not any(plain(key) in asked for key in record):
            raise ValueError("fields_unknown")
        cells: list[str | None] = [None] * len(columns)
        more: dict[str, str] = {}
        for key, value in flat(record).items():
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


def loaded(text: str) -> Mapping[str, object]:
    """One JSON object, numbers left as they are written; ValueError ``json_invalid``."""
    try:
        record = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise ValueError("json_invalid") from error
    if not isinstance(record, dict):
        raise ValueError("json_invalid")  # noqa: TRY004 - the code for a line that cannot be parsed
    return cast("dict[str, object]", record)


def flat(record: Mapping[str, object]) -> dict[str, object]:
    """Objects inside a record as ``Outer.Inner``, one level deep; lists stay whole."""
    out: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            out.update({f"{key}.{inner}": deep for inner, deep in cast("dict[str, object]", value).items()})
        else:
            out[key] = value
    return out


def as_text(value: object) -> str | None:
    """A JSON value as the text of a cell: nothing for null and "", true and false as words."""
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False)
