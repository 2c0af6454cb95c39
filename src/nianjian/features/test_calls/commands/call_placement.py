"""``nianjian callback test``: call numbers now."""

from __future__ import annotations

import argparse

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.test_calls import terminal
from nianjian.features.test_calls.commands import route_options
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """``test`` and ``witness``."""
    test = actions.add("test", _test, _("call numbers now, and judge answer and landing"))
    enterprise(test)
    which = test.add_mutually_exclusive_group(required=True)
    which.add_argument("--number", action="append", default=[], metavar="N", help=_("this number; repeat"))
    which.add_argument("--all", action="store_true", help=_("all filed numbers that are in force"))
    test.add_argument("--route", action="append", default=[], metavar="NAME", help=_("over this kept way; repeat"))
    route_options.options(test)
    test.add_argument("--gateway", default="", metavar="HOST", help=_("where it must land, instead of the ledger's"))
    witness = actions.add("witness", _witness, _("look for test calls in the own call records: where did they land"))
    enterprise(witness)
    these = witness.add_mutually_exclusive_group(required=True)
    these.add_argument("--trial", action="append", default=[], metavar="TEST", help=_("this test call; repeat"))
    these.add_argument("--all", action="store_true", help=_("all answered SIP calls that still count"))


def _test(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import work
    from nianjian.platform.terminal.console import steps

    if bool(args.via) == bool(args.route):
        message = _("say where calls go: --via, or the name of a kept way with --route")
        raise NianjianError("usage", program="nianjian callback test", message=message)
    ways = [route_options.way(args)] if args.via else work.kept_ways(args.enterprise, args.route)
    with steps(_("test calls"), quiet=args.json) as report:
        told = work.run(
            enterprise=args.enterprise,
            numbers=args.number,
            ways=ways,
            gateway=args.gateway,
            actor=actor,
            progress=lambda _note, done, total: report(done, total),
        )
    if len(told["rows"]) == 1:  # one number is told at the top, too
        told = {**told["rows"][0], **told}
    return Answer(told, terminal.tested(told), DONE if told["verdict"] == "pass" else NO)


def _witness(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import witness
    from nianjian.platform.terminal.console import steps

    with steps(_("call records"), quiet=args.json) as report:
        told = witness.run(
            enterprise=args.enterprise,
            trials=args.trial,
            actor=actor,
            progress=lambda _note, done, total: report(done, total),
        )
    return Answer(told, terminal.witnessed(told), DONE if told["verdict"] == "pass" else NO)
