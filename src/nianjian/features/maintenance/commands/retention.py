"""``nianjian retention``: how long records are kept, and the end of those whose time is over."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from nianjian.engines.paper.texts.operation.doctor import RECORD_CLASSES, UNITS
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.maintenance.operations.retention import Standing


def configure(parser: argparse.ArgumentParser) -> None:
    """Show and run."""
    actions = Actions(parser)
    shown = actions.add("show", _show, _("how long each class of records is kept, and what is over its time"))
    enterprise(shown, required=False)
    done = actions.add("run", _run, _("erase what is over its time; what was computed of it stays sealed"))
    enterprise(done, required=False)
    done.add_argument("--dry-run", action="store_true", help=_("only say what would be erased"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.maintenance.operations import retention

    at = clock.now().astimezone(clock.ZONE)
    found = retention.show(actor=actor, enterprise=args.enterprise)

    def draw(console: Console) -> None:
        _draw(console, found, _("over their time"))
        console.print(_("Counted at {moment}.").format(moment=f"{at:%Y-%m-%d %H:%M}"))

    return Answer({"counted_at": at.isoformat(timespec="seconds"), "classes": _told(found)}, draw)


def _run(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.maintenance.operations import retention

    found = retention.run(actor=actor, enterprise=args.enterprise, dry_run=args.dry_run)
    header = _("would be erased") if args.dry_run else _("erased")
    data = {"dry_run": args.dry_run, "erased": sum(one.over for one in found), "classes": _told(found)}
    return Answer(data, lambda console: _draw(console, found, header))


def _told(found: Sequence[Standing]) -> list[dict[str, object]]:
    return [
        {
            "enterprise": one.enterprise,
            "class": one.period.record_class,
            "keep": one.period.value,
            "unit": one.period.unit,
            "rule": one.period.rule,
            "level": one.period.level,
            "citation": one.period.citation,
            "since": None if one.period.since is None else one.period.since.isoformat(),
            "oldest": one.oldest,
            "rows": one.over,
        }
        for one in found
    ]


def _draw(console: Console, found: Sequence[Standing], over: str) -> None:
    header = (_("enterprise"), _("records"), _("kept for"), _("from"), _("oldest"), over)
    body = [
        (
            one.enterprise,
            _(RECORD_CLASSES.get(one.period.record_class, one.period.record_class)),
            _kept(one),
            one.period.since or "",
            one.oldest or "",
            one.over,
        )
        for one in found
    ]
    table.rows(console, header, body)


def _kept(one: Standing) -> str:
    told = _(UNITS[str(one.period.unit)]).format(count=one.period.value)
    return told if one.period.since else _("for ever; at least {period}").format(period=told)
