"""``nianjian keys``: the keys that seal personal data and files."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.console import steps
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """List and rotate."""
    actions = Actions(parser)
    actions.add("list", _list, _("list the keys and how much each of them seals"))
    rotate = actions.add("rotate", _rotate, _("make a new key and seal everything anew with it"))
    rotate.epilog = _(
        "Interrupted, it is finished by the next call. Old keys stay in the key file: older backups need them."
        " Back up the key file again afterwards."
    )


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people.keys import list_keys

    found = [asdict(one) for one in list_keys(actor=actor)]

    def show(console: Console) -> None:
        states = {(True, True): _("active, rotation unfinished"), (True, False): _("active")}
        header = (_("key id"), _("state"), _("values"), _("files"))
        body = [
            (one["id"], states.get((one["active"], one["rotating"]), ""), one["values"], one["files"]) for one in found
        ]
        table.rows(console, header, body)

    return Answer({"keys": found}, show)


def _rotate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.people.keys import rotate_keys

    with steps(_("sealing anew"), quiet=args.json) as report:
        done = asdict(rotate_keys(actor=actor, progress=report))
    text = _("Key {key} is active; {rows} rows and {files} files are sealed with it. Back up the key file again.")
    return Answer(done, lambda console: console.print(text.format(**done)))
