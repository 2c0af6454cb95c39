"""Kept reconciliations: list, show, say what becomes of a difference, decide a pair, write the correction sheet."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import terminal
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

PAGE = 50


def configure(actions: Actions) -> None:
    """``list``, ``show``, ``settle``, ``pairs``, ``decide`` and ``sheet``."""
    listed = actions.add("list", _list, _("list the reconciliations, newest first"))
    enterprise(listed)
    listed.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    shown = actions.add("show", _show, _("show a reconciliation and its differences"))
    _run(shown)
    for option, about in (
        ("--state", _("only these: open, explained, settled")),
        ("--result", _("only this result, such as only_ours or lacks_insurance")),
        ("--month", _("only this month, YYYY-MM")),
    ):
        shown.add_argument(option, default="", metavar="X", help=about)
    shown.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    settled = actions.add("settle", _settle, _("say who sees to a difference, why it is there and what is done"))
    _run(settled)
    settled.add_argument("difference", type=number, metavar="N", help=_("the difference's number"))
    settled.add_argument("--state", default="open", metavar="S", help=_("open, explained or settled"))
    for option, about in (
        ("--owner", _("who sees to it")),
        ("--cause", _("why it is there")),
        ("--action", _("what is done about it")),
    ):
        settled.add_argument(option, metavar="TEXT", help=about)
    pairs = actions.add("pairs", _pairs, _("list pairs that may be one person"))
    _run(pairs)
    pairs.add_argument("--state", default="", metavar="S", help=_("only these: proposed, confirmed, dismissed"))
    pairs.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    decided = actions.add("decide", _decide, _("confirm or dismiss a pair"))
    _run(decided)
    decided.add_argument("pair", type=number, metavar="N", help=_("the pair's number"))
    decided.add_argument("--dismiss", action="store_true", help=_("it is not one person"))
    sheet = actions.add("sheet", _sheet, _("write the correction sheet for the number-resource system"))
    _run(sheet)
    sheet.add_argument("--out", type=Path, metavar="FILE", help=_("file to write (xlsx)"))


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help=_("the reconciliation"))


def write(path: Path, content: bytes) -> str:
    """Write a file that nobody else may read; its name. ``file_unwritable``."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(content)
    except OSError as fault:
        raise NianjianError("file_unwritable", file=str(path), reason=fault.strerror or "") from fault
    return str(path)


def _first(args: argparse.Namespace) -> int:
    page: int = args.page
    return (max(page, 1) - 1) * PAGE


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs

    found = runs.list_runs(enterprise=args.enterprise, actor=actor, first=_first(args), count=PAGE)
    return Answer({"runs": found}, terminal.render_runs(found))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs
    from nianjian.features.reconciliation.runs.query import DifferenceFilter

    told = runs.get_run(run=args.run, actor=actor)
    wanted = DifferenceFilter(args.state, args.result, args.month)
    rows = runs.differences(run=args.run, wanted=wanted, actor=actor, first=_first(args), count=PAGE)
    return Answer({**told, "differences": rows}, terminal.render_run(told, rows))


def _settle(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs

    given = {"owner": args.owner, "cause": args.cause, "action": args.action}
    said = {name: text for name, text in given.items() if text is not None}
    told = runs.settle(run=args.run, difference=args.difference, state=args.state, said=said, actor=actor)
    return Answer(told, terminal.differences([told]))


def _pairs(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs

    found = runs.proposals(run=args.run, actor=actor, state=args.state, first=_first(args), count=PAGE)
    return Answer({"pairs": found}, terminal.pairs(found))


def _decide(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs

    told = runs.decide(run=args.run, proposal=args.pair, confirmed=not args.dismiss, actor=actor)
    return Answer(told, terminal.pairs([told]))


def _sheet(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import runs
    from nianjian.platform.terminal.language import language

    name, content = runs.correction(run=args.run, language=language(), actor=actor)
    place = write(args.out or Path(name), content)
    return Answer({"run": args.run, "file": place}, terminal.render_line(place))
