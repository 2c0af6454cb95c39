"""``nianjian dossier fill-in --season Y``: every field of the licence report or the code-number report."""

from __future__ import annotations

import argparse
from pathlib import Path

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """Name the options."""
    made = actions.add(
        "fill-in", _fill_in, _("every field of a yearly report with its value, its source and what differs")
    )
    enterprise(made, required=False)
    year(made)
    made.add_argument(
        "--report", default="licence", metavar="R", help=_("licence (default) or code-number: which of the two reports")
    )
    made.add_argument("--full", action="store_true", help=_("personal values in full; it is recorded"))
    made.add_argument(
        "--output", "-o", type=Path, metavar="DIR", help=_("write PDF and xlsx, personal values in full, into it")
    )


def _fill_in(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import fill_in
    from nianjian.features.dossier.terminal.fill_in import plain, present_sheet
    from nianjian.features.rectification.operations import default_enterprise

    where = {
        "enterprise": default_enterprise(args.enterprise),
        "year": args.year,
        "report": fill_in.report(args.report),
    }
    row = fill_in.make(**where, actor=actor)
    told = fill_in.revealed(**where, actor=actor) if args.full else fill_in.sheet_to_document(row, full=False)
    files = [] if args.output is None else fill_in.write_sheet_files(**where, folder=args.output, actor=actor)
    return Answer({**plain(told), "files": [str(path) for path in files]}, present_sheet(told, files))
