"""Scans of the notice beside an inspection day, and the note that the screens stand in the room."""

from __future__ import annotations

import argparse
from pathlib import Path

from nianjian.engines.kernel import files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.inspection.terminal import day as picture
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """``notice`` and ``screens``."""
    notice = actions.add(
        "notice", _notice, _("keep a scan of the notice beside an inspection day, fetch or remove one")
    )
    enterprise(notice)
    notice.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("the scan: PDF, JPEG, PNG, TIFF or OFD"))
    notice.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help=_("the day of the check"))
    notice.add_argument(
        "--fetch", type=number, metavar="N", help=_("write this scan to --out; the audit chain notes it")
    )
    notice.add_argument("--out", type=Path, metavar="FILE", help=_("write it there"))
    notice.add_argument("--remove", type=number, metavar="N", help=_("remove this scan"))
    seen = actions.add("screens", _screens, _("sign that both screens stand in the room with live data"))
    enterprise(seen)
    on_day(seen, "--seen-on", _("the day on which you looked; today if not given"))
    seen.add_argument("--missing", action="store_true", help=_("they do not both stand there with live data"))


def _notice(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day import scans

    of = {"enterprise": args.enterprise, "day": args.day, "actor": actor}
    if args.remove is not None:
        scans.remove(number=args.remove, **of)
        return Answer({"scan": args.remove, "removed": True}, picture.present_text(_("Removed.")))
    if args.fetch is not None:
        if args.out is None:
            raise _usage(_("name where to write it: --out FILE"))
        from nianjian.features.reconciliation.commands import write_private_file

        _name, _media, content = scans.fetch(number=args.fetch, **of)
        file = write_private_file(args.out, content)
        return Answer({"scan": args.fetch, "file": file}, picture.present_text(file))
    if args.file is None:
        raise _usage(_("name the scan"))
    told = scans.attach(name=args.file.name, content=files.content(args.file), **of)
    text = _("Scan {scan} is kept: {name}, SHA-256 {sha256}").format(**told)
    return Answer(told, picture.present_text(text))


def _screens(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day import screen_attestation

    told = screen_attestation.note(
        enterprise=args.enterprise, seen_on=args.seen_on, stand=not args.missing, actor=actor
    )
    text = _("Noted for {seen_on}, signed by {signed}.").format(**told)
    return Answer(told, picture.present_text(text), DONE if told["stand"] else NO)


def _usage(message: str) -> NianjianError:
    return NianjianError("usage", program="nianjian inspect notice", message=message)
