"""Run a drill now, and tell what one has shown."""

from __future__ import annotations

import argparse
from pathlib import Path

from nianjian.cli.answer import DONE, NO, Answer
from nianjian.cli.arguments import Actions, enterprise, number
from nianjian.cli.language import _, language
from nianjian.cli.session import begin
from nianjian.cli.terminal.inspection import drill as picture

CALLS = 3


def configure(actions: Actions) -> None:
    """``run`` and ``report``."""
    ran = actions.add("run", _run, _("look at readiness, make test calls, and open a complaint that is a drill"))
    enterprise(ran)
    ran.add_argument("--phone", default="", metavar="N", help=_("telephone that plays the complainant"))
    ran.add_argument(
        "--calls", type=number, default=CALLS, metavar="N", help=_("so many numbers get a test call; 3 if not given")
    )
    told = actions.add("report", _report, _("steps with their times, what passed, what to mend; exit 1 unless passed"))
    enterprise(told)
    told.add_argument("--drill", default="", metavar="TICKET", help=_("the drill's ticket; the newest if not given"))
    told.add_argument("--out", type=Path, metavar="FILE", help=_("write the report there (PDF)"))


def _run(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.drill.run import run as held

    told = held(enterprise=args.enterprise, phone=args.phone, calls=args.calls, actor=actor)
    return Answer(told, picture.begun(told), DONE)


def _report(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.flows.inspection.drill import report

    given = {"enterprise": args.enterprise, "actor": actor, "name": args.drill}
    told = report.report(**given)
    if args.out is not None:
        report.written(path=args.out, language=language(), **given)
    return Answer(told, picture.report(told), DONE if told["state"] == "passed" else NO)
