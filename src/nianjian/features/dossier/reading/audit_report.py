"""审计报告: opinion by its wording, firm, year, verification code and date of the report."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import accumulate, pairwise
from typing import Final, cast

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import (
    LONG,
    Facts,
    Layer,
    Line,
    PageText,
    ask_finding,
    check_page_order,
    find_dates,
    find_gaps,
    fold_name,
    nearly_same_word,
    page_numbers,
)
from nianjian.features.dossier.states import Finding, Weight

RULE: Final = "materials.audit.marks"
NUMBERING: Final = re.compile(r"^[(\[]?([一二三四五六七八九十]{1,3}|\d{1,2})[)\],.:]+")
FOOTER: Final = re.compile(r"^(第\d+页.{0,12}|共?\d+页|-?\d{1,3}-?|\d+/\d+|第\d+页共\d+页)$")
NUMERALS: Final = "一二三四五六七八九十"


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


def opinion_patterns(book: Rulebook) -> Marks:
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


def find_reports(pages: Sequence[PageText], marks: Marks) -> list[Report]:
    """Each auditor's report of the file: most have one; a part before the first opening belongs to it."""
    rows = [_row(line, marks) for page in pages for line in page.rows if not FOOTER.fullmatch(line.plain)]
    rows = [row for row in rows if row.text]
    starts = [number for number in range(len(rows)) if _opens(rows, number, marks)]
    return [_parted(rows[one:other], marks) for one, other in pairwise([0, *starts[1:], len(rows)])]


def _opens(rows: Sequence[Row], number: int, marks: Marks) -> bool:
    """Whether a report's first sentence begins in this row: it may run on into the next ones."""
    ahead = "".join(row.text for row in rows[number : number + 4])
    return any(
        (hit := pattern.search(ahead)) is not None and hit.start() < len(rows[number].text)
        for pattern in marks.patterns("opening")
    )


def _row(line: Line, marks: Marks) -> Row:
    """Only Chinese numerals with a mark behind them count the parts of a report: 一 is 1."""
    text, hit = line.plain, NUMBERING.match(line.plain)
    heading = _heading(NUMBERING.sub("", text).rstrip(":,.。;"), marks, numbered=hit is not None)
    counts = hit is not None and hit[0][0] not in "([" and hit[1] in NUMERALS
    return Row(text, line, heading, NUMERALS.index(hit[1]) + 1 if hit and counts else None)


def _heading(text: str, marks: Marks, *, numbered: bool) -> str | None:
    """The kind of heading: exact first, then one sign misread, then a numbered heading with the paragraph behind it."""
    for kind, patterns in marks.headings.items():
        if any(pattern.fullmatch(text) for pattern in patterns):
            return kind
    close = {kind for kind, some in marks.words.items() if any(nearly_same_word(text, one) for one in some)}
    if len(close) == 1:
        return close.pop()
    if numbered:
        for kind, patterns in marks.headings.items():
            if kind != "opinion" and any(pattern.match(text) for pattern in patterns):
                return kind
    return None


def contains_word(text: str, word: str) -> bool:
    """Whether ``word`` stands in the text, a sign of it perhaps misread."""
    if word in text:
        return True
    size = len(word)
    return size >= LONG and any(nearly_same_word(text[at : at + size], word) for at in range(len(text) - size + 1))


def _parted(rows: Iterable[Row], marks: Marks) -> Report:
    """Cut at the responsibilities; a heading of another kind ends them, the signature ends the report."""
    body: list[Row] = []
    boilerplate: list[Row] = []
    headings: list[Row] = []
    inside = opened = stood = False  # in the boilerplate, past the first sentence, past any boilerplate
    ahead = ""
    ends = marks.patterns("end")
    for row in rows:
        if row.heading:
            headings.append(row)
            inside = row.heading == "boilerplate"
        (boilerplate if inside else body).append(row)
        ahead = (ahead + row.text)[-400:]
        opened = opened or any(pattern.search(ahead) for pattern in marks.patterns("opening"))
        stood = stood or inside
        if opened and stood and any(pattern.fullmatch(NUMBERING.sub("", row.text)) for pattern in ends):
            break
    return Report(tuple(body), tuple(boilerplate), tuple(headings))


class Opinion(StrEnum):
    """What the report says of the statements."""

    STANDARD = "standard"
    EMPHASIS = "emphasis"
    GOING_CONCERN = "going_concern"
    QUALIFIED = "qualified"
    ADVERSE = "adverse"
    DISCLAIMER = "disclaimer"
    UNCLEAR = "unclear"


MODIFIED: Final = (Opinion.DISCLAIMER, Opinion.ADVERSE, Opinion.QUALIFIED)
EXPLAINED: Final = (Opinion.GOING_CONCERN, Opinion.EMPHASIS)
READABLE: Final = 0.80
"""Least confidence of each row outside the boilerplate; docs/develop/reading.md has the evidence."""
RESPONSIBILITIES: Final = 2  # those of the management and those of the auditor
EXCERPT: Final = 80  # signs of a phrase shown as evidence


@dataclass(frozen=True, slots=True)
class OpinionRead:
    """The opinion, what a person must look at, and the page whose words prove it, where any do."""

    opinion: Opinion
    findings: tuple[Finding, ...] = ()
    page: int | None = None


def read_opinion(pages: Sequence[PageText], book: Rulebook) -> OpinionRead:
    """The opinion of the report; of several reports in one file the worst."""
    marks = opinion_patterns(book)
    passing = {str(one) for one in book.items("materials.audit.opinions_passing")}
    opinions = [_opinion_of(report, pages, marks) for report in find_reports(pages, marks)]
    if not opinions:
        return OpinionRead(Opinion.UNCLEAR, (ask_finding("opinion_not_found"),))
    worst = min(opinions, key=lambda read: _ORDER.index(read.opinion))
    if worst.opinion is Opinion.UNCLEAR or worst.opinion.value in passing:
        return worst
    refused = Finding("opinion_not_passing", Weight.STOP, worst.page, {"opinion": worst.opinion.value})
    return OpinionRead(worst.opinion, (refused, *worst.findings), worst.page)


_ORDER: Final = (*MODIFIED, *EXPLAINED, Opinion.UNCLEAR, Opinion.STANDARD)


def _opinion_of(report: Report, pages: Sequence[PageText], marks: Marks) -> OpinionRead:
    proofs = {kind: next(_proofs(report, marks, kind), None) for kind in (*MODIFIED, *EXPLAINED)}
    strong = [kind for kind in MODIFIED if proofs[kind]]
    if len(strong) > 1:
        page = proofs[strong[0]]
        return OpinionRead(Opinion.UNCLEAR, (ask_finding("opinion_conflict", page, kinds=", ".join(strong)),), page)
    for kind in (*strong, *EXPLAINED):
        if proofs[kind]:
            return OpinionRead(kind, (), proofs[kind])
    doubts = tuple(_doubts(report, pages, marks))
    return OpinionRead(Opinion.UNCLEAR if doubts else Opinion.STANDARD, doubts, next(_unmodified(report, marks), None))


def _proofs(report: Report, marks: Marks, kind: Opinion) -> Iterator[int]:
    """Pages with headings and phrases of one kind; within the boilerplate only what no template holds counts."""
    yield from (row.line.page for row in report.headings if row.heading == kind.value)
    places = [(report.body, marks.phrases[kind.value])]
    if kind is Opinion.EMPHASIS:
        places.append((report.boilerplate, marks.patterns("late")))
    for rows, patterns in places:
        text = "".join(row.text for row in rows)
        yield from (_page_at(rows, hit.start()) for pattern in patterns for hit in pattern.finditer(text))


def _page_at(rows: Sequence[Row], start: int) -> int:
    ends = list(accumulate(len(row.text) for row in rows))
    return rows[bisect_right(ends, start)].line.page


def _unmodified(report: Report, marks: Marks) -> Iterator[int]:
    text = report.text
    for pattern in marks.patterns("unmodified"):
        for hit in pattern.finditer(text):
            sentence = text[text.rfind("。", 0, hit.start()) + 1 : hit.end()]
            if not any(word in sentence for word in marks.lists["limiting"]):
                yield _page_at(report.body, hit.start())


def _doubts(report: Report, pages: Sequence[PageText], marks: Marks) -> Iterator[Finding]:
    text = report.text
    whole = "".join(row.text for row in (*report.body, *report.boilerplate))
    if next(_unmodified(report, marks), None) is None:
        yield ask_finding("opinion_not_found")
    for part in ("opening", "supported"):
        if not any(pattern.search(whole) for pattern in marks.patterns(part)):
            yield ask_finding("opinion_incomplete", part=part)
    kinds = Counter(row.heading for row in report.headings)
    if not kinds["opinion"] or kinds["boilerplate"] < RESPONSIBILITIES:
        yield ask_finding("opinion_incomplete", part="headings")
    # The older form of a report: the responsibilities first, the opinion last, no basis of its own.
    order = [row.heading for row in report.headings if row.heading in {"opinion", "boilerplate"}]
    older = order[-1:] == ["opinion"] and order[:1] == ["boilerplate"]
    if "basis" not in kinds and not older:
        yield ask_finding("opinion_incomplete", part="basis")
    if skipped := _skipped(report.headings):
        yield ask_finding("opinion_parts_missing", skipped[1].line.page, before=skipped[0].text, after=skipped[1].text)
    yield from _suspicions(text, marks)
    yield from _unread(report, pages)


def _skipped(headings: Sequence[Row]) -> tuple[Row, Row] | None:
    """Two neighbouring parts whose numbers do not follow each other: what stood between was not read."""
    numbered = [row for row in headings if row.number]
    if numbered and numbered[0].number != 1:
        return numbered[0], numbered[0]
    for one, other in pairwise(numbered):
        if (other.number or 0) != (one.number or 0) + 1:
            return one, other
    return None


def _suspicions(text: str, marks: Marks) -> Iterator[Finding]:
    """Words of the other opinions anywhere outside the boilerplate, a sign of them perhaps misread."""
    for pattern in marks.patterns("quoted"):
        if hit := pattern.search(text):
            yield ask_finding("opinion_quoted", words=hit.group()[:EXCERPT])
    rest = text
    for word in marks.lists["harmless"]:
        rest = rest.replace(word, "")
    for word in marks.lists["suspicious"]:
        if contains_word(rest, word):
            yield ask_finding("opinion_suspicious", words=word)


def _unread(report: Report, pages: Sequence[PageText]) -> Iterator[Finding]:
    """Rows that were hardly read, ink in which nothing was read, text that is not what is seen, missing pages."""
    if not report.body:
        return
    opened = [row for row in report.body if row.heading] or list(report.body)
    start = (opened[0].line.page, opened[0].line.box.top)
    spans: dict[int, tuple[float, float]] = {}
    for row in report.body:
        low, high = spans.get(row.line.page, (row.line.box.top, row.line.box.bottom))
        spans[row.line.page] = (min(low, row.line.box.top), max(high, row.line.box.bottom))
        inside = (row.line.page, row.line.box.top) >= start  # logos and covers may be hard to read
        if row.line.confidence < READABLE and inside:
            yield ask_finding("opinion_unsure", row.line.page, words=row.line.text[:EXCERPT])
    involved = {row.line.page for row in (*report.body, *report.boilerplate)}
    for page in pages:
        if page.number in spans and page.number >= opened[0].line.page:
            low, high = spans[page.number]
            if any(low < box.middle < high for box in page.unread):
                yield ask_finding("text_unread", page.number)
        if page.number in involved and page.layer is Layer.DIFFERS:
            yield ask_finding("text_layer_differs", page.number)
    first, last = min(involved), max(involved)
    for before, after in find_gaps(page_numbers(page for page in pages if first <= page.number <= last)):
        yield ask_finding("pages_missing", after.page, before=before.number, after=after.number)


FIELDS: Final = "materials.audit.fields"
BESIDE: Final = 24  # signs
STATEMENTS: Final = ("报表", "资产负债表", "截至", "至")
YEAR: Final = re.compile(r"20\d\d$")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `year` (the data year) and `name` (the enterprise), as far as they are known."""
    patterns = cast("Mapping[str, object]", book.value(FIELDS))
    opinion = read_opinion(pages, book)
    facts = Facts({"opinion": opinion.opinion.value}, [*opinion.findings, *check_page_order(pages)])
    rows = [row for page in pages for row in page.rows]
    for name, line, value in (
        ("firm", *_firm(rows, str(patterns["firm"]))),
        ("verification_code", *_code(rows, patterns)),
    ):
        if line is None:
            facts.ask("field_missing", field=name)
        else:
            facts.enter(name, value, line)
    _enter_year(facts, rows, cast("tuple[str, ...]", patterns["year"]), expected)
    _enter_date(facts, rows, opinion_patterns(book), asked_on)
    holder = expected.get("name")
    if holder and fold_name(holder) not in fold_name("".join(page.plain for page in pages)):
        facts.ask("name_not_found", name=holder)
    return facts


def _firm(rows: Sequence[Line], pattern: str) -> tuple[Line | None, str | None]:
    """The firm named most often, of those the longest name; what stands before it in the row is no part of it."""
    counts: Counter[str] = Counter()
    places: dict[str, Line] = {}
    for row in rows:
        for hit in re.finditer(pattern, row.plain):
            name = re.sub(r"^.*(委托|接受|聘请|由|:)(?=[\u4e00-\u9fff]{4,})", "", hit.group())
            counts[name] += 1
            if name not in places or row.confidence > places[name].confidence:
                places[name] = row
    if not counts:
        return None, None
    name = max(counts, key=lambda name: (counts[name], len(name)))
    name = max((one for one in counts if one.startswith(name)), key=len)
    return places[name], name


def _code(rows: Sequence[Line], patterns: Mapping[str, object]) -> tuple[Line | None, str | None]:
    """The code behind one of its labels, in the same row or at the beginning of the next."""
    shape = re.compile(str(patterns["code_shape"]))
    for pattern in cast("tuple[str, ...]", patterns["code"]):
        for number, row in enumerate(rows):
            if not (hit := re.search(pattern, row.plain)):
                continue
            rest = row.plain[hit.end() :]
            if code := shape.match(rest):
                return row, _undated(code)
            if not rest and number + 1 < len(rows) and (code := shape.match(rows[number + 1].plain)):
                return rows[number + 1], _undated(code)
    return None, None


def _undated(code: re.Match[str]) -> str:
    """A date that stands close behind the code in its row is no part of it."""
    dated = code.string[code.end() :].startswith("年")
    return YEAR.sub("", code.group()) if dated else code.group()


def _enter_year(facts: Facts, rows: Sequence[Line], patterns: Sequence[str], expected: Mapping[str, str]) -> None:
    text = "".join(row.plain for row in rows)
    votes = Counter(hit[1] for pattern in patterns for hit in re.finditer(pattern, text))
    ranked = votes.most_common(2)
    if not ranked:
        facts.ask("field_missing", field="year")
    elif len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        facts.ask("year_ambiguous", years=", ".join(sorted(year for year, _count in ranked)))
    else:
        year = ranked[0][0]
        facts.fields["year"] = int(year)
        if (expected_year := expected.get("year")) and year != expected_year:
            facts.stop("year_differs", read=int(year), wanted=expected_year)


def _enter_date(facts: Facts, rows: Sequence[Line], marks: Marks, asked_on: date) -> None:
    """The report's date stands on a row of its own, beside or below the signatures."""
    past = False
    for row in rows:
        past = past or any(pattern.search(row.plain) for pattern in marks.patterns("opening"))
        dates = find_dates(row.plain)
        # Beside the date stand the place or the firm at most: no sentence, no statement.
        before = row.plain[: dates[-1].start] if past and dates and dates[-1].end == len(row.plain) else None
        if before is not None and len(before) <= BESIDE and not any(word in before for word in STATEMENTS):
            facts.fields["dated"] = dates[-1].day.isoformat()
            facts.check_dated(dates[-1].day, row.page, asked_on)
            return
    facts.ask("field_missing", field="dated")
