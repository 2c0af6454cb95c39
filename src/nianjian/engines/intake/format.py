"""What a source's file must say about itself: how to recognise it, read it and turn its columns into ours.

One `Format` a source, one file a source in ``formats/``. A format opens no file and no connection: it gives
column names, an optional parser for single lines or documents, and DuckDB expressions over the raw text
columns. All raw columns are VARCHAR, named as in ``Layout.columns``; an empty cell is NULL.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

# What a rejects file has behind the columns of the file: of no interest when it is imported again.
ADDED: Final = ("行号", "列", "原因代码", "原因")


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a file: what recognition may look at. ``header`` is the first line's cells."""

    name: str  # file name without folder
    text: str  # first 64 KiB, decoded, whole lines
    lines: tuple[str, ...]  # those that are not blank
    header: tuple[str, ...]  # cells of line 1 by ``delimiter``, quotes taken off
    delimiter: str  # "," | "\t" | "|" | ";"
    numbers: tuple[int, ...] = ()  # physical numbers of ``lines``; empty: as they come, from 1
    file: str = ""  # name for people: a member or sheet with its file's name in front

    @property
    def above(self) -> int:
        """Physical lines above the first of ``lines``: titles, blank ones, ``sep=``."""
        return self.numbers[0] - 1 if self.numbers else 0


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping file (its keys: docs/reference/call-files.md), parsed and checked; empty for none."""

    source: str | None = None
    columns: Mapping[str, str | int | tuple[str | int, ...]] = field(default_factory=dict)  # several: of call_id
    formats: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    trunk_prefixes: tuple[str, ...] = ()
    display_from: tuple[str, ...] = ()
    cdr_custom_conf: str | None = None
    base: str = "."  # folder of the mapping file, for relative paths


@dataclass(frozen=True, slots=True)
class Layout:
    """How one file is laid out. ``columns``: the raw names in file order.

    ``parse`` is None for delimited text that the engine reads by itself; else it turns one physical line
    (or one JSON document) into cells, raises ValueError(code) for a line that cannot be parsed.
    """

    columns: tuple[str, ...]
    header_lines: int = 0
    delimiter: str = ","
    parse: Callable[[str], Sequence[str | None]] | None = None
    document: bool = False  # the file is one JSON document (array or object), not lines
    late: frozenset[str] = frozenset()  # columns of a JSON file that its beginning does not show

    @property
    def is_rejects(self) -> bool:
        """A rejects file that came back: what might run as a formula stands behind an apostrophe in it."""
        return set(ADDED) <= set(self.columns)


@dataclass(frozen=True, slots=True)
class Fields:
    """DuckDB expressions over the raw columns, one per canonical field. Text fields yield VARCHAR or NULL.

    ``start`` … ``end`` yield TIMESTAMP in Asia/Shanghai wall time (build them with ``intake.sql``), their
    raw text stands in ``texts`` so that "missing" and "unreadable" can be told apart.
    """

    call_id: str = "NULL::VARCHAR"
    direction: str = "NULL::VARCHAR"  # 'out' | 'in' | 'internal'; NULL: cannot be told -> rejected bad_direction
    caller: str = "NULL::VARCHAR"
    display: str = "NULL::VARCHAR"  # best display field; NULL -> caller is used, low confidence
    callee: str = "NULL::VARCHAR"
    start: str = "NULL::TIMESTAMP"
    end: str = "NULL::TIMESTAMP"
    answer: str = "NULL::TIMESTAMP"
    ring: str = "NULL::TIMESTAMP"
    texts: Mapping[str, str] = field(default_factory=dict)  # canonical time field -> raw column name
    columns: Mapping[str, str] = field(default_factory=dict)  # canonical field -> raw column name, for reason_column
    call_key: str = "NULL::VARCHAR"
    leg: str = "'customer'"
    display_confidence: str = "'good'"  # where `display` is not NULL
    # Of a source that writes both legs: whether this is the one towards the customer, whose display counts even where
    # it is withheld.
    customer_leg: str = "false"
    # Came from outside by nobody who signed in: unanswered, and at no number of ours, it is a scanner's call.
    stranger: str = "false"
    result: str = "NULL::VARCHAR"  # NULL: derived from the times
    delivered: str = "true"
    answered: str = ""  # "" : answer set and end > answer
    test: str = "false"
    purpose: str = "NULL::VARCHAR"
    agent_id: str = "NULL::VARCHAR"
    agent_kind: str = "NULL::VARCHAR"
    line_id: str = "NULL::VARCHAR"
    team_id: str = "NULL::VARCHAR"
    gateway: str = "NULL::VARCHAR"
    callee_named: bool = False  # a callee that is no number is a name of the switch's own (voicemail) and loads
    callee_optional: bool = False  # a missing callee is loaded as unknown (originated Asterisk calls)
    end_optional: bool = False  # the source has no end (Kamailio acc INVITE rows)
    checks: Sequence[tuple[str, str, str]] = ()  # (reason code, raw column, condition that condemns the row)
    trunk_prefixes: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()  # raw columns that stand in ``extra`` although an expression reads them


@dataclass(frozen=True, slots=True)
class Format:
    """One source. ``recognise`` gives 0 (no) to 100 (sure)."""

    name: str
    title: str  # shown to people, e.g. "天润融通"
    recognise: Callable[[Sample], int]
    layout: Callable[[Sample, FileMapping], Layout]
    fields: Callable[[Layout, FileMapping, str], Fields]  # (layout, mapping, time zone name) -> expressions
    zone_in_file: bool = False  # stamps are epochs or carry an offset: no time zone needed
    evidence: str = "documentation only"  # or "real records"
