"""Kept test calls: numbers with their lights, a list, one with its messages; those that are dialled by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from nianjian.features.test_calls import terminal
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

PAGE = 50


def configure(actions: Actions) -> None:
    """``numbers``, ``list``, ``show``, ``begin`` and ``end``."""
    numbers = actions.add("numbers", _numbers, _("list the filed numbers with the light of their test calls"))
    listed = actions.add("list", _list, _("list the test calls, newest first"))
    listed.add_argument("--number", default="", metavar="N", help=_("of this number alone"))
    for one in (numbers, listed):
        enterprise(one)
        one.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    shown = actions.add("show", _show, _("show a test call with its messages"))
    shown.add_argument("trial", metavar="TEST", help=_("the test call"))
    shown.add_argument("--out", type=Path, metavar="FILE", help=_("write the evidence in full there (JSON)"))
    begun = actions.add("begin", _begin, _("start the timer of a call that is dialled by hand now"))
    enterprise(begun)
    begun.add_argument("--number", required=True, metavar="N", help=_("the number that is dialled"))
    begun.add_argument("--carrier", default="", metavar="C", help=_("the carrier it is dialled over"))
    ended = actions.add("end", _end, _("stop the timer and say what came of the call"))
    ended.add_argument("trial", metavar="TEST", help=_("the test call"))
    ended.add_argument("--outcome", required=True, metavar="O", help=_("answered, answered_only, busy and so on"))
    ended.add_argument("--note", default="", metavar="TEXT", help=_("what was heard"))


def _first(args: argparse.Namespace) -> int:
    page: int = args.page
    return (max(page, 1) - 1) * PAGE


def _numbers(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import presenters

    rows = presenters.by_number(enterprise=args.enterprise, actor=actor, first=_first(args), count=PAGE)
    return Answer({"numbers": rows}, terminal.numbers(rows))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import presenters as shown

    of = args.number.strip()
    rows = shown.list_trials(enterprise=args.enterprise, actor=actor, number=of, first=_first(args), count=PAGE)
    return Answer({"tests": rows}, terminal.tests(rows))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.commands import write_private_file
    from nianjian.features.test_calls.operations import presenters as shown

    told = shown.get_trial_detail(trial=args.trial, actor=actor)
    if args.out is not None:
        _name, content = shown.evidence(trial=args.trial, actor=actor)
        told["evidence"] = write_private_file(args.out, content)
    return Answer(told, terminal.render_trial(told))


def _begin(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import manual_calls

    told = manual_calls.begin(enterprise=args.enterprise, number=args.number, carrier=args.carrier, actor=actor)
    text = _("Dial {number} now; the timer of test call {trial} runs.")
    return Answer(told, terminal.render_line(text.format(number=told["number"], trial=told["trial"])))


def _end(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import manual_calls as hand

    told = hand.end(trial=args.trial, outcome=args.outcome, note=args.note, actor=actor)
    return Answer(told, terminal.tests([told]), DONE if told["verdict"] == "pass" else NO)
