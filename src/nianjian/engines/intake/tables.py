"""Vendor files as tables (CSV, JSON lines, JSON arrays): where the header stands, and which clock the stamps name."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final, cast

from nianjian.engines.intake.columns import Columns, plain_name
from nianjian.engines.intake.format import ADDED, Fields, FileMapping, Layout, Sample
from nianjian.engines.kernel.formulas import restored
from nianjian.engines.lake.schema import literal, quoted

MORE: Final = "more"  # JSON of the fields that the beginning of the file did not show

_KEY = re.compile(r'"((?:[^"\\]|\\.){1,80})"\s*:')


@dataclass(frozen=True, slots=True)
class Signature:
    """What tells a vendor's table from all others, names parted by blanks.

    ``needed``: each name, or one of its spellings ``a|b``, must stand in the file. ``typical``: they make it surer.
    """

    needed: str
    typical: str = ""

    def score(self, names: frozenset[str]) -> int:
        """0 where a needed name is missing; 70 to 98 by the typical names."""
        if not all(any(plain_name(name) in names for name in one.split("|")) for one in self.needed.split()):
            return 0
        return min(98, 70 + 4 * sum(plain_name(name) in names for name in self.typical.split()))


def is_json(sample: Sample) -> bool:
    """Whether the file begins as JSON does."""
    return sample.text.lstrip("\ufeff \t\r\n").startswith(("{", "[{", "[ ", "[\n", "[\r", "[]"))


def field_names(sample: Sample) -> frozenset[str]:
    """Field names of the file, spelled plainly: the keys anywhere in JSON, else the cells of line 1."""
    names: Iterable[str] = _KEY.findall(sample.text) if is_json(sample) else sample.header
    return frozenset(plain_name(name) for name in names)


def signature_recogniser(*signatures: Signature) -> Callable[[Sample], int]:
    """The best score of several tables of one vendor."""

    def recognise(sample: Sample) -> int:
        have = field_names(sample)
        return max(signature.score(have) for signature in signatures)

    return recognise


def table_layout(names: Sequence[str], *, seen_only: bool = False) -> Callable[[Sample, FileMapping], Layout]:
    """The layout function of a vendor whose field names are ``names``.

    In JSON a field may come late in the file, so all known ones are columns; ``seen_only`` takes those of the
    beginning alone, where the names tell which of several tables this is.
    """

    def layout(sample: Sample, _mapping: FileMapping) -> Layout:
        if not is_json(sample):
            return Layout(columns=distinct_names(sample.header), header_lines=1, delimiter=sample.delimiter)
        columns = distinct_names([*json_names(sample, names, seen_only=seen_only), MORE])
        return Layout(columns=columns, parse=object_parser(columns, names), document=not is_json_lines(sample, names))

    return layout


def distinct_names(header: Sequence[str]) -> tuple[str, ...]:
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


def is_json_lines(sample: Sample, names: Sequence[str]) -> bool:
    """JSON lines: the first line that is not blank is one whole record, with a known field at its top.

    An answer of an API on one line, ``{"Data": {"List": [...]}}``, is a document: its records lie deeper.
    """
    line = next((line.strip("\ufeff \t\r\n") for line in sample.lines if line.strip()), "")
    if not line.startswith("{"):
        return False
    try:
        record = parse_json(line)
    except ValueError:
        return False
    plain_names = {plain_name(name) for name in names}
    return any(plain_name(key) in plain_names for key in record)


def json_names(sample: Sample, names: Sequence[str], *, seen_only: bool = False) -> list[str]:
    """The known names as the file spells them, then the file's further keys of whole lines."""
    lines = sample.lines if is_json_lines(sample, names) else ()
    keys = list(dict.fromkeys(key for line in lines for key in _parse_object(line) or ()))
    if not keys:
        keys = list(dict.fromkeys(_KEY.findall(sample.text)))
        keys = [key for key in keys if plain_name(key) in {plain_name(name) for name in names}]
    have = Columns(keys)
    spellings = [have.find(name) or name for name in names if not seen_only or have.find(name)]
    return list(dict.fromkeys([*spellings, *(key for key in keys if key != MORE)]))


def object_parser(columns: Sequence[str], names: Sequence[str]) -> Callable[[str], Sequence[str | None]]:
    """Turns the text of one JSON object into cells of ``columns``.

    ValueError ``json_invalid`` if it is none, ``fields_unknown`` if it has not a single known field.
    """
    plain_names = {plain_name(name) for name in names}
    place = _places_in(columns)

    def parse(text: str) -> Sequence[str | None]:
        record = parse_json(text)
        if not any(plain_name(key) in plain_names for key in record):
            raise ValueError("fields_unknown")
        return _to_cells(flatten_record(record), place, len(columns))

    return parse


def _places_in(columns: Sequence[str]) -> dict[str, int]:
    """Of names that are the same when spelled plainly the first."""
    return {plain_name(name): index for index, name in reversed(list(enumerate(columns)))}


def _to_cells(record: Mapping[str, object], place: Mapping[str, int], width: int) -> list[str | None]:
    """The cells of a flat record; what has no column of its own stands as JSON in the last one."""
    cells: list[str | None] = [None] * width
    more: dict[str, str] = {}
    for key, value in record.items():
        cell = as_text(value)
        index = place.get(plain_name(key), width - 1)
        if index == width - 1 or cells[index] is not None:
            if cell is not None:
                more[key] = cell
        else:
            cells[index] = cell
    if more:
        cells[-1] = json.dumps(more, ensure_ascii=False, sort_keys=True)
    return cells


def parse_json(text: str) -> Mapping[str, object]:
    """One JSON object, numbers left as they are written; ValueError ``json_invalid``."""
    try:
        record = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise ValueError("json_invalid") from error
    if not isinstance(record, dict):
        raise ValueError("json_invalid")  # noqa: TRY004 - the code for a line that cannot be parsed
    return cast("dict[str, object]", record)


def flatten_record(record: Mapping[str, object]) -> dict[str, object]:
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


WITHIN: Final = 20  # filled lines: whoever writes more above a table writes no export

_DELIMITERS: Final = ",\t|;"


def find_header(sample: Sample, fits: Callable[[Sample], object]) -> Sample | None:
    """The sample from the first line on that is a header by ``fits``; None if there is none."""
    return next((one for one in _header_candidates(sample) if fits(one)), None)


def mapped_header(sample: Sample, mapping: FileMapping) -> Sample:
    """The sample from the first line that has most of the columns that the mapping names, display columns too."""
    plain_names = {plain_name(name) for name in column_names(mapping)}
    return max(_header_candidates(sample), key=lambda one: len(plain_names & {plain_name(cell) for cell in one.header}))


def column_names(mapping: FileMapping) -> list[str]:
    """The headers that a mapping names; positions are none."""
    listed: list[str] = list(mapping.display_from)
    for column in mapping.columns.values():
        listed += [one for one in (column if isinstance(column, tuple) else (column,)) if isinstance(one, str)]
    return listed


def _header_candidates(sample: Sample) -> Iterator[Sample]:
    yield sample
    if is_json(sample):
        return
    for place in range(1, min(len(sample.lines), WITHIN)):
        lines = sample.lines[place:]
        mark = delimiter_of(lines[0])
        numbers = (sample.numbers or tuple(range(1, len(sample.lines) + 1)))[place:]
        below = replace(
            sample,
            text="\n".join(lines) + "\n",
            lines=lines,
            numbers=numbers,
            delimiter=mark,
            header=split_cells(lines[0], mark),
        )
        yield below
        upper = split_cells(sample.lines[place - 1], mark)
        if any(above and not here for here, above in zip(below.header, upper, strict=False)):
            # a cell that was merged downwards is empty in the lower row
            both = zip_longest(below.header, upper, fillvalue="")
            yield replace(below, header=tuple(here or above for here, above in both))


def delimiter_of(line: str) -> str:
    """The sign that most often stands between the cells of a line."""
    bare = "".join(line.split('"')[::2])  # a quoted comma does not count
    return max(_DELIMITERS, key=bare.count)


def join_cells(cells: Iterable[str | None]) -> str:
    """A row of a sheet as a line of CSV without its end; a line end within a cell becomes a blank."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([" ".join((cell or "").split("\n")) for cell in cells])
    return out.getvalue()


def split_cells(line: str, mark: str) -> tuple[str, ...]:
    """The cells of one line, quotes, outer blanks and Excel's ``="…"`` taken off."""
    try:
        row = next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        row = line.split(mark)
    if set(ADDED) <= set(row):
        row = list(map(restored, row))
    texts = [cell.strip().removeprefix("\ufeff") for cell in row]
    return tuple(text[2:-1] if text.startswith('="') and text.endswith('"') else text for text in texts)


Group = Sequence[str]
"""The names of one field, the first being the one that it is given where the file does not name it."""

ENVELOPE: Final = 3  # known fields below which an object around a list of objects is the answer of an API, no call

_DECODER: Final = json.JSONDecoder()
_LIST: Final = re.compile(r"\[\s*(?=\{)")
_BETWEEN: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class SampleRecords:
    """The records that a sample shows whole. ``document``: they stand in an array or an answer, not one a line."""

    records: tuple[Mapping[str, object], ...]
    document: bool

    @property
    def keys(self) -> list[str]:
        """The keys of all of them in order, those of objects inside as ``Outer.Inner``."""
        return list(dict.fromkeys(key for record in self.records for key in record))


def read_sample_records(sample: Sample, groups: Sequence[Group]) -> SampleRecords:
    """What the beginning of a JSON file shows; a record cut off at its end is left out."""
    names = _places_of(groups)
    lines = [line for text in sample.lines if (line := _parse_object(text)) is not None]
    if lines and _parse_object(sample.lines[0]) is not None and _is_record(lines[0], names):
        return SampleRecords(tuple(lines), document=False)
    whole = _parse_object(sample.text)
    if whole is not None and _is_record(whole, names):
        return SampleRecords((whole,), document=True)
    return SampleRecords(tuple(_list_objects(sample.text)), document=True)


def records_layout(sample: Sample, groups: Sequence[Group], *, late: Sequence[Group]) -> Layout:
    """One column a key of the beginning, one a field of ``late`` that it does not show, and ``MORE``."""
    records = read_sample_records(sample, groups)
    have = Columns(records.keys)
    unseen = [group[0] for group in late if have.find(*group) is None]
    columns = distinct_names([*(key for key in records.keys if key != MORE), *unseen, MORE])
    return Layout(
        columns=columns, parse=_record_parser(columns, groups), document=records.document, late=frozenset(unseen)
    )


def _record_parser(columns: Sequence[str], groups: Sequence[Group]) -> Callable[[str], Sequence[str | None]]:
    """Turns the text of one JSON object into cells of ``columns``.

    ValueError ``json_invalid`` if it is none, ``fields_unknown`` if it is one that cannot be a record of calls.
    """
    names = _places_of(groups)
    place = _places_in(columns)
    for group in groups:
        column = Columns(columns).find(*group)
        for name in group:
            place.setdefault(plain_name(name), columns.index(column) if column is not None else len(columns) - 1)

    def parse(text: str) -> Sequence[str | None]:
        record = flatten_record(parse_json(text))
        if not _is_record(record, names):
            raise ValueError("fields_unknown")
        return _to_cells(record, place, len(columns))

    return parse


def _places_of(groups: Sequence[Group]) -> dict[str, int]:
    return {plain_name(name): number for number, group in enumerate(groups) for name in group}


def _is_record(record: Mapping[str, object], names: Mapping[str, int]) -> bool:
    """Known fields there must be; an object around a list of objects needs several: ``status`` may be an answer's."""
    count = len({names[plain_name(key)] for key in record if plain_name(key) in names})
    if count >= ENVELOPE:
        return True
    lists = (cast("list[object]", value) for value in record.values() if isinstance(value, list))
    return count > 0 and not any(isinstance(one, dict) for listed in lists for one in listed)


def _parse_object(text: str) -> dict[str, object] | None:
    try:
        return flatten_record(parse_json(text.strip("\ufeff \t\r\n")))
    except ValueError:
        return None


def _list_objects(text: str) -> Iterator[Mapping[str, object]]:
    start = _LIST.search(text)
    place = text.find("{") if start is None else start.end()
    while 0 <= place < len(text) and text[place] == "{":
        try:
            record, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            return
        yield flatten_record(record)
        blank = _BETWEEN.match(text, place)
        place = blank.end() if blank else place


_TIMES: Final = ("start", "ring", "answer", "end")

# As `sql.any_time` reads them; nothing at all needs no zone.
SAID: Final = r"[-/]*|0([.]0*)?|([0-9]{10}|[0-9]{13}|[0-9]{16})([.][0-9]*)?|.*:.*[0-9](Z|[ ]?[+-][0-9]{2}(:?[0-9]{2})?)"


def time_columns_of(fields: Fields) -> list[str]:
    """The raw columns out of which the times are read."""
    return list(dict.fromkeys(name for field, name in fields.columns.items() if field in _TIMES))


def may_lack_zone(sample: Sample, columns: list[str]) -> bool:
    """Whether the sample alone lets it be so; the whole file is asked only then."""
    if is_json(sample) or not columns:
        return bool(columns)
    places = [place for place, name in enumerate(sample.header) if name in columns]
    said = re.compile(SAID)
    rows = [split_cells(line, sample.delimiter) for line in sample.lines[1:51]]
    return all(said.fullmatch(row[place]) for row in rows for place in places if place < len(row))


def rows_without_zone(scan: str, columns: list[str]) -> str:
    """A SELECT of how many rows have a stamp that says nothing (n)."""
    mute = " or ".join(
        f"({quoted(name)} is not null and not regexp_full_match({quoted(name)}, {literal(SAID)}))" for name in columns
    )
    return f"select count(*) as n from {scan} where {mute}"
