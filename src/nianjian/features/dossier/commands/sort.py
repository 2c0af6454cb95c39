"""``nianjian dossier sort DIR|FILE…``: which item each file seems to be, or the papers that lie in it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _


def configure(actions: Actions) -> None:
    """Name the options."""
    asked = actions.add("sort", _sort, _("propose which item each file is; nothing is kept, `dossier add` takes it in"))
    asked.add_argument("paths", type=Path, nargs="+", metavar="DIR|FILE", help=_("files, or folders of them"))


def _sort(args: argparse.Namespace) -> Answer:
    from nianjian.engines.kernel import clock
    from nianjian.engines.kernel.errors import NianjianError
    from nianjian.engines.paper.texts.errors import sentence
    from nianjian.engines.rules.rulebook import Rulebook
    from nianjian.features.dossier.arrivals.look import found_to_document, proposals

    rows: list[dict[str, Any]] = []
    day = clock.today()
    for path, found in proposals(args.paths, Rulebook.on(day), day):
        if isinstance(found, NianjianError):
            fault = {"code": found.code, "message": sentence(found.code, found.values, _)}
            rows.append(
                {
                    "file": str(path),
                    "item": None,
                    "sure": False,
                    "guesses": [],
                    "pages": 0,
                    "papers": [],
                    "fault": fault,
                }
            )
        else:
            rows.append({"file": str(path), **found_to_document(found), "fault": None})
    sure = all(one["sure"] for one in rows)

    def show(console: Console) -> None:
        from nianjian.engines.paper.texts.dossier.words import ITEMS
        from nianjian.engines.paper.texts.plain import plain
        from nianjian.features.dossier.arrivals.ranges import spoken
        from nianjian.platform.terminal import table

        def named(item: object) -> str:
            return _(ITEMS[str(item)]) if item else _("not recognised")

        def said(one: Mapping[str, Any]) -> str:
            parts = [f"{spoken(part['first'], part['last'])} {named(part['item'])}" for part in one["papers"]]
            return _(", ").join(parts) or named(one["item"])

        header = (_("file"), _("item"), _("certainty"))
        body = [
            (
                plain(str(one["file"])),
                said(one),
                _("high") if one["sure"] else _("low"),
            )
            for one in rows
        ]
        table.rows(console, header, body)

    return Answer({"files": rows, "sure": sure}, show, DONE if sure and rows else NO)
