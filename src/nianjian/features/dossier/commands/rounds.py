"""``nianjian dossier submit|correction|answer|passed|evidence|rounds|diff``: packages handed in and what came back."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.dossier.rounds import File, RequestInput
    from nianjian.platform.accounts.query import Actor

GOOD: Final = frozenset({"submitted", "answered", "resubmitted", "passed"})


def configure(actions: Actions) -> None:
    """Name the options."""
    submitted = actions.add("submit", _submit, _("note that a package was handed in; its files must hold"))
    submitted.add_argument("path", type=Path, metavar="DIR|MANIFEST", help=_("the package's folder, or its manifest"))
    _season(submitted)
    on_day(submitted, "--on", _("on this day instead of today"))
    submitted.add_argument("--place", required=True, metavar="WHERE", help=_("the window or the system"))
    submitted.add_argument("--reference", default="", metavar="N", help=_("the authority's number of it"))
    submitted.add_argument("--receipt", type=Path, metavar="FILE", help=_("the receipt: PDF, OFD, docx, xlsx, picture"))
    _configure_return(actions)
    passed = actions.add("passed", _passed, _("note that the authority took a package as good"))
    _one(passed)
    on_day(passed, "--on", _("on this day instead of today"))
    kept = actions.add("evidence", _evidence, _("keep a file about a package that was handed in, or take one out"))
    _one(kept)
    kept.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("PDF, OFD, docx, xlsx, picture"))
    kept.add_argument(
        "--kind", default="receipt", metavar="K",
        help=_("receipt (default), acceptance, notice, opinion or annex"),
    )  # fmt: skip
    kept.add_argument("--get", type=number, metavar="ID", help=_("take this file out, as it came"))
    kept.add_argument("--output", "-o", type=Path, metavar="FILE", help=_("where to write it"))
    rounds = actions.add("rounds", _rounds, _("the packages of a season with requests and days, or one in full"))
    _season(rounds)
    rounds.add_argument("--number", type=number, metavar="N", help=_("this package in full"))
    diff = actions.add("diff", _diff, _("what differs between two packages that were handed in, page by page"))
    diff.add_argument("before", type=number, metavar="N", help=_("the number of the older package"))
    diff.add_argument("after", type=number, metavar="M", help=_("the number of the newer package"))
    _season(diff)


def _configure_return(actions: Actions) -> None:
    back = actions.add("correction", _correction, _("note that a package came back, and what was asked for"))
    _one(back)
    back.add_argument(
        "--received", type=day, required=True, metavar="YYYY-MM-DD", help=_("day of receipt; it is not counted")
    )
    on_day(back, "--due", _("the last day that the notice names; it wins"))
    back.add_argument("--reference", default="", metavar="N", help=_("the notice's own number"))
    back.add_argument("--notice", type=Path, metavar="FILE", help=_("the notice itself: PDF, OFD, docx, picture"))
    back.add_argument(
        "--request", action="append", required=True, metavar="ITEM=TEXT",
        help=_("what is asked for of an item; =TEXT for the whole package; repeat"),
    )  # fmt: skip
    answered = actions.add("answer", _answer, _("answer a request by a new version of its item, or in words"))
    _one(answered)
    answered.add_argument("--request", type=number, required=True, metavar="ID", help=_("the request's number"))
    answered.add_argument("--version", type=number, metavar="N", help=_("the new version of the item"))
    answered.add_argument("--note", default="", metavar="TEXT", help=_("what is said to it"))


def _season(parser: argparse.ArgumentParser) -> None:
    enterprise(parser, required=False)
    year(parser)


def _one(parser: argparse.ArgumentParser) -> None:
    _season(parser)
    parser.add_argument("--number", type=number, required=True, metavar="N", help=_("the package's number"))


def _place(args: argparse.Namespace, actor: Actor) -> dict[str, Any]:
    from nianjian.features.rectification.operations import default_enterprise

    found: dict[str, Any] = {"enterprise": default_enterprise(args.enterprise), "year": args.year, "actor": actor}
    named = getattr(args, "number", None)
    return found if named is None else found | {"number": named}


def _file(path: Path) -> File:
    from nianjian.features.dossier.rounds import File
    from nianjian.features.rectification.storage import read_paper

    read = read_paper(path)
    return File(read.name, read.media_type, read.body)


def _submit(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.rounds import Handover
    from nianjian.features.dossier.terminal import present_package
    from nianjian.platform.accounts.access import require
    from nianjian.platform.accounts.roles import Act

    place = _place(args, actor)
    require(actor, place["enterprise"], Act.LOAD)
    receipt = None if args.receipt is None else _file(args.receipt)
    made = rounds.read_package_path(args.path, enterprise=place["enterprise"], year=args.year)
    handed = Handover(args.on or clock.today(), args.place, args.reference)
    told = rounds.record_submission(**place, package=made, handed=handed)
    if receipt is not None:
        rounds.add_evidence(**place, number=told["number"], kind="receipt", file=receipt)
    return Answer(told, present_package(told))


def _correction(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.terminal import present_package as line

    asked = [_asked(one) for one in args.request]
    paper = None if args.notice is None else _file(args.notice)
    told = rounds.record_notice(
        **_place(args, actor), received=args.received, due=args.due, reference=args.reference, requests=asked,
        paper=paper,
    )  # fmt: skip
    return Answer(told, line(told), _code(told))


def _asked(given: str) -> RequestInput:
    from nianjian.features.dossier.rounds import RequestInput

    item, sign, text = given.partition("=")
    if not sign:
        raise NianjianError("dossier_request_unreadable", given=given)
    return RequestInput(item, text)


def _answer(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.terminal import present_package as line

    told = rounds.record_answer(**_place(args, actor), request=args.request, version=args.version, note=args.note)
    return Answer(told, line(told), _code(told))


def _passed(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.terminal import present_package as line

    told = rounds.record_passed(**_place(args, actor), on=args.on or clock.today())
    return Answer(told, line(told))


def _evidence(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.operations.rounds import evidence_to_document
    from nianjian.features.dossier.terminal import present_evidence

    place = _place(args, actor)
    if args.get is not None and args.output is not None:
        row, content = rounds.download_evidence(**place, evidence=args.get)
        try:
            with open(args.output, "wb", opener=_closed) as file:
                file.write(content)
        except OSError as error:
            raise NianjianError("file_unwritable", file=str(args.output), reason=error.strerror or "") from error
        return Answer(
            _plain(evidence_to_document(row)) | {"output": str(args.output)},
            present_evidence(evidence_to_document(row)),
        )
    if args.file is None or args.get is not None:
        message = _("give a FILE to keep, or --get with --output")
        raise NianjianError("usage", program="nianjian dossier evidence", message=message)
    kept = evidence_to_document(rounds.add_evidence(**place, kind=args.kind, file=_file(args.file)))
    return Answer(_plain(kept), present_evidence(kept))


def _closed(path: str, flags: int) -> int:
    """Nobody else may read it."""
    return os.open(path, flags, 0o600)


def _rounds(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.terminal import present_full_package, present_packages

    place = _place(args, actor)
    if args.number is None:
        found = rounds.list_packages(**place)
        return Answer({"year": args.year, "rounds": found}, present_packages(found))
    told = rounds.get_package(**place)
    return Answer(_plain(told), present_full_package(told), _code(told))


def _diff(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import rounds
    from nianjian.features.dossier.terminal import present_changes

    told = rounds.compare_packages(**_place(args, actor), before=args.before, after=args.after)
    return Answer(told, present_changes(told), DONE if told["same"] else NO)


def _code(told: dict[str, Any]) -> int:
    """0 where nothing is waited for from us, or only the next package."""
    return DONE if told["state"] in GOOD and not told["left_out"] else NO


def _plain(told: Any) -> Any:  # noqa: ANN401 -- as JSON
    """Moments as text."""
    if isinstance(told, dict):
        return {name: _plain(value) for name, value in told.items()}
    if isinstance(told, list):
        return [_plain(one) for one in told]
    return told.isoformat() if hasattr(told, "isoformat") else told
