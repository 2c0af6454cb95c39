"""``nianjian dossier generate ITEM|all --season Y [--output DIR]``: items that the firm's own records make."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """Name the options."""
    made = actions.add(
        "generate", _generate, _("make items from registers, calls and the newest portrait, and compare their sums")
    )
    made.add_argument(
        "items",
        nargs="+",
        metavar="ITEM",
        help=_("the item's name, for example seat_table; all: every one that is due"),
    )
    enterprise(made, required=False)
    year(made)
    made.add_argument(
        "--output", "-o", type=Path, metavar="DIR",
        help=_("write PDF and xlsx into this folder; without it the PDF becomes a version of the checklist"),
    )  # fmt: skip
    made.add_argument(
        "--replace", action="store_true", help=_("also in place of an uploaded file that nobody has confirmed yet")
    )


def _generate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.paper import dossier as texts
    from nianjian.engines.paper.texts.dossier.words import ITEMS, VERDICTS
    from nianjian.engines.paper.texts.plain import plain
    from nianjian.features.dossier.finding import Verdict
    from nianjian.features.dossier.operations.generate import generate, generated_to_document
    from nianjian.features.rectification.operations import default_enterprise

    code = default_enterprise(args.enterprise)
    made = generate(
        enterprise=code, year=args.year, items=args.items, folder=args.output, actor=actor, replace=args.replace
    )
    data = {"enterprise": code, "season": args.year, "items": [generated_to_document(one) for one in made]}

    def show(console: Console) -> None:
        for one in made:
            name = _(ITEMS[one.item]) if one.item in ITEMS else _("Self-check report")
            if one.confirmed:
                console.print(_("{item}: confirmed already, left as it is").format(item=name), markup=False)
                continue
            if one.waits:
                text = _("{item}: version {version} was uploaded and waits for a person; --replace sets one above it")
                console.print(text.format(item=name, version=one.version), style="yellow", markup=False)
                continue
            console.print(f"{name}: {_(VERDICTS[one.verdict.value])}", style="bold", markup=False)
            for finding in one.findings:
                console.print(f"  {texts.finding(finding.code, finding.values, _)}", markup=False, highlight=False)
            for path in one.files:
                console.print(f"  {plain(str(path))}", markup=False, highlight=False)

    bad = any(one.verdict is Verdict.NOT_READY or one.waits for one in made)
    return Answer(data, show, NO if bad else DONE)
