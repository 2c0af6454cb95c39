"""The ways of test calls, and the addresses of gateways."""

from __future__ import annotations

import argparse

from nianjian.features.test_calls import terminal
from nianjian.features.test_calls.commands import route_options
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """``routes``, ``route`` and ``gateway``."""
    enterprise(actions.add("routes", _routes, _("list the ways of test calls, and the gateways' addresses")))
    route = actions.add("route", _route, _("set or remove a way for test calls"))
    enterprise(route)
    route.add_argument("name", metavar="NAME", help=_("what it is called"))
    route.add_argument("--line", default="", metavar="ID", help=_("the trunk line of the register"))
    route.add_argument("--daily", default="", metavar="HH:MM", help=_("test all filed numbers each day at this time"))
    route.add_argument("--no-cert", action="store_true", help=_("forget the own certificate and its key"))
    route.add_argument("--remove", action="store_true", help=_("remove it"))
    route_options.options(route)
    gateway = actions.add("gateway", _gateway, _("say from which addresses a gateway of the ledger answers"))
    enterprise(gateway)
    gateway.add_argument("name", metavar="NAME", help=_("its name in the ledger"))
    gateway.add_argument("hosts", nargs="*", metavar="HOST", help=_("host name or IP address; none: forget it"))


def _routes(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import routes

    told = routes.list_routes(enterprise=args.enterprise, actor=actor)
    return Answer(told, terminal.routes(told))


def _route(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import routes as ways
    from nianjian.features.test_calls.routes.service import RouteInput

    if args.remove:
        ways.remove(enterprise=args.enterprise, name=args.name, actor=actor)
        return Answer({"route": args.name, "removed": True}, terminal.render_line(_("Removed.")))
    certificate, key = route_options.certificate(args)
    given = RouteInput(
        name=args.name,
        via=args.via,
        caller=args.caller,
        witness=args.witness,
        line=args.line,
        carrier=args.carrier,
        username=args.user,
        password=(route_options.password(args) or "") if args.user or args.password_file else None,
        daily_at=ways.daily(args.daily),
        ca=route_options.ca(args),
        certificate="" if args.no_cert else certificate,
        key="" if args.no_cert else key,
    )
    told = ways.save(enterprise=args.enterprise, given=given, actor=actor)
    return Answer(told, terminal.routes({"routes": [told], "gateways": []}))


def _gateway(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.test_calls.operations import routes as ways

    told = ways.name_gateway(enterprise=args.enterprise, name=args.name, hosts=" ".join(args.hosts), actor=actor)
    return Answer(told, terminal.routes({"routes": [], "gateways": [told]}))
