"""``nianjian drill``: the drill of the on-site check, and its report."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from nianjian.features.inspection import terminal
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

CALLS = 3
SOURCES = ("one_click", "12321")
THROWN = ("second_call", "system_slow", "inspector_asks", "media")
MINUTES = ("responded", "called_back", "closed")


def configure(parser: argparse.ArgumentParser) -> None:
    """``run``, ``report``, ``timeline``, ``inject`` and ``history``."""
    actions = Actions(parser)
    ran = actions.add("run", _run_drill, _("check readiness, make test calls, and open a drill complaint"))
    enterprise(ran)
    ran.add_argument("--phone", default="", metavar="N", help=_("telephone of the person playing the complainant"))
    ran.add_argument(
        "--calls", type=number, default=CALLS, metavar="N", help=_("this many numbers get a test call; default: 3")
    )
    ran.add_argument("--source", choices=SOURCES, default=SOURCES[0], help=_("how the complaint arrives"))
    ran.add_argument(
        "--minutes", type=_minutes, default={}, metavar="R,B,C",
        help=_("when the script wants response, call-back and closing; default: 10,30,45"),
    )  # fmt: skip
    ran.add_argument("--agent", default="", metavar="USER", help=_("who responds and calls back"))
    ran.add_argument("--lead", default="", metavar="USER", help=_("who closes the ticket"))
    about = _("drill inject given by the facilitator; can be repeated")
    ran.add_argument("--throw", action="append", default=[], choices=THROWN, help=about)
    _newest(actions.add("timeline", _timeline, _("what is due, what was done, which injects were given")))
    thrown = actions.add("inject", _inject, _("record that an inject was given, or that it was handled"))
    enterprise(thrown)
    thrown.add_argument("what", choices=THROWN, help=_("the inject"))
    thrown.add_argument("--drill", required=True, metavar="TICKET", help=_("the drill's ticket"))
    thrown.add_argument("--handled", action="store_true", help=_("it was handled"))
    enterprise(actions.add("history", _history, _("all drills, and how quickly their steps were done")))
    told = actions.add("report", _report, _("steps with their times, what passed, what to fix; exit 1 unless passed"))
    _newest(told)
    told.add_argument("--out", type=Path, metavar="FILE", help=_("write the report there (PDF)"))


def _newest(parser: argparse.ArgumentParser) -> None:
    enterprise(parser)
    parser.add_argument("--drill", default="", metavar="TICKET", help=_("the drill's ticket; default: the newest"))


def _run_drill(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.drill import run_drill
    from nianjian.features.inspection.states import DrillPlan

    planned = DrillPlan(args.source, args.minutes, {"agent": args.agent, "lead": args.lead}, args.throw)
    told = run_drill(enterprise=args.enterprise, phone=args.phone, calls=args.calls, actor=actor, planned=planned)
    return Answer(told, partial(terminal.render_drill_begun, told), DONE)


def _timeline(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    return _lines(drill.build_report(enterprise=args.enterprise, actor=actor, name=args.drill))


def _inject(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    act = "handled" if args.handled else "given"
    drill.note_inject(enterprise=args.enterprise, drill=args.drill, what=args.what, act=act, actor=actor)
    return _lines(drill.build_report(enterprise=args.enterprise, actor=actor, name=args.drill))


def _lines(told: Mapping[str, Any]) -> Answer:
    found = {name: told[name] for name in ("drill", "running_s", "timeline")}
    return Answer(found, partial(terminal.render_timeline, found))


def _history(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    told = {"drills": drill.list_drills(enterprise=args.enterprise, actor=actor)}
    return Answer(told, partial(terminal.render_history, told))


def _minutes(text: str) -> dict[str, int]:
    """``10,30,45``: of response, call-back and closing."""
    parts = text.split(",")
    if len(parts) != len(MINUTES):
        raise argparse.ArgumentTypeError(_("give three whole numbers separated by commas, like 10,30,45"))
    return dict(zip(MINUTES, map(number, parts), strict=True))


def _report(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    given = {"enterprise": args.enterprise, "actor": actor, "name": args.drill}
    told = drill.build_report(**given)
    if args.out is not None:
        drill.write_report(path=args.out, language=language(), **given)
    return Answer(told, partial(terminal.render_drill_report, told), DONE if told["state"] == "passed" else NO)
