"""``nianjian dossier generate|build|verify|fill-in|seal-plan``: what the firm makes itself."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.dossier import CERTAINTY, DIFFERENCE_KINDS, NOTES, RIDING, SHEETS, WHY
from nianjian.engines.paper.words import plain_text
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, on_day, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.dossier.editions.compare import Difference


def configure_build(actions: Actions) -> None:
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
    from nianjian.engines.paper.texts.dossier import ITEMS, NO_SEAL, STATES
    from nianjian.engines.paper.words import plain_text as plain
    from nianjian.features.dossier.operations.package import build, built_to_document
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


def configure_fill_in(actions: Actions) -> None:
    """Name the options."""
    made = actions.add(
        "fill-in", _fill_in, _("every field of a yearly report with its value, its source and what differs")
    )
    enterprise(made, required=False)
    year(made)
    made.add_argument(
        "--report", default="licence", metavar="R", help=_("licence (default) or code-number: which of the two reports")
    )
    made.add_argument("--full", action="store_true", help=_("personal values in full; it is recorded"))
    made.add_argument(
        "--output", "-o", type=Path, metavar="DIR", help=_("write PDF and xlsx, personal values in full, into it")
    )


def _fill_in(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import fill_in
    from nianjian.features.dossier.terminal import plain_sheet, present_sheet
    from nianjian.features.rectification.operations import default_enterprise

    where = {
        "enterprise": default_enterprise(args.enterprise),
        "year": args.year,
        "report": fill_in.get_report(args.report),
    }
    row = fill_in.make_sheet(**where, actor=actor)
    told = fill_in.reveal_sheet(**where, actor=actor) if args.full else fill_in.sheet_to_document(row, full=False)
    files = [] if args.output is None else fill_in.write_sheet_files(**where, folder=args.output, actor=actor)
    return Answer({**plain_sheet(told), "files": [str(path) for path in files]}, present_sheet(told, files))


def configure_generate(actions: Actions) -> None:
    """Name the options."""
    made = actions.add(
        "generate", _generate, _("make items from registers, calls and the newest portrait, and compare their sums")
    )
    made.add_argument(
        "items",
        nargs="+",
        metavar="ITEM",
        help=_("the item's name, for example seat_table; all: every one that is due"),
    )
    enterprise(made, required=False)
    year(made)
    made.add_argument(
        "--output", "-o", type=Path, metavar="DIR",
        help=_("write PDF and xlsx into this folder; without it the PDF becomes a version of the checklist"),
    )  # fmt: skip
    made.add_argument(
        "--replace", action="store_true", help=_("also in place of an uploaded file that nobody has confirmed yet")
    )


def _generate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.paper import dossier as texts
    from nianjian.engines.paper.texts.dossier import ITEMS, VERDICTS
    from nianjian.engines.paper.words import plain_text as plain
    from nianjian.features.dossier.finding import Verdict
    from nianjian.features.dossier.operations.generate import generate, generated_to_document
    from nianjian.features.rectification.operations import default_enterprise

    code = default_enterprise(args.enterprise)
    made = generate(
        enterprise=code, year=args.year, items=args.items, folder=args.output, actor=actor, replace=args.replace
    )
    data = {"enterprise": code, "season": args.year, "items": [generated_to_document(one) for one in made]}

    def show(console: Console) -> None:
        for one in made:
            name = _(ITEMS[one.item]) if one.item in ITEMS else _("Self-check report")
            if one.confirmed:
                console.print(_("{item}: confirmed already, left as it is").format(item=name), markup=False)
                continue
            if one.waits:
                text = _("{item}: version {version} was uploaded and waits for a person; --replace sets one above it")
                console.print(text.format(item=name, version=one.version), style="yellow", markup=False)
                continue
            console.print(f"{name}: {_(VERDICTS[one.verdict.value])}", style="bold", markup=False)
            for finding in one.findings:
                console.print(f"  {texts.finding_text(finding.code, finding.values, _)}", markup=False, highlight=False)
            for path in one.files:
                console.print(f"  {plain(str(path))}", markup=False, highlight=False)

    bad = any(one.verdict is Verdict.NOT_READY or one.waits for one in made)
    return Answer(data, show, NO if bad else DONE)


def configure_seal_plan(actions: Actions) -> None:
    """Name the options."""
    planned = actions.add("seal-plan", _plan, _("plan the riding seal over all sheets, so that every joint is covered"))
    planned.add_argument("--sheets", type=number, required=True, metavar="N", help=_("sheets of paper, not pages"))
    planned.add_argument("--duplex", action="store_true", help=_("printed on both sides: a sheet has two pages"))
    planned.add_argument(
        "--diameter", type=_millimetres, metavar="MM", help=_("the seal's diameter; without it as the rulebook has it")
    )


def _millimetres(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text)) from error
    if not value.is_finite():
        raise argparse.ArgumentTypeError(_("“{value}” is not a length in mm").format(value=text))
    return value


def _plan(args: argparse.Namespace) -> Answer:
    from nianjian.engines.kernel import clock
    from nianjian.engines.rules.rulebook import Rulebook
    from nianjian.features.dossier.editions.package import Rules, plan

    made = plan(args.sheets, Rules.of(Rulebook.on(clock.today()), args.diameter), duplex=args.duplex)
    stamps = [
        {
            "stamp": one.number,
            "first": one.first,
            "last": one.last,
            "sheets": one.sheets,
            "first_page": made.pages(one.first)[0],
            "last_page": made.pages(one.last)[-1],
            "sliver_mm": f"{one.sliver_mm:.2f}",
            "height": f"{float(one.height):g}",
        }
        for one in made.stamps
    ]
    data = {
        "sheets": made.sheets,
        "duplex": made.duplex,
        "diameter_mm": str(made.rules.diameter_mm),
        "least_sliver_mm": str(made.rules.sliver_mm),
        "sheets_a_stamp": made.rules.sheets,
        "joints": made.sheets - 1,
        "uncovered": list(made.uncovered()),
        "stamps": stamps,
    }

    def show(console: Console) -> None:
        if not stamps:
            console.print(_("One sheet: no riding seal."))
            return
        header = (_("Stamp"), _("Sheets"), _("Number of sheets"), _("pages"), _("Strip"), _("Centre from below"))
        body = [
            (
                one["stamp"], f"{one['first']}–{one['last']}", one["sheets"], f"{one['first_page']}–{one['last_page']}",
                f"{one['sliver_mm']} mm", f"{float(str(one['height'])):.0%}",
            )
            for one in stamps
        ]  # fmt: skip
        table.rows(console, header, body)

    return Answer(data, show)


def configure_verify(actions: Actions) -> None:
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
            console.print(f"{plain_text(one['file'])}: {_(NOTES[one['kind']])}")
        if found.intact:
            text = _("Intact: {files} files with {pages} pages. Manifest {digest}")
            console.print(text.format(files=found.files, pages=found.pages, digest=found.digest), style="green")

    return Answer(data, show, DONE if found.intact else NO)


def _scan(args: argparse.Namespace) -> Answer:
    from nianjian.features.dossier.editions.manifest import NAME
    from nianjian.features.dossier.editions.verify import rescan

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
        console.print(f"{plain_text(one.file)}{page}: {_(DIFFERENCE_KINDS[one.kind.value])}", style="red")
