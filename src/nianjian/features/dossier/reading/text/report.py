"""The parts of an auditor's report: rows, where the boilerplate of the responsibilities stands, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, cast

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text.lines import Line, PageText

RULE: Final = "materials.audit.marks"
NUMBERING: Final = re.compile(r"^[(\[]?([一二三四五六七八九十]{1,3}|\d{1,2})[)\],.:]+")
FOOTER: Final = re.compile(r"^(第\d+页.{0,12}|共?\d+页|-?\d{1,3}-?|\d+/\d+|第\d+页共\d+页)$")
NUMERALS: Final = "一二三四五六七八九十"
EDITS: Final = 1
SHORTEST: Final = 4  # signs of a heading that may have a sign misread


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the report; ``heading`` is the kind of heading it is, ``number`` its place in the numbering."""

    text: str
    line: Line
    heading: str | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The rows outside the boilerplate, those inside it, and all of them in order."""

    body: tuple[Row, ...]
    boilerplate: tuple[Row, ...]
    headings: tuple[Row, ...]

    @property
    def text(self) -> str:
        """The body as one piece: sentences run over rows and pages."""
        return "".join(row.text for row in self.body)


@dataclass(frozen=True, slots=True)
class Marks:
    """The patterns of the rulebook, compiled."""

    headings: Mapping[str, tuple[re.Pattern[str], ...]]
    words: Mapping[str, tuple[str, ...]]  # headings without variants, for misread signs
    phrases: Mapping[str, tuple[re.Pattern[str], ...]]
    lists: Mapping[str, tuple[str, ...]]

    def patterns(self, name: str) -> tuple[re.Pattern[str], ...]:
        """A list of the rule as patterns."""
        return tuple(map(_compiled, self.lists[name]))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def marks(book: Rulebook) -> Marks:
    """The patterns that hold on the rulebook's day."""
    value = cast("Mapping[str, object]", book.value(RULE))
    headings = cast("Mapping[str, tuple[str, ...]]", value["headings"])
    phrases = cast("Mapping[str, tuple[str, ...]]", value["phrases"])
    return Marks(
        {kind: tuple(map(_compiled, some)) for kind, some in headings.items()},
        {kind: tuple(one for one in some if re.fullmatch(r"\w+", one)) for kind, some in headings.items()},
        {kind: tuple(map(_compiled, some)) for kind, some in phrases.items()},
        {name: cast("tuple[str, ...]", some) for name, some in value.items() if isinstance(some, tuple)},
    )


def reports(pages: Sequence[PageText], known: Marks) -> list[Report]:
    """Each auditor's report of the file: most have one; a part before the first opening belongs to it."""
    rows = [
        row
        for page in pages
        for line in page.rows
        if (row := _row(line, known)).text and not FOOTER.fullmatch(row.text)
    ]
    starts = [number for number in range(len(rows)) if _opens(rows, number, known)]
    bounds = [0, *starts[1:], len(rows)]
    return [_parted(rows[one:other], known) for one, other in pairwise(bounds)]


def _opens(rows: Sequence[Row], number: int, known: Marks) -> bool:
    """Whether a report's first sentence begins in this row: it may run on into the next ones."""
    ahead = "".join(row.text for row in rows[number : number + 4])
    return any(
        (hit := pattern.search(ahead)) is not None and hit.start() < len(rows[number].text)
        for pattern in known.patterns("opening")
    )


def _row(line: Line, known: Marks) -> Row:
    text = line.plain
    bare = NUMBERING.sub("", text)
    hit = NUMBERING.match(text)
    return Row(text, line, _heading(bare.rstrip(":,.。;"), known, numbered=hit is not None), _number(hit))


def _number(hit: re.Match[str] | None) -> int | None:
    """一 is 1; only Chinese numerals with a mark behind them count the parts of a report."""
    if hit is None or hit.group(0)[0] in "([" or hit.group(1) not in NUMERALS:
        return None
    return NUMERALS.index(hit.group(1)) + 1


def _heading(text: str, known: Marks, *, numbered: bool) -> str | None:
    """The kind of heading: exact first, then one sign misread, then a numbered heading with the paragraph behind it."""
    for kind, patterns in known.headings.items():
        if any(pattern.fullmatch(text) for pattern in patterns):
            return kind
    close = {kind for kind, some in known.words.items() if any(_near(text, one) for one in some)}
    if len(close) == 1:
        return close.pop()
    if numbered:
        for kind, patterns in known.headings.items():
            if kind != "opinion" and any(pattern.match(text) for pattern in patterns):
                return kind
    return None


def _near(text: str, word: str) -> bool:
    if len(word) < SHORTEST or len(text) != len(word):
        return False
    return sum(one != other for one, other in zip(text, word, strict=True)) <= EDITS


def holds(text: str, word: str) -> bool:
    """Whether ``word`` stands in the text, a sign of it perhaps misread."""
    if word in text:
        return True
    size = len(word)
    return size >= SHORTEST and any(_near(text[at : at + size], word) for at in range(len(text) - size + 1))


def _parted(rows: Iterable[Row], known: Marks) -> Report:
    """Cut at the responsibilities; a heading of another kind ends them, the signature ends the report."""
    body: list[Row] = []
    boilerplate: list[Row] = []
    headings: list[Row] = []
    inside = opened = stood = False  # in the boilerplate, past the first sentence, past any boilerplate
    ahead = ""
    ends = known.patterns("end")
    for row in rows:
        if row.heading:
            headings.append(row)
            inside = row.heading == "boilerplate"
        (boilerplate if inside else body).append(row)
        ahead = (ahead + row.text)[-400:]
        opened = opened or any(pattern.search(ahead) for pattern in known.patterns("opening"))
        stood = stood or inside
        if opened and stood and any(pattern.fullmatch(NUMBERING.sub("", row.text)) for pattern in ends):
            break
    return Report(tuple(body), tuple(boilerplate), tuple(headings))
