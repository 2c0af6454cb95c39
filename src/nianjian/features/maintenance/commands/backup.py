"""``nianjian backup``: one consistent archive, and the keys in a second file."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import common
from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """The archive, and ``--keys``."""
    common(parser, run)
    parser.add_argument("out", type=Path, metavar="OUT", help=_("the archive to write, or a folder for it"))
    parser.add_argument(
        "--keys", type=Path, metavar="FILE", help=_("copy the key file too; keep it away from the archive")
    )


def waiting(code: str) -> None:
    """Say on stderr what the command waits for."""
    text = _("{enterprise}: its data is being written; waiting until that is done.")
    stderr().print(text.format(enterprise=code), markup=False, highlight=False)


def run(args: argparse.Namespace) -> Answer:
    """Write it."""
    actor = begin(args)
    from nianjian.features.maintenance.operations.backup import backup

    made = backup(out=args.out, keys=args.keys, actor=actor, waiting=waiting)
    data = {
        "archive": str(made.archive),
        "keys": None if made.keys is None else str(made.keys),
        "keys_inside": False,
        "sha256": made.sha256,
        "size": made.size,
        "files": made.files,
        "enterprises": made.enterprises,
        "audit_entries": made.audit_entries,
    }

    def show(console: Console) -> None:
        text = _("{archive} written: {files} files, {enterprises} enterprises, {size} MiB.")
        console.print(text.format(**{**data, "size": f"{made.size / (1 << 20):.1f}"}), highlight=False)
        if made.keys is None:
            console.print(_("The archive holds no keys: without a copy of the key file it cannot be read."))
        else:
            console.print(_("Keys copied to {keys}; keep them apart from the archive.").format(keys=made.keys))

    return Answer(data, show)
