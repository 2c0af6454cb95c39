"""审计报告: opinion, firm, year, verification code and date of the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, cast

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.finding import Finding
from nianjian.features.dossier.reading.opinion import opinion
from nianjian.features.dossier.reading.page_numbers import order
from nianjian.features.dossier.reading.text.dates import Found, dates
from nianjian.features.dossier.reading.text.lines import Line, PageText
from nianjian.features.dossier.reading.text.names import folded
from nianjian.features.dossier.reading.text.report import marks
from nianjian.features.dossier.reading.text.result import Evidence, Facts, ask, stop, to_evidence, unsure

FIELDS: Final = "materials.audit.fields"
BESIDE: Final = 24  # signs
YEAR: Final = re.compile(r"20\d\d$")


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """``expected``: `year` (the data year) and `name` (the enterprise), as far as they are known."""
    patterns = cast("Mapping[str, object]", book.value(FIELDS))
    found = opinion(pages, book)
    fields: dict[str, object] = {"opinion": found.opinion.value}
    findings = [*found.findings, *order(pages)]
    evidence = [*found.evidence]
    rows = [row for page in pages for row in page.rows]
    for name, line, value in (
        ("firm", *_firm(rows, str(patterns["firm"]))),
        ("verification_code", *_code(rows, patterns)),
    ):
        if line is None or value is None:
            findings.append(ask("field_missing", field=name))
            continue
        fields[name] = value
        evidence.append(to_evidence(name, line))
        findings += unsure(name, line)
    _year(rows, patterns, expected, fields, findings)
    _dated(rows, book, asked_on, fields=fields, evidence=evidence, findings=findings)
    holder = expected.get("name")
    if holder and folded(holder) not in folded("".join(page.plain for page in pages)):
        findings.append(ask("name_not_found", name=holder))
    return Facts(fields, tuple(findings), tuple(evidence))


def _firm(rows: Sequence[Line], pattern: str) -> tuple[Line | None, str | None]:
    """The firm named most often, of those the longest name; what stands before it in the row is no part of it."""
    found: Counter[str] = Counter()
    places: dict[str, Line] = {}
    for row in rows:
        for hit in re.finditer(pattern, row.plain):
            name = re.sub(r"^.*(委托|接受|聘请|由|:)(?=[\u4e00-\u9fff]{4,})", "", hit.group())
            found[name] += 1
            if name not in places or row.confidence > places[name].confidence:
                places[name] = row
    if not found:
        return None, None
    most = max(found.values())
    name = max((one for one, count in found.items() if count == most), key=len)
    longer = [one for one in found if one.startswith(name)]
    name = max(longer, key=len)
    return places[name], name


def _code(rows: Sequence[Line], patterns: Mapping[str, object]) -> tuple[Line | None, str | None]:
    """The code behind one of its labels, in the same row or at the beginning of the next."""
    shape = re.compile(str(patterns["code_shape"]))
    for pattern in cast("tuple[str, ...]", patterns["code"]):
        for number, row in enumerate(rows):
            if not (hit := re.search(pattern, row.plain)):
                continue
            behind = row.plain[hit.end() :]
            if code := shape.match(behind):
                return row, _undated(code)
            if not behind and number + 1 < len(rows) and (code := shape.match(rows[number + 1].plain)):
                return rows[number + 1], _undated(code)
    return None, None


def _undated(code: re.Match[str]) -> str:
    """A date that stands close behind the code in its row is no part of it."""
    dated = code.string[code.end() :].startswith("年")
    return YEAR.sub("", code.group()) if dated else code.group()


def _year(
    rows: Sequence[Line],
    patterns: Mapping[str, object],
    expected: Mapping[str, str],
    fields: dict[str, object],
    findings: list[Finding],
) -> None:
    text = "".join(row.plain for row in rows)
    votes = Counter(
        hit.group(1) for pattern in cast("tuple[str, ...]", patterns["year"]) for hit in re.finditer(pattern, text)
    )
    ranked = votes.most_common(2)
    if not ranked:
        findings.append(ask("field_missing", field="year"))
        return
    if len(ranked) > 1 and ranked[0][1] == ranked[1][1]:
        findings.append(ask("year_ambiguous", years=", ".join(sorted(year for year, _count in ranked))))
        return
    fields["year"] = int(ranked[0][0])
    if (wanted := expected.get("year")) and str(fields["year"]) != wanted:
        findings.append(stop("year_differs", read=fields["year"], wanted=wanted))


def _alone(text: str, found: Found) -> bool:
    """Beside the date stand the place or the firm at most: no sentence, no statement."""
    beside = text[: found.start] + text[found.end :]
    return len(beside) <= BESIDE and not any(word in beside for word in ("报表", "资产负债表", "截至", "至"))


def _dated(
    rows: Sequence[Line],
    book: Rulebook,
    asked_on: date,
    *,
    fields: dict[str, object],
    evidence: list[Evidence],
    findings: list[Finding],
) -> None:
    """The report's date stands on a row of its own, beside or below the signatures."""
    known = marks(book)
    past = False
    for row in rows:
        past = past or any(pattern.search(row.plain) for pattern in known.patterns("opening"))
        found = dates(row.plain)
        if past and found and row.plain[found[-1].end :] == "" and _alone(row.plain, found[-1]):
            fields["dated"] = found[-1].day.isoformat()
            evidence.append(to_evidence("dated", row))
            if found[-1].day > asked_on:
                findings.append(stop("dated_later", row.page, dated=fields["dated"], asked_on=asked_on.isoformat()))
            return
    findings.append(ask("field_missing", field="dated"))
