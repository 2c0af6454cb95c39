"""Words and figures of the data pages: jobs, batches, files, reasons."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from nianjian.engines.paper.texts.errors import translate_value
from nianjian.engines.paper.words import words
from nianjian.features.calls.documents import sum_row_counts
from nianjian.platform.registers.batches import BatchValue, File
from nianjian.platform.web.days import format_day, format_moment, zone_text
from nianjian.platform.web.language import current
from nianjian.platform.web.tables import Cell, Column, Table
from nianjian.platform.web.work import person, reason, source

BATCH_BADGES: Final = {"active": "good", "undone": "plain", "replaced": "plain"}
REASONS: Final = 50  # lines that a page shows
DAY: Final = timedelta(days=1)
FIGURES: Final = ("read", "loaded", "duplicate", "rejected")


def batch_table(batches: Sequence[BatchValue], code: str) -> Table:
    """Batches by the names of their files, each with its page."""
    rows = []
    for one in batches:
        sums = sum_row_counts([file.receipt for file in one.files])
        rows.append(
            [
                Cell(
                    _shorten([file.name for file in one.files]) or one.id,
                    href=reverse("data-batch", args=[code, one.id]),
                ),
                batch_state(one),
                Cell(one.id, tone="soft"),
                *(Cell(f"{getattr(sums, name):,}", figure=True) for name in FIGURES),
                Cell(person(one.created_by)),
                Cell(format_moment(one.created)),
            ]
        )
    first, last = (_("file names"), _("state"), _("batch")), (_("who"), _("imported"))
    figures = [Column(name, figure=True) for name in (_("read"), _("loaded"), _("duplicate"), _("rejected"))]
    return Table(_("Batches of call records"), [*map(Column, first), *figures, *map(Column, last)], rows, cards=True)


def batch_state(batch: BatchValue) -> Cell:
    """State of a batch as a badge; of one in force also how many rows were not accepted."""
    refused = sum_row_counts([file.receipt for file in batch.files]).rejected
    if batch.state == "active" and refused:
        return Cell(_("{n} rows not accepted").format(n=f"{refused:,}"), badge="warn")
    return Cell(str(translate_value("state", batch.state, words(current()))), badge=BATCH_BADGES[batch.state])


def source_table(receipts: Sequence[Mapping[str, Any]]) -> Table:
    """The sources of call records: the day of the newest call, and the rows of their newest files."""
    of: dict[str, list[Mapping[str, Any]]] = {}
    for receipt in receipts:
        of.setdefault(receipt["source"], []).append(receipt)
    rows = []
    for name, files in sorted(of.items(), key=lambda item: -sum(file["rows"]["loaded"] for file in item[1])):
        sums, days = sum_row_counts(files), [day for file in files for day in file["days"]]
        last = format_day(date.fromisoformat(max(days))) if days else _("unproven")
        figures = (len(files), sums.loaded, sums.duplicate, sums.rejected)
        rows.append([Cell(source(name)), Cell(last, day=True), *(Cell(f"{one:,}", figure=True) for one in figures)])
    heads = [Column(_("source")), Column(_("last call"))]
    names = (_("files"), _("loaded"), _("duplicate"), _("rejected"))
    return Table(_("Sources"), [*heads, *(Column(name, figure=True) for name in names)], rows, cards=True)


def rejected_table(files: Sequence[tuple[str, File]], code: str) -> Table | None:
    """Why rows were not accepted, by reason and batch; None: every row was."""
    counted: Counter[tuple[str, str]] = Counter()
    names: dict[str, list[str]] = {}
    for batch, file in files:
        receipt: Mapping[str, Any] = file.receipt
        names.setdefault(batch, []).append(file.name)
        for reason_code, count in receipt["reasons"].items():
            counted[reason_code, batch] += count
    rows = [
        [
            Cell(reason(reason_code)),
            Cell(f"{count:,}", figure=True),
            Cell(_shorten(names[batch]), href=reverse("data-batch", args=[code, batch])),
        ]
        for (reason_code, batch), count in counted.most_common(REASONS)
    ]
    heads = [Column(_("reason and remedy")), Column(_("rows"), figure=True), Column(_("file names"))]
    return Table(_("Rows not accepted"), heads, rows, wrap=True, cards=True) if rows else None


ANY: Final = "\0"  # stands for the names of the files for which a sentence is the same


def warning_table(files: Sequence[tuple[str, File]], code: str) -> Table | None:
    """Each thing that was assumed, with its files, the newest of which leads to its batch; None: nothing was."""
    alike = defaultdict[str, list[tuple[str, str]]](list)
    for batch, file in files:
        for line in warnings([{**file.receipt, "name": ANY}]):
            alike[line].append((batch, file.name))
    rows = [
        [
            Cell(line.replace(ANY, _shorten([name for _batch, name in pairs]))),
            Cell(f"{len(pairs):,}", figure=True),
            Cell(pairs[0][1], href=reverse("data-batch", args=[code, pairs[0][0]])),
        ]
        for line, pairs in alike.items()
    ]
    heads = [Column(_("what was assumed")), Column(_("files"), figure=True), Column(_("file"))]
    return Table(_("Data quality"), heads, rows[:REASONS], wrap=True, cards=True) if rows else None


def list_missing_days(receipts: Sequence[Mapping[str, Any]]) -> list[str]:
    """Spans of days between the first and the last call on which no file has one."""
    days = sorted({date.fromisoformat(day) for receipt in receipts for day in receipt["days"]})
    spans = [(before + DAY, after - DAY) for before, after in pairwise(days) if after - before > DAY]
    return [
        format_day(first) if first == last else f"{format_day(first)} – {format_day(last)}" for first, last in spans
    ]


def _shorten(names: Sequence[str]) -> str:
    if len(names) <= 2:  # noqa: PLR2004 -- a pair is still short
        return ", ".join(names)
    return _("{name} and {more} more").format(name=names[0], more=len(names) - 1)


def file_table(receipts: Sequence[Mapping[str, Any]]) -> Table:
    """Files as their receipts tell them."""
    rows = [
        [
            *map(Cell, (one["name"], source(one["source"]), one["encoding"], zone_text(one["timezone"]))),
            *(Cell(f"{one['rows'][name]:,}", figure=True) for name in FIGURES),
            Cell(" – ".join(dict.fromkeys([*one["days"][:1], *one["days"][-1:]]))),
        ]
        for one in receipts
    ]
    columns = [
        Column(_("file"), brief="start"), Column(_("source"), brief="end"), Column(_("encoding")),
        Column(_("time zone")), Column(_("read"), figure=True),
        Column(_("loaded"), figure=True, brief="start", named=True), Column(_("duplicate"), figure=True),
        Column(_("rejected"), figure=True, brief="end", named=True),
        Column(_("days")),
    ]  # fmt: skip
    return Table(_("Files"), columns, rows, form="many")


def reasons(receipts: Sequence[Mapping[str, Any]]) -> Table:
    """Why rows were rejected, the most frequent reason first."""
    counted: Counter[str] = Counter()
    for one in receipts:
        counted.update(one["reasons"])
    rows = [
        [Cell(reason(code)), Cell(f"{count:,}", figure=True)]
        for code, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    ]
    return Table(_("Reasons"), [Column(_("reason")), Column(_("rows"), figure=True)], rows, wrap=True)


def warnings(receipts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was assumed, file by file: it moves figures, so it is said."""
    lines = []
    for one in receipts:
        name, odd = one["name"], ", ".join(one.get("unknown_results", ()))
        if one["timezone_assumed"]:
            text = _("{file}: the timestamps carry no time zone; {timezone} was assumed.")
            lines.append(text.format(file=name, timezone=zone_text(one["timezone"])))
        if one["truncated"]:
            lines.append(_("{file}: truncated; the complete rows before the break are imported.").format(file=name))
        if "display_from_caller" in one["warnings"]:
            text = _(
                "{file}: no column contains the displayed number; the caller was used instead, with low confidence."
            )
            lines.append(text.format(file=name))
        if odd:
            text = _("{file}: the results {words} are not known values; such calls count as not answered.")
            lines.append(text.format(file=name, words=odd))
        if count := one.get("unknown_answers", 0):
            text = _(
                "{file}: for {count} calls it is unknown whether they were answered (no answer time, result "
                "or talk time); they are not counted as answered. Name the column in a mapping file."
            )
            lines.append(text.format(file=name, count=f"{count:,}"))
    return lines
