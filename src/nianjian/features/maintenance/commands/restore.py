"""``nianjian restore``: a backup in the place of the home."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.console import steps
from nianjian.platform.terminal.language import _


def configure(parser: argparse.ArgumentParser) -> None:
    """The archive, ``--replace`` and ``--keys``; the local operator's act, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    parser.add_argument("file", type=Path, metavar="FILE", help=_("the archive"))
    parser.add_argument(
        "--replace", action="store_true", help=_("restore over a used home; what is there is put aside and kept")
    )
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help=_("the copied key file, where NIANJIAN_KEYS is not there any more")
    )
    parser.set_defaults(act=run)


def run(args: argparse.Namespace) -> Answer:
    """Restore it."""
    from nianjian.features.maintenance.operations.restore import restore

    with steps(_("checking"), quiet=args.json) as report:
        done = restore(file=args.file, replace=args.replace, keys=args.keys, progress=report)
    data = {"home": str(done.home), "aside": [str(path) for path in done.aside], **done.told}

    def show(console: Console) -> None:
        text = _("Restored as of {made_at}: {enterprises} enterprises, {audit_entries} audit entries, the chain holds.")
        console.print(text.format(**data), highlight=False)
        if done.told["migrated"]:
            console.print(_("The tables were brought to this version."))
        lost = _("The gate's list {kind} of {enterprise} was not in the backup; build it again from {file}.")
        for one in done.told["gate"]["lists_missing"]:
            console.print(lost.format(**one), style="yellow", highlight=False)
        for path in done.aside:
            console.print(_("What was there before is kept in {folder}.").format(folder=path), highlight=False)

    return Answer(data, show)
