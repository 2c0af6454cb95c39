"""``nianjian dossier seal-plan --sheets N``: which sheets each stamp of the riding seal takes."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, number
from nianjian.platform.terminal.language import _


def configure(actions: Actions) -> None:
    """Name the options."""
    planned = actions.add("seal-plan", _plan, _("plan the riding seal over all sheets, so that every joint is covered"))
    planned.add_argument("--sheets", type=number, required=True, metavar="N", help=_("sheets of paper, not pages"))
    planned.add_argument("--duplex", action="store_true", help=_("printed on both sides: a sheet has two pages"))
    planned.add_argument(
        "--diameter", type=_millimetres, metavar="MM", help=_("the seal's diameter; without it as the rulebook has it")
    )


def _millimetres(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text)) from error
    if not value.is_finite():
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text))
    return value


def _plan(args: argparse.Namespace) -> Answer:
    from nianjian.engines.kernel import clock
    from nianjian.engines.rules.rulebook import Rulebook
    from nianjian.features.dossier.riding_seal import Rules, plan

    made = plan(args.sheets, Rules.of(Rulebook.on(clock.today()), args.diameter), duplex=args.duplex)
    stamps = [
        {
            "stamp": one.number,
            "first": one.first,
            "last": one.last,
            "sheets": one.sheets,
            "first_page": made.pages(one.first)[0],
            "last_page": made.pages(one.last)[-1],
            "sliver_mm": f"{one.sliver_mm:.2f}",
            "height": f"{float(one.height):g}",
        }
        for one in made.stamps
    ]
    data = {
        "sheets": made.sheets,
        "duplex": made.duplex,
        "diameter_mm": str(made.rules.diameter_mm),
        "least_sliver_mm": str(made.rules.sliver_mm),
        "sheets_a_stamp": made.rules.sheets,
        "joints": made.sheets - 1,
        "uncovered": list(made.uncovered()),
        "stamps": stamps,
    }

    def show(console: Console) -> None:
        if not stamps:
            console.print(_("One sheet: no riding seal."))
            return
        header = (_("Stamp"), _("Sheets"), _("Number of sheets"), _("pages"), _("Strip"), _("Centre from below"))
        body = [
            (
                one["stamp"], f"{one['first']}–{one['last']}", one["sheets"], f"{one['first_page']}–{one['last_page']}",
                f"{one['sliver_mm']} mm", f"{float(str(one['height'])):.0%}",
            )
            for one in stamps
        ]  # fmt: skip
        table.rows(console, header, body)

    return Answer(data, show)
