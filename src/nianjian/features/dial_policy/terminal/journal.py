"""``nianjian gate decisions`` and ``nianjian gate replay``: what the gate has answered."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.gate import words
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

LIMIT = 50


def configure_journal(actions: Actions) -> None:
    """Decisions, replay."""
    listed = actions.add("decisions", _list, _("list what the gate has answered, newest first"))
    enterprise(listed, required=False)
    listed.add_argument("--callee", default="", help=_("dialled number, however it is written"))
    listed.add_argument("--display", default="", help=_("display number"))
    listed.add_argument("--channel", default="", help=_("line"))
    listed.add_argument("--reason", default="", help=_("reason of the answer, such as cap"))
    listed.add_argument("--call-id", default="", help=_("the switch's id of the call"))
    answers = listed.add_mutually_exclusive_group()
    answers.add_argument("--allowed", action="store_true", help=_("only calls that went"))
    answers.add_argument("--refused", action="store_true", help=_("only calls that were refused"))
    on_day(listed, "--from", _("first day"))
    on_day(listed, "--to", _("last day, included"))
    listed.add_argument("--limit", type=number, default=LIMIT, metavar="N", help=_("at most so many"))
    replay = actions.add("replay", _replay, _("decide again by the snapshots of then, and compare"))
    replay.add_argument("what", metavar="FILE|DAY", help=_("a file of the journal, or a day (YYYY-MM-DD)"))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.gate.decision_search import DecisionFilter
    from nianjian.features.dial_policy.operations.check import plain, search_journal

    wanted = DecisionFilter(
        enterprise=args.enterprise or "",
        callee=args.callee,
        display=args.display,
        channel=args.channel,
        reason=args.reason,
        call_id=args.call_id,
        allow=True if args.allowed else False if args.refused else None,
        since=None if (first := getattr(args, "from")) is None else _midnight(first),
        until=None if args.to is None else _midnight(args.to + timedelta(days=1)),
    )
    told = search_journal(wanted=wanted, limit=args.limit, actor=actor)
    rows = [plain(one) for one in told.decisions]

    def show(console: Console) -> None:
        header = (_("time"), _("channel"), _("display number"), _("callee"), _("answer"), _("rule"), _("call"))
        body = [
            (one["at"], one["channel"], one["display"], one["callee"], _reason(one), one["rule"], one["call_id"])
            for one in rows
        ]
        table.rows(console, header, body)
        if told.more:
            console.print(_("There are more: --limit."))
        if told.damaged:
            console.print(_("{count} damaged lines were passed over.").format(count=told.damaged), style="yellow")

    return Answer({"decisions": rows, "more": told.more, "damaged": told.damaged}, show)


def _reason(one: dict[str, object]) -> str:
    return words.translate_code(words.REASONS, str(one["observed"] or one["reason"]), _)


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), clock.ZONE).timestamp()) * 1000


def _replay(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.check import again

    told = again(what=args.what, actor=actor)

    def show(console: Console) -> None:
        text = _("{decided} decided again: {same} the same, {differ} otherwise.")
        console.print(text.format(**told))
        if told["without_snapshot"]:
            gone = _("{count} without a snapshot: it is no longer kept.")
            console.print(gone.format(count=told["without_snapshot"]), style="yellow")
        if told["differing"]:
            header = (_("time"), _("channel"), _("callee"), _("then"), _("now"))
            table.rows(
                console,
                header,
                [
                    (
                        one["at"],
                        one["channel"],
                        one["callee"],
                        _reason(one),
                        words.translate_code(words.REASONS, one["now"], _),
                    )
                    for one in told["differing"]
                ],
            )

    return Answer(told, show, NO if told["differ"] else DONE)
