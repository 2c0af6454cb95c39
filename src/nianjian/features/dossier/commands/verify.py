"""``nianjian dossier verify DIR|FILE``: whether a package is what its manifest says, page by page."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier.differences import CERTAINTY, KINDS, NOTES, RIDING, SHEETS, WHY
from nianjian.engines.paper.texts.plain import plain
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions
from nianjian.platform.terminal.language import _

if TYPE_CHECKING:
    from nianjian.features.dossier.editions.compare import Difference


def configure(actions: Actions) -> None:
    """Name the options."""
    asked = actions.add(
        "verify", _verify, _("prove from the manifest that no page was swapped, added, removed or moved")
    )
    asked.add_argument("path", type=Path, metavar="DIR|FILE", help=_("the package's folder, or one of its files"))
    asked.add_argument("--manifest", type=Path, metavar="FILE", help=_("the manifest, where it lies elsewhere"))
    asked.add_argument("--digest", default="", metavar="HEX", help=_("the manifest's SHA-256 as it was kept elsewhere"))
    asked.add_argument(
        "--scan", action="store_true", help=_("FILE is a scan of the sealed paper: compare the pictures")
    )


def _verify(args: argparse.Namespace) -> Answer:
    return _scan(args) if args.scan else _package(args)


def _package(args: argparse.Namespace) -> Answer:
    from nianjian.features.dossier.editions.verify import verify

    found = verify(args.path, listed=args.manifest, digest=args.digest)
    notes = [{"file": one.file, "kind": one.kind} for one in found.notes]
    data = {
        "intact": found.intact,
        "differences": _rows(found.differences),
        "notes": notes,
        "files": found.files,
        "pages": found.pages,
        "manifest_sha256": found.digest,
    }

    def show(console: Console) -> None:
        _tell(console, found.differences)
        for one in notes:
            console.print(f"{plain(one['file'])}: {_(NOTES[one['kind']])}")
        if found.intact:
            text = _("Intact: {files} files with {pages} pages. Manifest {digest}")
            console.print(text.format(files=found.files, pages=found.pages, digest=found.digest), style="green")

    return Answer(data, show, DONE if found.intact else NO)


def _scan(args: argparse.Namespace) -> Answer:
    from nianjian.features.dossier.editions.manifest import NAME
    from nianjian.features.dossier.editions.rescan import rescan

    if args.manifest is None:
        raise NianjianError("usage", program="nianjian dossier verify", message=_("--scan needs --manifest"))
    listed = args.manifest / NAME if args.manifest.is_dir() else args.manifest
    found = rescan(args.path, listed, digest=args.digest)
    data = {
        "intact": found.intact,
        "differences": _rows(found.differences),
        **found.told(),
        "scanned": found.scanned,
        "expected": found.expected,
        "by_place": list(found.by_place),
        "manifest_sha256": found.digest,
    }

    def show(console: Console) -> None:
        _tell(console, found.differences)
        text = _("{scanned} pages scanned, {expected} expected; certainty: {certainty}")
        certainty = _(CERTAINTY[found.certainty])
        console.print(text.format(scanned=found.scanned, expected=found.expected, certainty=certainty))
        for why in found.why:
            console.print(_(WHY[why]), style="yellow")
        text = _("Texts: {read} pages read, {agree} agree, {differ} differ, {unknown} tell nothing")
        console.print(
            text.format(
                read=found.text.read,
                agree=found.text.agree,
                differ=len(found.text.differ),
                unknown=len(found.text.unknown),
            )
        )
        console.print(_("Riding seal: {state}").format(state=_(RIDING[found.riding.state])))
        for sheet, state in found.riding.sheets:
            if state != "joins" and found.riding.state != "absent":
                console.print(_("Sheet {sheet}: {state}").format(sheet=sheet, state=_(SHEETS[state])))
        if found.by_place:
            pages = ", ".join(map(str, found.by_place))
            console.print(_("Known by their place alone: pages {pages}").format(pages=pages), style="yellow")
        console.print(_("Pixels tell order and presence of pages, not that a page is genuine."))

    return Answer(data, show, DONE if found.intact else NO)


def _rows(differences: Sequence[Difference]) -> list[dict[str, object]]:
    return [{"file": one.file, "page": one.page, "kind": one.kind.value} for one in differences]


def _tell(console: Console, differences: Sequence[Difference]) -> None:
    for one in differences:
        page = "" if one.page is None else " " + _("page {page}").format(page=one.page)
        console.print(f"{plain(one.file)}{page}: {_(KINDS[one.kind.value])}", style="red")
