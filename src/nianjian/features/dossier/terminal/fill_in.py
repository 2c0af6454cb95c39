"""The fill-in sheet on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.engines.paper.texts.dossier.fill_in import REPORTS, SOURCES, UNKNOWN
from nianjian.engines.paper.texts.plain import plain as text
from nianjian.engines.paper.words import CHINESE
from nianjian.features.dossier.fill_in.document import format_change
from nianjian.platform.terminal import table
from nianjian.platform.terminal.language import _, language

Told = Mapping[str, Any]


def plain(told: Told) -> dict[str, Any]:
    """As JSON: days and moments as text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}


def present_sheet(told: Told, files: Sequence[Path]) -> Callable[[Console], None]:
    """A line a field."""
    title = "title_zh" if language() == CHINESE else "title_en"
    header = (_("Code number"), _("Field"), _("Value"), _("Source"), _("Last year"), _("Change"))
    rows = [
        (one["number"] or None, one[title], one["value"] or _(UNKNOWN), _(SOURCES[one["source"]]), one["before"],
         format_change(one, _))
        for one in told["fields"]
    ]  # fmt: skip

    def show(console: Console) -> None:
        console.print(_(REPORTS[told["report"]]), style="bold", markup=False)
        table.rows(console, header, rows)
        counts = _("{unknown} fields are not known here; {over} changed by more than the limit.")
        console.print(counts.format(unknown=told["unknown"], over=told["over"]), markup=False, highlight=False)
        for path in files:
            console.print(f"  {text(str(path))}", markup=False, highlight=False)

    return show
