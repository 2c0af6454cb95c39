"""``nianjian dossier seal-picture``: pictures of seals, for drafts and with two people's consent."""

from __future__ import annotations

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

MOST = 1000  # uses that the list shows


def configure(actions: Actions) -> None:
    """Name the options."""
    group = actions.group("seal-picture", _("pictures of seals: kept sealed, placed on drafts by two people's consent"))
    added = group.add("add", _add, _("keep the picture of a seal: its ground is made clear, no command gives it out"))
    enterprise(added, required=False)
    added.add_argument("file", type=Path, metavar="FILE", help=_("PNG or JPEG of one print on light paper"))
    _kind(added)
    added.add_argument("--width-mm", type=_mm, required=True, metavar="MM", help=_("how wide the seal is on paper"))
    withdrawn = group.add("withdraw", _withdraw, _("take a picture out of use and delete it"))
    enterprise(withdrawn, required=False)
    _kind(withdrawn)
    listed = group.add("list", _list, _("pictures, and the uses that were asked for in a season"))
    enterprise(listed, required=False)
    year(listed)
    used = group.add("use", _use, _("ask to print a seal's picture on one page of an item's newest version"))
    enterprise(used, required=False)
    year(used)
    _kind(used)
    used.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))
    used.add_argument("--mark", default="", metavar="MARK", help=_("cover_seal, copy_seal or further_seal"))
    used.add_argument("--page", type=number, default=1, metavar="N", help=_("page of the document, from 1"))
    used.add_argument("--x-mm", type=_mm, metavar="MM", help=_("the print's centre from the left edge"))
    used.add_argument("--y-mm", type=_mm, metavar="MM", help=_("the print's centre from the lower edge"))
    used.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))


def _kind(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind", required=True, metavar="KIND", help=_("official_seal, finance_seal or legal_person_seal")
    )


def _mm(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(_("“{value}” is no length in mm").format(value=text)) from error


def _where(args: argparse.Namespace) -> str:
    from nianjian.features.rectification.operations import default_enterprise

    return default_enterprise(args.enterprise)


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import pictures
    from nianjian.features.dossier.terminal.sealing import picture_kept

    try:
        content = args.file.read_bytes()
    except OSError as fault:
        raise NianjianError("file_missing", file=str(args.file)) from fault
    made = pictures.add(
        enterprise=_where(args), kind=args.kind, name=args.file.name, content=content, width_mm=args.width_mm,
        actor=actor,
    )  # fmt: skip
    told = _plain(pictures.to_picture_document(made))
    return Answer(told, picture_kept(told))


def _withdraw(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import pictures
    from nianjian.features.dossier.terminal.sealing import withdrawn

    row = pictures.withdraw(enterprise=_where(args), kind=args.kind, actor=actor)
    return Answer({"kind": row.kind, "sha256": row.sha256, "withdrawn": True}, withdrawn(row.kind))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import law, pictures
    from nianjian.features.dossier.terminal.sealing import present_seals

    code = _where(args)
    data = {
        "pictures": [_plain(pictures.to_picture_document(one)) for one in pictures.pictures(code, actor)],
        "impressions": [
            _plain(pictures.to_impression_document(one)) for one in pictures.part(code, args.year, actor, 0, MOST)
        ],
        "law": law.citation(law.book(code)),
    }
    return Answer(data, present_seals(data))


def _use(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import pictures
    from nianjian.features.dossier.operations.sealing.pictures import PrintRequest

    wanted = PrintRequest(args.year, args.item, args.kind, args.reason, args.mark, args.page, args.x_mm, args.y_mm)
    asked = pictures.request_print(enterprise=_where(args), wanted=wanted, actor=actor)

    def show(console: Console) -> None:
        text = _("Asked for as {approval}; a second person says yes: nianjian approve {approval} --as USER")
        console.print(text.format(approval=asked["approval"]), highlight=False)

    return Answer(asked, show, NO if asked["state"] == "pending" else DONE)


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Moments as text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}
