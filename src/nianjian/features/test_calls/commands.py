"""``nianjian callback``: test calls (回拨): placed now, timed by hand, shown; the ways they take."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import write_private_file
from nianjian.engines.kernel.states import State
from nianjian.engines.paper.texts.platform import STATES, STYLES
from nianjian.engines.paper.texts.test_calls import CARRIERS, LANDINGS, LIGHTS, REASONS
from nianjian.engines.paper.texts.test_calls import WITNESSES as PROOFS
from nianjian.features.test_calls.states import WITNESSES
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.test_calls.documents import (
        Callback,
        CallbackGateway,
        CallbackLanding,
        CallbackNumber,
        CallbackRoute,
        CallbackTold,
        PlacedCalls,
    )
    from nianjian.features.test_calls.operations.calls import CallWay

# Test calls on a terminal.

Show = Callable[[Console], None]


def render_line(text: str) -> Show:
    """One line."""
    return lambda console: console.print(text)


def render_tested(console: Console, summary: PlacedCalls) -> None:
    """What was called now."""
    counts = summary.counts
    text = _("{passed} passed, {failed} failed, {unproved} not proved; the limit is {limit} s.")
    line = text.format(
        passed=counts[State.PASSED],
        failed=counts[State.FAILED],
        unproved=counts[State.NOT_PROVED],
        limit=summary.limit_s,
    )
    console.print(line, style=STYLES[summary.verdict])
    render_tests(console, summary.rows)


def render_tests(console: Console, rows: Sequence[Callback]) -> None:
    """Test calls, a line each."""
    heads = (_("test call"), _("number called"), _("verdict"), _("reason"), _("answered after (s)"), _("gateway"),
             _("begun"))  # fmt: skip
    body = [
        (
            one.trial,
            one.number,
            _(STATES[one.counts]),
            _(REASONS[one.counts_reason]) if one.counts_reason else None,
            one.answer_s,
            one.gateway_seen,
            one.begun_at[:19].replace("T", " "),
        )
        for one in rows
    ]
    table.rows(console, heads, body)


def render_numbers(console: Console, rows: Sequence[CallbackNumber]) -> None:
    """Filed numbers with their lights."""
    heads = (_("number called"), _("light"), _("carriers"), _("gateway"), _("newest test call"))
    body = [
        (
            one.number,
            _(LIGHTS[one.light]),
            "、".join(f"{carrier} {_(CARRIERS[state])}" for carrier, state in one.carriers.items()),
            one.gateway,
            one.newest and one.newest.begun_at[:16].replace("T", " "),
        )
        for one in rows
    ]
    table.rows(console, heads, body)


def render_trial(console: Console, trial: CallbackTold, evidence: str = "") -> None:
    """One test call: what it proves, and its messages in order."""
    render_tests(console, [trial])
    console.print(_("landing proved by: {witness}").format(witness=_(PROOFS[trial.counts_witness])))
    if trial.landing:
        was = _(REASONS[trial.reason]) if trial.reason else ""
        console.print(_("by SIP alone: {verdict}").format(verdict=f"{_(STATES[trial.verdict])} {was}"))
        render_landings(console, [(trial.trial, one) for one in trial.looks])
    body = [(one.at_ms, "→" if one.sent else "←", one.first) for one in trial.messages]
    if body:
        table.rows(console, (_("after ms"), "", _("message")), body)
    if evidence:
        console.print(evidence)


def render_landings(console: Console, looks: Sequence[tuple[str, CallbackLanding]]) -> None:
    """What the call records say of test calls."""
    heads = (_("test call"), _("in the call records"), _("gateway in the ledger"), _("named there"), _("checked at"))
    body = [
        (
            trial,
            _(LANDINGS[one.verdict]),
            one.expected,
            "、".join(one.seen),
            one.at[:19].replace("T", " "),
        )
        for trial, one in looks
    ]
    table.rows(console, heads, body)


def render_routes(
    console: Console, routes: Sequence[CallbackRoute] = (), gateways: Sequence[CallbackGateway] = ()
) -> None:
    """Ways and gateways."""
    heads = (_("route"), _("where calls go"), _("carrier"), _("calling number"), _("proof of landing"), _("daily at"))
    body = [(one.name, one.via, one.carrier, one.caller, _(PROOFS[one.witness]), one.daily_at) for one in routes]
    if body or not gateways:
        table.rows(console, heads, body)
    if gateways:
        hosts = [(one.name, ", ".join(one.hosts)) for one in gateways]
        table.rows(console, (_("gateway"), _("addresses")), hosts)


def configure(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    test = actions.add("test", _test, _("call numbers now, and check answer and landing"))
    enterprise(test)
    which = test.add_mutually_exclusive_group(required=True)
    which.add_argument("--number", action="append", default=[], metavar="N", help=_("this number; can be repeated"))
    which.add_argument("--all", action="store_true", help=_("all filed numbers that are in force"))
    test.add_argument(
        "--route", action="append", default=[], metavar="NAME", help=_("over this saved route; can be repeated")
    )
    add_route_options(test)
    test.add_argument("--gateway", default="", metavar="HOST", help=_("where it must land, instead of the ledger's"))
    witness = actions.add("witness", _witness, _("search for test calls in your own call records: where did they land"))
    enterprise(witness)
    these = witness.add_mutually_exclusive_group(required=True)
    these.add_argument(
        "--trial", action="append", default=[], metavar="TEST", help=_("this test call; can be repeated")
    )
    these.add_argument("--all", action="store_true", help=_("all answered SIP calls that are still valid"))
    add_result_actions(actions)
    add_route_actions(actions)


def add_route_options(parser: argparse.ArgumentParser) -> None:
    """Where calls go, who calls, what proves the landing."""
    about = _("where calls go: sip:HOST:PORT[;transport=udp|tcp|tls]")
    parser.add_argument("--via", default="", metavar="SIP", help=about)
    parser.add_argument("--caller", default="", metavar="N", help=_("the calling number"))
    parser.add_argument("--carrier", default="", metavar="C", help=_("the carrier of this route"))
    parser.add_argument("--user", default="", metavar="U", help=_("user required by the gateway"))
    about = _("file whose first line is the password")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help=about)
    about = _("file of certificates (PEM) trusted over TLS instead of the system's")
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help=about)
    about = _(
        "file of your own certificate (PEM), presented over TLS to a gateway that asks for it; its chain may follow"
    )
    parser.add_argument("--cert-file", type=Path, metavar="FILE", help=about)
    about = _("file of its private key (PEM, without a passphrase); default: in the certificate file")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help=about)
    about = _("what proves the landing: none, address or token")
    parser.add_argument("--witness", default="none", choices=WITNESSES, metavar="W", help=about)


def read_password(args: argparse.Namespace) -> str | None:
    """None where no file is named; ``file_unreadable``."""
    text = _read(args.password_file)
    return text if text is None else next(iter(text.splitlines()), "")


def read_certificate(args: argparse.Namespace) -> tuple[str | None, str]:
    """The own certificate and its key; None and "" where no file is named.

    ``file_unreadable``, ``callback_cert_wrong`` for an empty one.
    """
    own = _read(args.cert_file)
    if own is not None and not own.strip():
        raise NianjianError("callback_cert_wrong")
    return own, _read(args.key_file) or ""


def _read(path: Path | None) -> str | None:
    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise NianjianError("file_unreadable", file=str(path), reason=str(fault)) from fault


def build_way(args: argparse.Namespace) -> CallWay:
    """The way that the command tells."""
    from nianjian.engines.sip.message import Account
    from nianjian.features.test_calls import validation
    from nianjian.features.test_calls.operations.calls import CALLER, parse_client_identity
    from nianjian.features.test_calls.operations.calls import CallWay as Way

    account = Account(args.user, read_password(args) or "") if args.user else None
    caller = validation.parse_caller(args.caller) if args.caller else CALLER
    via = replace(validation.parse_via(args.via), ca=validation.parse_ca(_read(args.ca_file) or ""))
    via = replace(via, identity=parse_client_identity(via, *read_certificate(args)) or "")
    return Way(via, caller, account, args.witness, carrier=args.carrier)


PAGE = 50


def add_result_actions(actions: Actions) -> None:
    """``numbers``, ``list``, ``show``, ``begin`` and ``end``."""
    numbers = actions.add("numbers", _numbers, _("list the filed numbers with the light of their test calls"))
    listed = actions.add("list", _list, _("list the test calls, newest first"))
    listed.add_argument("--number", default="", metavar="N", help=_("only this number"))
    for one in (numbers, listed):
        enterprise(one)
        one.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 each"))
    show = actions.add("show", _show, _("show a test call with its messages"))
    show.add_argument("trial", metavar="TEST", help=_("the test call"))
    show.add_argument("--out", type=Path, metavar="FILE", help=_("write the full evidence to this file (JSON)"))
    begun = actions.add("begin", _begin, _("start the timer of a call that is dialled by hand now"))
    enterprise(begun)
    begun.add_argument("--number", required=True, metavar="N", help=_("the dialled number"))
    begun.add_argument("--carrier", default="", metavar="C", help=_("the carrier it is dialled over"))
    ended = actions.add("end", _end, _("stop the timer and record the outcome of the call"))
    ended.add_argument("trial", metavar="TEST", help=_("the test call"))
    ended.add_argument("--outcome", required=True, metavar="O", help=_("answered, answered_only, busy and so on"))
    ended.add_argument("--note", default="", metavar="TEXT", help=_("what was heard"))


def _first(args: argparse.Namespace) -> int:
    page: int = args.page
    return (max(page, 1) - 1) * PAGE


def _numbers(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls import queries

    rows = queries.list_numbers(enterprise=args.enterprise, actor=actor, first=_first(args), count=PAGE)
    return Answer({"numbers": rows}, partial(render_numbers, rows=rows))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls import queries

    of = args.number.strip()
    rows = queries.list_trials(enterprise=args.enterprise, actor=actor, number=of, first=_first(args), count=PAGE)
    return Answer({"tests": rows}, partial(render_tests, rows=rows))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls import queries
    from nianjian.features.test_calls.operations import calls

    trial = queries.get_trial_detail(trial=args.trial, actor=actor)
    if args.out is not None:
        _name, content = calls.fetch_evidence(trial=args.trial, actor=actor)
        file = write_private_file(args.out, content)
        return Answer(to_builtins(trial) | {"evidence": file}, partial(render_trial, trial=trial, evidence=file))
    return Answer(trial, partial(render_trial, trial=trial))


def _begin(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls

    trial = calls.begin_manual_call(enterprise=args.enterprise, number=args.number, carrier=args.carrier, actor=actor)
    text = _("Dial {number} now; the timer of test call {trial} runs.")
    return Answer(trial, render_line(text.format(number=trial.number, trial=trial.trial)))


def _end(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls

    trial = calls.end_manual_call(trial=args.trial, outcome=args.outcome, note=args.note, actor=actor)
    return Answer(trial, partial(render_tests, rows=[trial]), DONE if State(trial.verdict) is State.PASSED else NO)


def _test(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls
    from nianjian.platform.terminal.console import steps

    if bool(args.via) == bool(args.route):
        message = _("say where calls go: --via, or the name of a saved route with --route")
        raise NianjianError("usage", program="nianjian callback test", message=message)
    ways = [build_way(args)] if args.via else calls.list_ways(args.enterprise, args.route)
    with steps(_("test calls"), quiet=args.json) as report:
        summary = calls.place_test_calls(
            enterprise=args.enterprise,
            numbers=args.number,
            ways=ways,
            gateway=args.gateway,
            actor=actor,
            progress=lambda _note, done, total: report(done, total),
        )
    data: object = summary
    if len(summary.rows) == 1:  # one number is told at the top, too
        data = to_builtins(summary.rows[0]) | to_builtins(summary)
    return Answer(data, partial(render_tested, summary=summary), DONE if summary.verdict == State.PASSED else NO)


def _witness(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import landings
    from nianjian.platform.terminal.console import steps

    with steps(_("call records"), quiet=args.json) as report:
        summary = landings.check_landings(
            enterprise=args.enterprise,
            trials=args.trial,
            actor=actor,
            progress=lambda _note, done, total: report(done, total),
        )
    show = partial(render_landings, looks=[(one.trial, one.landing) for one in summary.rows])
    return Answer(summary, show, DONE if summary.verdict == State.PASSED else NO)


def add_route_actions(actions: Actions) -> None:
    """``routes``, ``route`` and ``gateway``."""
    enterprise(actions.add("routes", _routes, _("list the test call routes, and the gateways' addresses")))
    route = actions.add("route", _route, _("set or remove a test call route"))
    enterprise(route)
    route.add_argument("name", metavar="NAME", help=_("its name"))
    route.add_argument("--line", default="", metavar="ID", help=_("the trunk line of the register"))
    route.add_argument("--daily", default="", metavar="HH:MM", help=_("test all filed numbers each day at this time"))
    route.add_argument("--no-cert", action="store_true", help=_("delete your own certificate and its key"))
    route.add_argument("--remove", action="store_true", help=_("remove it"))
    add_route_options(route)
    gateway = actions.add("gateway", _gateway, _("set the addresses from which a gateway of the ledger answers"))
    enterprise(gateway)
    gateway.add_argument("name", metavar="NAME", help=_("its name in the ledger"))
    gateway.add_argument("hosts", nargs="*", metavar="HOST", help=_("host name or IP address; none: delete it"))


def _routes(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls

    routing = calls.describe_routes(enterprise=args.enterprise, actor=actor)
    return Answer(routing, partial(render_routes, routes=routing.routes, gateways=routing.gateways))


def _route(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls
    from nianjian.features.test_calls.storage import RouteInput

    if args.remove:
        calls.remove_route(enterprise=args.enterprise, name=args.name, actor=actor)
        return Answer({"route": args.name, "removed": True}, render_line(_("Removed.")))
    certificate, key = read_certificate(args)
    route = RouteInput(
        name=args.name,
        via=args.via,
        caller=args.caller,
        witness=args.witness,
        line=args.line,
        carrier=args.carrier,
        username=args.user,
        password=(read_password(args) or "") if args.user or args.password_file else None,
        daily_at=calls.parse_daily(args.daily),
        ca=_read(args.ca_file) or "",
        certificate="" if args.no_cert else certificate,
        key="" if args.no_cert else key,
    )
    document = calls.save_route(enterprise=args.enterprise, route=route, actor=actor)
    return Answer(document, partial(render_routes, routes=[document]))


def _gateway(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import calls

    gateway = calls.save_gateway(enterprise=args.enterprise, name=args.name, hosts=" ".join(args.hosts), actor=actor)
    return Answer(gateway, partial(render_routes, gateways=[gateway]))
