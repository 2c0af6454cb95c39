"""``nianjian dossier build --season Y --output DIR``: both editions of what was confirmed, under one manifest."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """Name the options."""
    built = actions.add("build", _build, _("bind what was confirmed into both editions, with their manifest"))
    enterprise(built, required=False)
    year(built)
    on_day(built, "--on", _("as for a package handed in on this day instead of today"))
    built.add_argument(
        "--seal-pictures", action="store_true", help=_("a draft that bears the approved pictures of seals")
    )
    built.add_argument("--output", "-o", type=Path, required=True, metavar="DIR", help=_("a new or empty folder"))


def _build(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.paper.texts.dossier.sealing import NO_SEAL
    from nianjian.engines.paper.texts.dossier.words import ITEMS, STATES
    from nianjian.engines.paper.texts.plain import plain
    from nianjian.features.dossier.operations.build import build, built_to_document
    from nianjian.features.rectification.operations import default_enterprise
    from nianjian.platform.terminal import table

    code = default_enterprise(args.enterprise)
    made = build(
        enterprise=code, year=args.year, folder=args.output, actor=actor, on=args.on,
        pictures=args.seal_pictures,
    )  # fmt: skip
    data = {"enterprise": code, "season": args.year, **built_to_document(made)}

    def show(console: Console) -> None:
        header = (_("file"), _("pages"), _("bytes"))
        table.rows(console, header, [(plain(one["path"]), one["pages"], one["bytes"]) for one in made.files])
        console.print(_("Manifest {digest}").format(digest=made.digest), highlight=False)
        if made.pictures:
            text = _("Pictures of seals on it: {count}; it is a draft.")
            console.print(f"{text.format(count=made.pictures)} {_(NO_SEAL)}", style="yellow")
        if made.missing:
            console.print(_("A draft, marked as such on every page; not in it:"), style="yellow")
        for item, state in made.missing:
            why = _("an OFD file cannot be bound; add a PDF of it") if item in made.unbound else _(STATES[state])
            console.print(f"  {_(ITEMS[item])}: {why}", markup=False)

    return Answer(data, show, NO if made.draft else DONE)
