"""``nianjian rules``: the rulebook of a day with its sources, and the request to overlay a value."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.kernel import identifiers
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.portrait import code_name
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, on_day
from nianjian.platform.terminal.language import _, format_limit, language
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.engines.rules.rule import Rule
    from nianjian.engines.rules.rulebook import Rulebook


def configure(parser: argparse.ArgumentParser) -> None:
    """Show, overlay."""
    actions = Actions(parser)
    show = actions.add("show", _show, _("show the rules in force on a day, with value, level and source"))
    show.add_argument(
        "prefix", nargs="?", default="", metavar="KEY", help=_("a rule's key or its beginning, or its id such as D1")
    )
    on_day(show, "--on", _("the day; without it today"))
    show.add_argument("--province", metavar="P", help=_("with the rules of this province"))
    enterprise(show, required=False)
    laid = actions.add("overlay", _overlay, _("ask for another value; a second person approves it"))
    laid.add_argument("key", metavar="KEY", help=_("the rule's key"))
    laid.add_argument("value", metavar="VALUE", help=_("the value that shall hold"))
    laid.add_argument("--province", metavar="P", help=_("for this province"))
    enterprise(laid, required=False)
    laid.add_argument("--from", dest="valid_from", type=day, required=True, metavar="YYYY-MM-DD", help=_("first day"))
    on_day(laid, "--to", _("last day, included; without it open"))
    laid.add_argument("--reason", required=True, help=_("why; it stands in every result that uses the value"))


def _show(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.features.rulebook.operations import rule_as_dict
    from nianjian.platform.rulebook.rulebooks import rulebook

    where = None if args.province is None else identifiers.short(args.province)
    book = rulebook(day=args.on, province=where, enterprise=args.enterprise)
    found = _found(book, args.prefix)
    data = {
        "rulebook": {"id": book.id, "version": book.version, "sha256": book.sha256},
        "day": book.day,
        "province": book.province,
        "enterprise": args.enterprise,
        "rules": [rule_as_dict(rule) for rule in found],
        "overlays_ignored": [
            {name: one[name] for name in ("key", "value", "province", "enterprise", "reason")} for one in book.ignored
        ],
    }

    def show(console: Console) -> None:
        header = (_("key"), _("rule"), _("title"), _("value"), _("level"))
        body = [
            (
                rule.key,
                rule.id,
                rule.title_en if language() == ENGLISH else rule.title_zh,
                format_limit(rule.operator, rule.value, rule.unit),
                code_name("level", str(rule.level), _),
            )
            for rule in found
        ]
        table.rows(console, header, body)
        for one in book.ignored:
            console.print(_("An approved overlay of {key} does not act: the rule takes none.").format(key=one["key"]))

    return Answer(data, show)


def _found(book: Rulebook, wanted: str) -> tuple[Rule, ...]:
    """The rules of a key, of a beginning of keys, or of an id, whatever its case; ``rule_unknown`` for none."""
    found = book.rules(wanted) or tuple(rule for rule in book.rules() if rule.id.casefold() == wanted.casefold())
    if not found:
        raise NianjianError("rule_unknown", key=wanted, date=book.day)
    return found


def _overlay(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rulebook.operations import request_overlay

    names = ("key", "value", "province", "enterprise", "valid_from", "reason")
    waiting = request_overlay(**{name: getattr(args, name) for name in names}, valid_to=args.to, actor=actor)
    text = _("Request {approval} waits for a second person: nianjian approve {approval} --as USER")
    data = {"approval": waiting.id, "state": waiting.state}
    return Answer(data, lambda console: console.print(text.format(**data)), NO)
