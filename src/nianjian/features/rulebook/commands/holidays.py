"""``nianjian holidays``: the notice of a year in, what is known, and a last day counted in working days."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, number, on_day
from nianjian.platform.terminal.language import _, sentence
from nianjian.platform.terminal.session import begin


def configure(parser: argparse.ArgumentParser) -> None:
    """Import, list, due."""
    actions = Actions(parser)
    load = actions.add("import", _import, _("import the holidays of a year, whole or not at all"))
    load.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=_("JSON {year, papers, days[{name, date, isOffDay}]}, or a table 日期, 名称, 休息/上班, 依据文件"),
    )
    actions.add("list", _list, _("list the years whose holidays are known"))
    due = actions.add("due", _due, _("count working days from a day"))
    on_day(due, "--from", _("the day of receipt; it is not counted itself"))
    due.add_argument("--workdays", type=number, required=True, metavar="N", help=_("how many working days"))


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.platform.rulebook.holidays import import_holidays

    receipt = import_holidays(path=args.file, actor=actor)
    errors = [{**one.as_dict(), "message": sentence(one.code, one.values())} for one in receipt.errors]

    def show(console: Console) -> None:
        for one in receipt.errors:
            text = _("line {line}, {column}: {fault}")
            fault = sentence(one.code, one.values())
            console.print(text.format(line=one.line, column=one.column, fault=fault), style="red")
        if receipt.errors:
            told = _("Nothing imported.")
        elif not receipt.years:
            told = _("{file} holds no days: the year's notice is not out. Nothing changed.")
        elif receipt.new:
            told = _("{years}: {off} days off and {on} working weekends imported.")
        else:
            told = _("{years}: the same file stood already. Nothing changed.")
        years = ", ".join(map(str, receipt.years))
        console.print(told.format(file=receipt.file, years=years, off=receipt.days_off, on=receipt.extra_workdays))

    return Answer({**asdict(receipt), "errors": errors}, show, NO if errors else DONE)


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.rulebook.holidays import years

    found = [asdict(one) for one in years()]
    first = found[-1]["year"] + 1

    def show(console: Console) -> None:
        header = (_("year"), _("source"), _("days off"), _("working weekends"), _("papers"))
        body = [
            (one["year"], one["source"], one["days_off"], one["extra_workdays"], ", ".join(one["papers"]))
            for one in found
        ]
        table.rows(console, header, body)
        text = _("From {year} on days are counted provisionally: by weekends and the holidays with a fixed date.")
        console.print(text.format(year=first))

    return Answer({"years": found, "provisional_from": first}, show)


def _due(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.platform.rulebook.holidays import due

    start = getattr(args, "from") or clock.today()
    last = due(start=start, workdays=args.workdays)
    data = {"from": start, "workdays": args.workdays, "due": last.day, "provisional": last.provisional}

    def show(console: Console) -> None:
        console.print(_("{day} is the last day.").format(day=last.day))
        if last.provisional:
            console.print(_("Provisional: the holidays of a year on the way are not known yet."), style="yellow")

    return Answer(data, show)
