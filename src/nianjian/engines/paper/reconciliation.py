"""Paper of reconciliation: the correction sheet, and a picture of call sources by day."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from nianjian.engines.paper.charts import Chart, Point, Series
from nianjian.engines.paper.figures import count_text
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts.calls import source_name
from nianjian.engines.paper.texts.reconciliation import KINDS, LIKELY, REASONS, RESULTS, SORTS, STATES, VERDICTS
from nianjian.engines.paper.words import Words, words
from nianjian.engines.paper.workbook import open_workbook

MOST: Final = 120  # days of a picture: more cannot be told apart


def sources_chart(counts: Mapping[str, Any], _: Words) -> Chart | None:
    """The last `MOST` days; None where there is nothing to draw."""
    days = counts["by_day"][-MOST:]
    if not days:
        return None
    calls = [one["calls"] for one in days]
    series = tuple(
        Series(
            source_name(source, _), tuple(Point(counts.get(source), count_text(counts.get(source))) for counts in calls)
        )
        for source in sorted({source for counts in calls for source in counts})
    )
    steps = tuple(str(one["day"]) for one in days)
    return Chart("sources", _("Calls a day by source"), _("day"), steps, series)


WIDTH: Final = 18

Json = Mapping[str, Any]


def correction_workbook(run: Json, rows: Iterable[Json], headers: Mapping[str, str], language: str) -> bytes:
    """One line a field that differs, or a row that stands on one side only; ``headers``: field -> heading.

    The same rows give the same bytes.
    """
    _ = words(language)
    stream = io.BytesIO()
    book = open_workbook(stream, _("Correction sheet"))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    page, note = book.add_worksheet(_("Correction sheet")[:31]), book.add_worksheet(_("About this sheet")[:31])
    heads = (
        "种类", _("number or ID"), _("result"), _("field"), _("ours (to be filed)"), _("number-resource system"),
        _("likely cause"), _("state"), _("owner"), _("cause"), _("action"), _("changed on"), _("to be filed by"),
    )  # fmt: skip
    page.write_row(0, 0, heads, bold)
    page.set_column(0, len(heads) - 1, WIDTH)
    page.freeze_panes(1, 2)
    for line, cells in enumerate((cells for row in rows for cells in _lines(run, row, headers, _)), start=1):
        for place, text in enumerate(cells):
            page.write_string(line, place, text)
    for place, (label, text) in enumerate(_about(run, _)):
        note.write_string(place, 0, label, bold)
        note.write_string(place, 1, text)
    note.set_column(0, 1, 2 * WIDTH)
    book.close()
    return stream.getvalue()


def _lines(run: Json, row: Json, headers: Mapping[str, str], _: Words) -> Iterable[Sequence[str]]:
    likely = [_(LIKELY[row["likely"]])] if row["likely"] else []
    likely += [_(REASONS[one]) for one in row["reasons"]]
    due = row["due"] or ""
    last = f"{due} ({_('provisional')})" if due and row["provisional"] else due
    work = (actor_text(row["owner"], _), *(row[name] or "" for name in ("cause", "action", "changed_on")))
    tail = ("；".join(likely), _(STATES[row["state"]]), *work, last)
    front = (SORTS[run["kind"]], row["about"]["key"], _(RESULTS[row["result"]]))
    if not row["fields"]:
        yield (*front, "", "", "", *tail)
    for field, pair in row["fields"].items():
        yield (*front, headers.get(field, field), pair["ours"] or "", pair["theirs"] or "", *tail)


def _about(run: Json, _: Words) -> Iterable[tuple[str, str]]:
    yield _("enterprise"), run["enterprise"]
    yield _("what was compared"), _(KINDS[run["kind"]])
    yield _("as at"), run["as_of"]
    yield _("export"), run["file"] or ""
    yield _("reconciliation"), run["run"]
    yield _("outcome"), _(VERDICTS[run["verdict"]])
    for result, count in run["counts"].items():
        yield _(RESULTS[result]), str(count)
    yield _("note"), _("Personal data is masked; make corrections in the number-resource system itself.")
