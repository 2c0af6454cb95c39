"""``nianjian upgrade``: after a new version was installed."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.features.maintenance.commands.backup import waiting
from nianjian.features.maintenance.commands.doctor import lines, show
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.language import _


def configure(parser: argparse.ArgumentParser) -> None:
    """``--backup``; the local operator's act, so there is no ``--as``."""
    parser.add_argument("--json", action="store_true", help=_("print one JSON object and nothing else on stdout"))
    about = _("where the backup before it goes; without it the folder HOME-backups beside the home")
    parser.add_argument("--backup", type=Path, metavar="OUT", help=about)
    parser.set_defaults(act=run)


def run(args: argparse.Namespace) -> Answer:
    """Back up, migrate, examine; exit code 1 when a check fails."""
    from nianjian.platform.home import env, spill, wiring

    wiring.start()
    spill.shelter(env.read().home)
    from nianjian.features.maintenance.operations import watch
    from nianjian.features.maintenance.operations.upgrade import upgrade
    from nianjian.platform.accounts import query

    done = upgrade(out=args.backup or _beside(env.read().home), actor=query.actor(None), waiting=waiting)
    told, well = lines(done.findings), watch.healthy(done.findings)
    data = {
        "ok": well,
        "archive": None if done.archive is None else str(done.archive),
        "migrated": list(done.migrated),
        "checks": told,
    }

    def draw(console: Console) -> None:
        if not done.migrated:
            console.print(_("The tables are those of this version; nothing was to be done."))
        elif done.archive is not None:
            text = _("Backed up to {archive}; {count} migrations made.")
            console.print(text.format(archive=done.archive, count=len(done.migrated)), highlight=False)
        show(console, told)

    return Answer(data, draw, DONE if well else NO)


def _beside(home: Path) -> Path:
    folder = home.with_name(f"{home.name}-backups")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
