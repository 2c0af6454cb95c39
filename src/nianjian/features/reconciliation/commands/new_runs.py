"""Reconcile now: an export of numbers, lines or seats, the people of some months, the call sources of some days."""

from __future__ import annotations

import argparse
from datetime import date
from functools import partial
from pathlib import Path

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.reconciliation import terminal
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """``numbers``, ``lines``, ``seats``, ``people`` and ``sources``."""
    for kind, about in (
        ("numbers", _("compare the register of numbers with an export of the number-resource system")),
        ("lines", _("compare the register of lines with such an export")),
        ("seats", _("compare the register of seats with such an export")),
    ):
        one = actions.add(kind, partial(_filing, kind=kind), about)
        one.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("the export: CSV or xlsx"))
        one.add_argument("--export", type=Path, metavar="FILE", help=_("the same"))
        enterprise(one)
        on_day(one, "--as-of", _("the day that is compared; 31 December of the data year if not given"))
        one.add_argument("--mapping", type=Path, metavar="FILE", help=_("YAML that says which heading is which field"))
        one.add_argument("--out", type=Path, metavar="FILE", help=_("write the correction sheet (xlsx) there"))
    people = actions.add("people", _people, _("match seats, social insurance and wages of each person and month"))
    enterprise(people)
    for option, about in (
        ("--from", _("first month; January of the last month's year if not given")),
        ("--to", _("last month; the month before this one if not given")),
    ):
        people.add_argument(option, type=_month, metavar="YYYY-MM", help=about)
    sources = actions.add("sources", _sources, _("compare the calls that each source tells, by day and line"))
    enterprise(sources)
    on_day(sources, "--from", _("first day; 30 days up to the last one if not given"))
    on_day(sources, "--to", _("last day; yesterday if not given"))
    sources.add_argument(
        "--source", action="append", default=[], metavar="S", help=_("this source; repeat; all of them")
    )
    sources.add_argument(
        "--bill",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help=_("a carrier's bill: CSV or xlsx; repeat"),
    )
    sources.add_argument("--mapping", type=Path, metavar="FILE", help=_("YAML that says which heading is which field"))
    sources.add_argument(
        "--carrier", default="", metavar="NAME", help=_("the bill is this carrier's: only its lines of the register")
    )
    sources.add_argument(
        "--together", action="store_true", help=_("the sources are switches beside each other: add their calls up")
    )
    sources.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="S",
        help=_("this switch shares the calls with the others so named: one side together; repeat"),
    )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) == len("2026-01") else text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a month; write it like 2026-12").format(value=text)
        ) from error


def _filing(args: argparse.Namespace, kind: str) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import filing, runs
    from nianjian.platform.terminal.language import language

    path = args.export or args.file
    if path is None:
        raise NianjianError("usage", program=f"nianjian reconcile {kind}", message=_("name the export"))
    told = filing.run(
        enterprise=args.enterprise, kind=kind, path=path, actor=actor, mapping=args.mapping, as_of=args.as_of
    )
    if args.out is not None:
        _name, content = runs.correction(run=told["run"], language=language(), actor=actor)
        from nianjian.features.reconciliation.commands.run_results import write

        told["sheet"] = write(args.out, content)
    return Answer(told, terminal.filing(told), DONE if told["verdict"] == "passed" else NO)


def _people(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import people

    told = people.run(enterprise=args.enterprise, first=getattr(args, "from"), last=args.to, actor=actor)
    return Answer(told, terminal.people(told), DONE if told["verdict"] == "passed" else NO)


def _sources(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.reconciliation.operations import sources
    from nianjian.features.reconciliation.operations.bills import Against

    if not args.bill and (args.mapping or args.carrier):
        raise NianjianError("usage", program="nianjian reconcile sources", message=_("name the bill: --bill FILE"))
    told = sources.run(
        enterprise=args.enterprise,
        first=getattr(args, "from"),
        last=args.to,
        only=tuple(args.source),
        beside=tuple(args.beside),
        against=Against(tuple(args.bill), args.mapping, args.carrier, args.together),
        actor=actor,
    )
    return Answer(told, terminal.sources(told), DONE if told["verdict"] == "passed" else NO)
