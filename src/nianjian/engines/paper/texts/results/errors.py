"""Sentences for kept portraits: runs, rows behind a figure, steps tried, files taken along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

TEXTS: Final[Mapping[str, str]] = {
    "portrait_missing": mark("{enterprise} has no portrait of {year} yet; run it first"),
    "portrait_run_unknown": mark("there is no run {run} of data year {year}"),
    "portrait_without_rules": mark("an older program kept this portrait without its rules; run it again"),
    "portrait_rows_unknown": mark("the portrait has no such figure of {metric}: {part}"),
    "portrait_row_unknown": mark("this row is not in the data of the portrait"),
    "rows_behind_erased": mark(
        "the rows of {table} behind this result are erased (rows erased on {day}); its figures stay"
    ),
    "rows_busy": mark("others are looking through the calls; try again in a moment (waited {seconds} seconds)"),
    "export_form_unknown": mark("there is no form {form}; there are {forms}"),
    "drawing_failed": mark("the page could not be drawn: {reason}"),
}
