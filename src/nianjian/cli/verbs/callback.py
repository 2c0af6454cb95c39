"""``nianjian callback``: test calls (回拨): placed now, timed by hand, shown; the ways they take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from nianjian.cli.answer import DONE, NO, Answer
from nianjian.cli.arguments import Actions, enterprise, number
from nianjian.cli.language import _
from nianjian.cli.session import begin
from nianjian.cli.terminal.callback import picture
from nianjian.inspection.callback.verdict import WITNESSES
from nianjian.kernel.errors import NianjianError

if TYPE_CHECKING:
    from nianjian.flows.inspection.callback.ways import Way

PAGE = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    _configure_test(actions.add("test", _test, _("call numbers now, and judge answer and landing")))
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
    enterprise(actions.add("routes", _routes, _("list the ways of test calls, and the gateways' addresses")))
    _configure_route(actions.add("route", _route, _("set or remove a way for test calls")))
    gateway = actions.add("gateway", _gateway, _("say from which addresses a gateway of the ledger answers"))
    enterprise(gateway)
    gateway.add_argument("name", metavar="NAME", help=_("its name in the ledger"))
    gateway.add_argument("hosts", nargs="*", metavar="HOST", help=_("host name or IP address; none: forget it"))


def _configure_test(test: argparse.ArgumentParser) -> None:
    enterprise(test)
    which = test.add_mutually_exclusive_group(required=True)
    which.add_argument("--number", action="append", default=[], metavar="N", help=_("this number; repeat"))
    which.add_argument("--all", action="store_true", help=_("all filed numbers that are in force"))
    test.add_argument("--route", action="append", default=[], metavar="NAME", help=_("over this kept way; repeat"))
    _way_options(test)
    test.add_argument("--gateway", default="", metavar="HOST", help=_("where it must land, instead of the ledger's"))


def _configure_route(route: argparse.ArgumentParser) -> None:
    enterprise(route)
    route.add_argument("name", metavar="NAME", help=_("what it is called"))
    route.add_argument("--line", default="", metavar="ID", help=_("the trunk line of the register"))
    route.add_argument("--daily", default="", metavar="HH:MM", help=_("test all filed numbers each day at this time"))
    route.add_argument("--remove", action="store_true", help=_("remove it"))
    _way_options(route)


def _way_options(parser: argparse.ArgumentParser) -> None:
    about = _("where calls go: sip:HOST:PORT[;transport=udp|tcp|tls]")
    parser.add_argument("--via", default="", metavar="SIP", help=about)
    parser.add_argument("--caller", default="", metavar="N", help=_("the calling number"))
    parser.add_argument("--carrier", default="", metavar="C", help=_("the carrier of this way"))
    parser.add_argument("--user", default="", metavar="U", help=_("user that the gateway asks for"))
    about = _("file whose first line is the password")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help=about)
    about = _("what proves the landing: none, address or token")
    parser.add_argument("--witness", default="none", choices=WITNESSES, metavar="W", help=about)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _password(args: argparse.Namespace) -> str | None:
    """None where no file is named; ``file_unreadable``."""
    if args.password_file is None:
        return None
    try:
        lines: list[str] = args.password_file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise NianjianError("file_unreadable", file=str(args.password_file), reason=str(fault)) from fault
    return lines[0] if lines else ""


def _way(args: argparse.Namespace) -> Way:
    """The way that the command tells."""
    from nianjian.flows.inspection.callback.ways import CALLER, Way
    from nianjian.inspection.callback import asked
    from nianjian.inspection.callback.sip.digest import Account

    account = Account(args.user, _password(args) or "") if args.user else None
    caller = asked.caller(args.caller) if args.caller else CALLER
    return Way(asked.via(args.via), caller, account, args.witness, carrier=args.carrier)


def _test(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.cli.terminal.progress import steps
    from nianjian.flows.inspection.callback import work

    if bool(args.via) == bool(args.route):
        message = _("say where calls go: --via, or the name of a kept way with --route")
        raise NianjianError("usage", program="nianjian callback test", message=message)
    ways = [_way(args)] if args.via else work.kept_ways(args.enterprise, args.route)
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
    return Answer(told, picture.tested(told), DONE if told["verdict"] == "pass" else NO)


def _first(args: argparse.Namespace) -> int:
    page: int = args.page
    return (max(page, 1) - 1) * PAGE


def _numbers(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import shown

    rows = shown.by_number(enterprise=args.enterprise, actor=actor, first=_first(args), count=PAGE)
    return Answer({"numbers": rows}, picture.numbers(rows))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import shown

    of = args.number.strip()
    rows = shown.listed(enterprise=args.enterprise, actor=actor, number=of, first=_first(args), count=PAGE)
    return Answer({"tests": rows}, picture.tests(rows))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.cli.verbs.reconcile.kept import write
    from nianjian.flows.inspection.callback import shown

    told = shown.shown(trial=args.trial, actor=actor)
    if args.out is not None:
        _name, content = shown.evidence(trial=args.trial, actor=actor)
        told["evidence"] = write(args.out, content)
    return Answer(told, picture.shown(told))


def _begin(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import hand

    told = hand.begin(enterprise=args.enterprise, number=args.number, carrier=args.carrier, actor=actor)
    text = _("Dial {number} now; the timer of test call {trial} runs.")
    return Answer(told, picture.said(text.format(number=told["number"], trial=told["trial"])))


def _end(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import hand

    told = hand.end(trial=args.trial, outcome=args.outcome, note=args.note, actor=actor)
    return Answer(told, picture.tests([told]), DONE if told["verdict"] == "pass" else NO)


def _routes(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import ways

    told = ways.listed(enterprise=args.enterprise, actor=actor)
    return Answer(told, picture.routes(told))


def _route(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import ways
    from nianjian.inspection.callback.routes.service import Given

    if args.remove:
        ways.remove(enterprise=args.enterprise, name=args.name, actor=actor)
        return Answer({"route": args.name, "removed": True}, picture.said(_("Removed.")))
    given = Given(
        name=args.name,
        via=args.via,
        caller=args.caller,
        witness=args.witness,
        line=args.line,
        carrier=args.carrier,
        username=args.user,
        password=(_password(args) or "") if args.user or args.password_file else None,
        daily_at=ways.daily(args.daily),
    )
    told = ways.save(enterprise=args.enterprise, given=given, actor=actor)
    return Answer(told, picture.routes({"routes": [told], "gateways": []}))


def _gateway(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.callback import ways

    told = ways.name_gateway(enterprise=args.enterprise, name=args.name, hosts=" ".join(args.hosts), actor=actor)
    return Answer(told, picture.routes({"routes": [], "gateways": [told]}))
