"""The audit opinion by its wording. A report is standard only if everything says so and nothing else is in sight.

Asked in this order: paragraphs and headings of the modified opinions (a qualified report holds the unmodified wording
too), going concern, emphasis; then what a standard report must have. Missing, unread or suspicious is `unclear`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.page_numbers import gaps
from nianjian.features.dossier.reading.text.lines import Layer, PageText
from nianjian.features.dossier.reading.text.report import Marks, Report, Row, holds, marks, reports
from nianjian.features.dossier.reading.text.result import Evidence, ask, stop, to_evidence


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
    """The opinion, why, and what a person must look at."""

    opinion: Opinion
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()


def opinion(pages: Sequence[PageText], book: Rulebook) -> OpinionRead:
    """The opinion of the report; of several reports in one file the worst."""
    known = marks(book)
    passing = {str(one) for one in book.items("materials.audit.opinions_passing")}
    told = [_of_one(report, pages, known) for report in reports(pages, known)]
    if not told:
        return OpinionRead(Opinion.UNCLEAR, (ask("opinion_not_found"),))
    worst = min(told, key=lambda one: _ORDER.index(one.opinion))
    if worst.opinion is Opinion.UNCLEAR or worst.opinion.value in passing:
        return worst
    page = worst.evidence[0].page if worst.evidence else None
    refused = stop("opinion_not_passing", page, opinion=worst.opinion.value)
    return OpinionRead(worst.opinion, (refused, *worst.findings), worst.evidence)


_ORDER: Final = (*MODIFIED, *EXPLAINED, Opinion.UNCLEAR, Opinion.STANDARD)


def _of_one(report: Report, pages: Sequence[PageText], known: Marks) -> OpinionRead:
    proofs = {kind: list(_proofs(report, known, kind)) for kind in (*MODIFIED, *EXPLAINED)}
    strong = [kind for kind in MODIFIED if proofs[kind]]
    if len(strong) > 1:
        evidence = tuple(one for kind in strong for one in proofs[kind])
        conflict = ask("opinion_conflict", evidence[0].page, kinds=", ".join(strong))
        return OpinionRead(Opinion.UNCLEAR, (conflict,), evidence)
    for kind in (*strong, *EXPLAINED):
        if proofs[kind]:
            return OpinionRead(kind, (), tuple(proofs[kind]))
    doubts = tuple(_doubts(report, pages, known))
    proof = tuple(_unmodified(report, known))
    return OpinionRead(Opinion.UNCLEAR if doubts else Opinion.STANDARD, doubts, proof)


def _proofs(report: Report, known: Marks, kind: Opinion) -> Iterator[Evidence]:
    """Headings and phrases of one kind; within the boilerplate only what no template holds counts."""
    for row in report.headings:
        if row.heading == kind.value:
            yield to_evidence("opinion", row.line)
    places = [(report.body, known.phrases[kind.value])]
    if kind is Opinion.EMPHASIS:
        places.append((report.boilerplate, known.patterns("late")))
    for rows, patterns in places:
        text = "".join(row.text for row in rows)
        for pattern in patterns:
            for hit in pattern.finditer(text):
                yield _excerpt(rows, hit.start(), hit.group())


def _excerpt(rows: Sequence[Row], start: int, words: str) -> Evidence:
    """The phrase at the place of the row in which it begins."""
    passed = 0
    for row in rows:
        passed += len(row.text)
        if start < passed:
            break
    return Evidence("opinion", words[:EXCERPT], row.line.page, row.line.box, row.line.confidence)


def _unmodified(report: Report, known: Marks) -> Iterator[Evidence]:
    text = report.text
    for pattern in known.patterns("unmodified"):
        for hit in pattern.finditer(text):
            sentence = text[text.rfind("。", 0, hit.start()) + 1 : hit.end()]
            if not any(word in sentence for word in known.lists["limiting"]):
                yield _excerpt(report.body, hit.start(), hit.group())


def _doubts(report: Report, pages: Sequence[PageText], known: Marks) -> Iterator[Finding]:
    """All that keeps an unmodified report from being called standard."""
    text = report.text
    whole = "".join(row.text for row in (*report.body, *report.boilerplate))
    if not any(True for _one in _unmodified(report, known)):
        yield ask("opinion_not_found")
    for part in ("opening", "supported"):
        if not any(pattern.search(whole) for pattern in known.patterns(part)):
            yield ask("opinion_incomplete", part=part)
    kinds = Counter(row.heading for row in report.headings)
    if not kinds["opinion"] or kinds["boilerplate"] < RESPONSIBILITIES:
        yield ask("opinion_incomplete", part="headings")
    if "basis" not in kinds and not _older(report):
        yield ask("opinion_incomplete", part="basis")
    if skipped := _skipped(report.headings):
        yield ask("opinion_parts_missing", skipped[1].line.page, before=skipped[0].text, after=skipped[1].text)
    yield from _suspicions(text, known)
    yield from _unread(report, pages)


def _older(report: Report) -> bool:
    """The older form of a report: the responsibilities first, the opinion last, no basis of its own."""
    order = [row.heading for row in report.headings if row.heading in {"opinion", "boilerplate"}]
    return order[-1:] == ["opinion"] and order[:1] == ["boilerplate"]


def _skipped(headings: Sequence[Row]) -> tuple[Row, Row] | None:
    """Two neighbouring parts whose numbers do not follow each other: what stood between was not read."""
    numbered = [row for row in headings if row.number]
    if numbered and numbered[0].number != 1:
        return numbered[0], numbered[0]
    for one, other in pairwise(numbered):
        if (other.number or 0) != (one.number or 0) + 1:
            return one, other
    return None


def _suspicions(text: str, known: Marks) -> Iterator[Finding]:
    """Words of the other opinions anywhere outside the boilerplate, a sign of them perhaps misread."""
    for pattern in known.patterns("quoted"):
        if hit := pattern.search(text):
            yield ask("opinion_quoted", words=hit.group()[:EXCERPT])
    rest = text
    for word in known.lists["harmless"]:
        rest = rest.replace(word, "")
    for word in known.lists["suspicious"]:
        if holds(rest, word):
            yield ask("opinion_suspicious", words=word)


def _unread(report: Report, pages: Sequence[PageText]) -> Iterator[Finding]:
    """Rows that were hardly read, ink in which nothing was read, text that is not what is seen, missing pages."""
    if not report.body:
        return
    opened = [row for row in report.body if row.heading] or list(report.body)
    spans: dict[int, tuple[float, float]] = {}
    for row in report.body:
        low, high = spans.get(row.line.page, (row.line.box.top, row.line.box.bottom))
        spans[row.line.page] = (min(low, row.line.box.top), max(high, row.line.box.bottom))
        if row.line.confidence < READABLE and _matters(row, opened[0]):
            yield ask("opinion_unsure", row.line.page, words=row.line.text[:EXCERPT])
    involved = {row.line.page for row in (*report.body, *report.boilerplate)}
    for page in pages:
        if page.number in spans and page.number >= opened[0].line.page:
            low, high = spans[page.number]
            if any(low < box.middle < high for box in page.unread):
                yield ask("text_unread", page.number)
        if page.number in involved and page.layer is Layer.DIFFERS:
            yield ask("text_layer_differs", page.number)
    first, last = min(involved), max(involved)
    for before, after in gaps([page for page in pages if first <= page.number <= last]):
        yield ask("pages_missing", after.page, before=before.number, after=after.number)


def _matters(row: Row, first: Row) -> bool:
    """Whether the row stands at or behind the report's first heading: logos and covers may be hard to read."""
    return (row.line.page, row.line.box.top) >= (first.line.page, first.line.box.top)
