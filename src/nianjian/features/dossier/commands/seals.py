"""``nianjian dossier seal-picture|signature|sign``: seals for drafts, and electronic signatures."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import asdict
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


def configure_seal_images(actions: Actions) -> None:
    """Name the options."""
    group = actions.group("seal-picture", _("pictures of seals: kept sealed, placed on drafts by two people's consent"))
    added = group.add(
        "add", _add_picture, _("keep the picture of a seal: its ground is made clear, no command gives it out")
    )
    enterprise(added, required=False)
    added.add_argument("file", type=Path, metavar="FILE", help=_("PNG or JPEG of one print on light paper"))
    _kind(added)
    added.add_argument("--width-mm", type=_mm, required=True, metavar="MM", help=_("how wide the seal is on paper"))
    withdrawn = group.add("withdraw", _withdraw, _("take a picture out of use and delete it"))
    enterprise(withdrawn, required=False)
    _kind(withdrawn)
    listed = group.add("list", _list_pictures, _("pictures, and the uses that were asked for in a season"))
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


def _add_picture(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import seals
    from nianjian.features.dossier.terminal import present_stored_image

    try:
        content = args.file.read_bytes()
    except OSError as fault:
        raise NianjianError("file_missing", file=str(args.file)) from fault
    made = seals.store_image(
        enterprise=_where(args), kind=args.kind, name=args.file.name, content=content, width_mm=args.width_mm,
        actor=actor,
    )  # fmt: skip
    told = _plain(seals.to_picture_document(made))
    return Answer(told, present_stored_image(told))


def _withdraw(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import seals
    from nianjian.features.dossier.terminal import present_withdrawal

    row = seals.withdraw_image(enterprise=_where(args), kind=args.kind, actor=actor)
    return Answer({"kind": row.kind, "sha256": row.sha256, "withdrawn": True}, present_withdrawal(row.kind))


def _list_pictures(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import seals
    from nianjian.features.dossier.terminal import present_seals

    code = _where(args)
    data = {
        "pictures": [_plain(seals.to_picture_document(one)) for one in seals.list_images(code, actor)],
        "impressions": [
            _plain(seals.to_impression_document(one)) for one in seals.list_uses(code, args.year, actor, 0, MOST)
        ],
        "law": seals.citation(seals.get_rulebook(code)),
    }
    return Answer(data, present_seals(data))


def _use(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import seals
    from nianjian.features.dossier.operations.seals import PrintRequest

    wanted = PrintRequest(args.year, args.item, args.kind, args.reason, args.mark, args.page, args.x_mm, args.y_mm)
    asked = seals.request_print(enterprise=_where(args), wanted=wanted, actor=actor)

    def show(console: Console) -> None:
        text = _("Asked for as {approval}; a second person says yes: nianjian approve {approval} --as USER")
        console.print(text.format(approval=asked["approval"]), highlight=False)

    return Answer(asked, show, NO if asked["state"] == "pending" else DONE)


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    """Moments as text."""
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}


def configure_signatures(actions: Actions) -> None:
    """Name the options."""
    group = actions.group("signature", _("papers that others have signed electronically"))
    shown = group.add("show", _show, _("tell the signatures of a PDF: whether they hold, whose they are, when"))
    shown.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    added = group.add("add", _add_paper, _("keep a signed PDF unaltered as evidence, with what its signatures say"))
    added.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    added.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))
    fetched = group.add("fetch", _fetch, _("write a kept paper byte for byte as it came"))
    fetched.add_argument("--paper", type=number, required=True, metavar="N", help=_("the paper's number"))
    fetched.add_argument("--output", "-o", type=Path, required=True, metavar="FILE", help=_("a new file"))
    for one in (added, fetched, group.add("list", _list_papers, _("signed papers of a season"))):
        enterprise(one, required=False)
        year(one)
    signed = actions.add(
        "sign", _sign, _("sign the files for the platform with the firm's own certificate, last of all")
    )
    enterprise(signed, required=False)
    signed.add_argument("folder", type=Path, metavar="DIR", help=_("the package's folder, as build has written it"))
    signed.add_argument(
        "--certificate", type=Path, metavar="FILE", help=_("PKCS#12 with the key; without it that of NIANJIAN_SIGNER")
    )
    signed.add_argument("--tsa", metavar="URL", help=_("time-stamp authority; without it that of NIANJIAN_TSA_URL"))


def _show(args: argparse.Namespace) -> Answer:
    from nianjian.platform.home import wiring

    wiring.start()  # the flow keeps papers, too, so it knows tables
    from nianjian.features.dossier.operations import signatures
    from nianjian.features.dossier.signatures import Standing, worst_standing
    from nianjian.features.dossier.terminal import present_signatures

    found = signatures.preview_signatures(args.file)
    standing = worst_standing(found)
    good = standing in {Standing.UNKNOWN, Standing.TRUSTED}
    data = {"standing": standing.value, "signatures": [asdict(one) for one in found]}
    return Answer(data, present_signatures(data), DONE if good else NO)


def _add_paper(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import signatures
    from nianjian.features.dossier.terminal import present_signatures

    try:
        content = args.file.read_bytes()
    except OSError as fault:
        raise NianjianError("file_missing", file=str(args.file)) from fault
    row = signatures.store_paper(
        enterprise=_where(args), year=args.year, item=args.item, name=args.file.name, content=content, actor=actor
    )
    data = _told(row)
    return Answer(data, present_signatures(data), DONE if row.standing in {"unknown", "trusted"} else NO)


def _list_papers(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import signatures
    from nianjian.features.dossier.terminal import present_papers

    data = {"papers": [_told(one) for one in signatures.list_papers(_where(args), args.year, actor, 0, MOST)]}
    return Answer(data, present_papers(data))


def _fetch(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import signatures
    from nianjian.features.dossier.terminal import present_saved_file

    if args.output.exists():
        raise NianjianError("signed_file_exists", file=str(args.output))
    row, content = signatures.download_paper(enterprise=_where(args), year=args.year, number=args.paper, actor=actor)
    try:
        args.output.write_bytes(content)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(args.output), reason=fault.strerror or "") from fault
    return Answer(
        {"paper": row.pk, "sha256": row.sha256, "file": str(args.output)}, present_saved_file(str(args.output))
    )


def _told(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a model, loaded later than this module
    from nianjian.features.dossier.operations import signatures

    return {**signatures.to_document(row), "recorded_at": row.recorded_at.isoformat()}


def _sign(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.signatures import sign_package
    from nianjian.features.dossier.terminal import present_signing

    code = _where(args)
    done = sign_package(
        enterprise=code, folder=args.folder, actor=actor, ask=_ask, certificate=args.certificate, tsa=args.tsa
    )
    data = {"enterprise": code, **done.as_dict()}
    return Answer(data, present_signing(data))


def _ask(name: str) -> str:
    """The password, typed unseen; without a terminal there is none to ask."""
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(_("Password of {file}: ").format(file=name))
