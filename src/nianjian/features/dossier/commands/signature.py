"""``nianjian dossier signature`` and ``sign``: electronic signatures of others, and the firm's own."""

from __future__ import annotations

import argparse
import getpass
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

MOST = 1000  # papers that the list shows


def configure(actions: Actions) -> None:
    """Name the options."""
    group = actions.group("signature", _("papers that others have signed electronically"))
    shown = group.add("show", _show, _("tell the signatures of a PDF: whether they hold, whose they are, when"))
    shown.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    added = group.add("add", _add, _("keep a signed PDF unaltered as evidence, with what its signatures say"))
    added.add_argument("file", type=Path, metavar="FILE", help=_("a PDF"))
    added.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))
    fetched = group.add("fetch", _fetch, _("write a kept paper byte for byte as it came"))
    fetched.add_argument("--paper", type=number, required=True, metavar="N", help=_("the paper's number"))
    fetched.add_argument("--output", "-o", type=Path, required=True, metavar="FILE", help=_("a new file"))
    for one in (added, fetched, group.add("list", _list, _("signed papers of a season"))):
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


def _where(args: argparse.Namespace) -> str:
    from nianjian.features.rectification.operations import default_enterprise

    return default_enterprise(args.enterprise)


def _show(args: argparse.Namespace) -> Answer:
    from nianjian.platform.home import wiring

    wiring.start()  # the flow keeps papers, too, so it knows tables
    from nianjian.features.dossier.operations.sealing import papers
    from nianjian.features.dossier.signatures.state import Standing, whole
    from nianjian.features.dossier.terminal.sealing import signatures

    found = papers.preview_signatures(args.file)
    standing = whole(found)
    good = standing in {Standing.UNKNOWN, Standing.TRUSTED}
    data = {"standing": standing.value, "signatures": [asdict(one) for one in found]}
    return Answer(data, signatures(data), DONE if good else NO)


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import papers
    from nianjian.features.dossier.terminal.sealing import signatures

    try:
        content = args.file.read_bytes()
    except OSError as fault:
        raise NianjianError("file_missing", file=str(args.file)) from fault
    row = papers.add(
        enterprise=_where(args), year=args.year, item=args.item, name=args.file.name, content=content, actor=actor
    )
    data = _told(row)
    return Answer(data, signatures(data), DONE if row.standing in {"unknown", "trusted"} else NO)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import papers
    from nianjian.features.dossier.terminal.sealing import papers_listed

    data = {"papers": [_told(one) for one in papers.part(_where(args), args.year, actor, 0, MOST)]}
    return Answer(data, papers_listed(data))


def _fetch(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing import papers
    from nianjian.features.dossier.terminal.sealing import present_saved_file

    if args.output.exists():
        raise NianjianError("signed_file_exists", file=str(args.output))
    row, content = papers.fetch(enterprise=_where(args), year=args.year, number=args.paper, actor=actor)
    try:
        args.output.write_bytes(content)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(args.output), reason=fault.strerror or "") from fault
    return Answer(
        {"paper": row.pk, "sha256": row.sha256, "file": str(args.output)}, present_saved_file(str(args.output))
    )


def _told(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a model, loaded later than this module
    from nianjian.features.dossier.operations.sealing import papers

    return {**papers.to_document(row), "recorded_at": row.recorded_at.isoformat()}


def _sign(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations.sealing.signing import sign_package
    from nianjian.features.dossier.terminal.sealing import signed

    code = _where(args)
    done = sign_package(
        enterprise=code, folder=args.folder, actor=actor, ask=_ask, certificate=args.certificate, tsa=args.tsa
    )
    data = {"enterprise": code, **done.as_dict()}
    return Answer(data, signed(data))


def _ask(name: str) -> str:
    """The password, typed unseen; without a terminal there is none to ask."""
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(_("Password of {file}: ").format(file=name))
