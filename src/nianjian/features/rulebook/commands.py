"""``nianjian rules``: the rules of a day, a request for another value; ``nianjian holidays``: the notices of years."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _, format_limit, language, sentence
from nianjian.platform.terminal.session import begin


def configure_rules(parser: argparse.ArgumentParser) -> None:
    """Show, overlay."""
    actions = Actions(parser)
    show = actions.add("show", _show, _("show the rules in force on a day, with value, level and source"))
    show.add_argument(
        "prefix", nargs="?", default="", metavar="KEY", help=_("a rule's key or its beginning, or its id such as D1")
    )
    on_day(show, "--on", _("the day; default: today"))
    show.add_argument("--province", metavar="P", help=_("include the rules of this province"))
    enterprise(show, required=False)
    laid = actions.add("overlay", _overlay, _("request another value; a second person approves it"))
    laid.add_argument("key", metavar="KEY", help=_("the rule's key"))
    laid.add_argument("value", metavar="VALUE", help=_("the new value"))
    laid.add_argument("--province", metavar="P", help=_("for this province"))
    enterprise(laid, required=False)
    laid.add_argument("--from", dest="valid_from", type=day, required=True, metavar="YYYY-MM-DD", help=_("first day"))
    on_day(laid, "--to", _("last day, included; default: open-ended"))
    laid.add_argument("--reason", required=True, help=_("why; it is included in every result that uses the value"))


def _show(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.features.rulebook.operations import rule_to_document
    from nianjian.platform.rulebook.rulebooks import rulebook

    where = None if args.province is None else identifiers.short(args.province)
    book = rulebook(day=args.on, province=where, enterprise=args.enterprise)
    prefix = args.prefix  # a key, a beginning of keys, or an id, whatever its case
    rules = book.rules(prefix) or tuple(rule for rule in book.rules() if rule.id.casefold() == prefix.casefold())
    if not rules:
        raise NianjianError("rule_unknown", key=prefix, date=book.day)
    data = {
        "rulebook": {"id": book.id, "version": book.version, "sha256": book.sha256},
        "day": book.day,
        "province": book.province,
        "enterprise": args.enterprise,
        "rules": [rule_to_document(rule) for rule in rules],
        "overlays_ignored": [
            {name: one[name] for name in ("key", "value", "province", "enterprise", "reason")} for one in book.ignored
        ],
    }

    def show(console: Console) -> None:
        header = (_("key"), _("rule"), _("title"), _("value"), _("kind"), _("level"))
        body = [
            (
                rule.key,
                rule.id,
                rule.title_en if language() == ENGLISH else rule.title_zh,
                format_limit(rule.operator, rule.value, rule.unit),
                code_name("rule_kind", str(rule.kind), _),
                code_name("level", str(rule.level), _),
            )
            for rule in rules
        ]
        table.rows(console, header, body)
        for one in book.ignored:
            console.print(
                _("An approved overlay of {key} has no effect: the rule does not accept overlays.").format(
                    key=one["key"]
                )
            )

    return Answer(data, show)


def _overlay(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rulebook.operations import request_overlay

    names = ("key", "value", "province", "enterprise", "valid_from", "reason")
    waiting = request_overlay(**{name: getattr(args, name) for name in names}, valid_to=args.to, actor=actor)
    text = _("Request {approval} is waiting for a second person: nianjian approve {approval} --as USER")
    data = {"approval": waiting.id, "state": waiting.state}
    return Answer(data, lambda console: console.print(text.format(**data)), NO)


def configure_holidays(parser: argparse.ArgumentParser) -> None:
    """Import, list, due."""
    actions = Actions(parser)
    load = actions.add("import", _import, _("import the holidays of a year, completely or not at all"))
    load.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help=_("JSON {year, papers, days[{name, date, isOffDay}]}, or a table 日期, 名称, 休息/上班, 依据文件"),
    )
    actions.add("list", _list, _("list the years whose holidays are known"))
    due = actions.add("due", _due, _("count working days from a given day"))
    on_day(due, "--from", _("the day of receipt; that day is not counted"))
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
            message = _("Nothing imported.")
        elif not receipt.years:
            message = _("{file} contains no days: the year's notice has not been published. Nothing changed.")
        elif receipt.new:
            message = _("{years}: {off} days off and {on} working weekends imported.")
        else:
            message = _("{years}: the same file had already been imported. Nothing changed.")
        years = ", ".join(map(str, receipt.years))
        console.print(message.format(file=receipt.file, years=years, off=receipt.days_off, on=receipt.extra_workdays))

    return Answer({**asdict(receipt), "errors": errors}, show, NO if errors else DONE)


def _list(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.rulebook.holidays import years

    rows = years()
    first = rows[-1].year + 1

    def show(console: Console) -> None:
        header = (_("year"), _("source"), _("days off"), _("working weekends"), _("documents"))
        body = [(one.year, one.source, one.days_off, one.extra_workdays, ", ".join(one.papers)) for one in rows]
        table.rows(console, header, body)
        text = _(
            "From {year} on days are provisional: they are counted by weekends and the holidays with a fixed date."
        )
        console.print(text.format(year=first))

    return Answer({"years": rows, "provisional_from": first}, show)


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
            console.print(_("Provisional: the holidays of a year in between are not known yet."), style="yellow")

    return Answer(data, show)
