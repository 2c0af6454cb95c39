"""``nianjian dossier sort DIR|FILE…``: which item each file seems to be, by what stands on its first pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.cli.answer import DONE, NO, Answer
from nianjian.cli.arguments import Actions
from nianjian.cli.language import _


def configure(actions: Actions) -> None:
    """Name the options."""
    asked = actions.add("sort", _sort, _("propose which item each file is; nothing is kept, `dossier add` takes it in"))
    asked.add_argument("paths", type=Path, nargs="+", metavar="DIR|FILE", help=_("files, or folders of them"))


def _sort(args: argparse.Namespace) -> Answer:
    from nianjian.dossier.arrivals.look import proposals
    from nianjian.dossier.arrivals.recognise import told
    from nianjian.kernel import clock
    from nianjian.kernel.errors import NianjianError
    from nianjian.paper.texts.errors import sentence
    from nianjian.rules.rulebook import Rulebook

    rows: list[dict[str, object]] = []
    day = clock.today()
    for path, found in proposals(args.paths, Rulebook.on(day), day):
        if isinstance(found, NianjianError):
            fault = {"code": found.code, "message": sentence(found.code, found.values, _)}
            rows.append({"file": str(path), "item": None, "sure": False, "guesses": [], "fault": fault})
        else:
            rows.append({"file": str(path), **told(found), "fault": None})
    sure = all(one["sure"] for one in rows)

    def show(console: Console) -> None:
        from nianjian.cli.terminal import table
        from nianjian.paper.texts.dossier.words import ITEMS
        from nianjian.paper.texts.plain import plain

        header = (_("file"), _("item"), _("certainty"))
        body = [
            (
                plain(str(one["file"])),
                _(ITEMS[str(one["item"])]) if one["item"] else _("not recognised"),
                _("high") if one["sure"] else _("low"),
            )
            for one in rows
        ]
        table.rows(console, header, body)

    return Answer({"files": rows, "sure": sure}, show, DONE if sure and rows else NO)
