"""``nianjian rules``: the rulebook of a day with its sources, and the request to overlay a value."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

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


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _show(args: argparse.Namespace) -> Answer:
    begin(args)
    from nianjian.platform.rulebook.rulebooks import rulebook

    where = None if args.province is None else identifiers.short(args.province)
    book = rulebook(day=args.on, province=where, enterprise=args.enterprise)
    found = _found(book, args.prefix)
    rules: list[dict[str, Any]] = [
        {
            "key": rule.key,
            "id": rule.id,
            "title": {"zh": rule.title_zh, "en": rule.title_en},
            "operator": rule.operator,
            "value": _plain(rule.value),
            "unit": rule.unit,
            "level": str(rule.level),
            "citation": rule.citation,
            "url": rule.url,
            "valid_from": rule.valid_from,
            "valid_to": rule.valid_to,
            "province": rule.province,
        }
        for rule in found
    ]
    data = {
        "rulebook": {"id": book.id, "version": book.version, "sha256": book.sha256},
        "day": book.day,
        "province": book.province,
        "enterprise": args.enterprise,
        "rules": rules,
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


def _plain(value: object) -> object:
    """A rule's value as JSON: exact numbers as text, lists as lists."""
    if isinstance(value, tuple | list):
        return [_plain(inside) for inside in value]
    if isinstance(value, dict):
        return {key: _plain(inside) for key, inside in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _found(book: Rulebook, wanted: str) -> tuple[Rule, ...]:
    """The rules of a key, of a beginning of keys, or of an id, whatever its case; ``rule_unknown`` for none."""
    found = book.rules(wanted) or tuple(rule for rule in book.rules() if rule.id.casefold() == wanted.casefold())
    if not found:
        raise NianjianError("rule_unknown", key=wanted, date=book.day)
    return found


def _overlay(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rulebook.operations import request_overlay

    waiting = request_overlay(
        key=args.key,
        value=args.value,
        province=args.province,
        enterprise=args.enterprise,
        valid_from=args.valid_from,
        valid_to=args.to,
        reason=args.reason,
        actor=actor,
    )
    text = _("Request {approval} waits for a second person: nianjian approve {approval} --as USER")
    return Answer(
        {"approval": waiting.id, "state": waiting.state},
        lambda console: console.print(text.format(approval=waiting.id)),
        NO,
    )
