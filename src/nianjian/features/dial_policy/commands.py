"""``nianjian gate``: may this call be dialled? Policies, lists, snapshot, journal, a question."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.paper.texts.gate import words
from nianjian.features.dial_policy.terminal.journal import configure_journal
from nianjian.features.dial_policy.terminal.policy import configure_policy
from nianjian.features.dial_policy.terminal.serve import (
    configure_feeding,
    configure_serve,
    configure_store,
    keep_feeding,
)
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, moment
from nianjian.platform.terminal.language import _, sentence
from nianjian.platform.terminal.session import begin

GATE: Final = "http://127.0.0.1:18431"


def configure(parser: argparse.ArgumentParser) -> None:
    """Serve, check, feed, policy, list, decisions, replay."""
    actions = Actions(parser)
    configure_serve(actions)
    configure_store(actions)
    _configure_check(actions)
    configure_policy(actions)
    lists = actions.group("list", _("lists of numbers too long for the database: build, show"))
    build = lists.add("build", _build, _("build a list from a file; it takes the place of the last one"))
    build.add_argument("kind", metavar="KIND", help=_("do-not-call or consents"))
    build.add_argument("file", type=Path, metavar="FILE", help=_("CSV with the register's headers, plain or gz"))
    enterprise(build)
    enterprise(lists.add("show", _lists, _("show the built lists in use")))
    configure_feeding(actions.add("feed", _feed, _("write the snapshot now, if anything changed")))
    configure_journal(actions)


def _configure_check(actions: Actions) -> None:
    check = actions.add("check", _check, _("ask whether a call may be dialled; counts nothing unless --take"))
    enterprise(check)
    check.add_argument("--display", required=True, metavar="N", help=_("display number"))
    check.add_argument("--callee", required=True, metavar="N", help=_("dialled number"))
    check.add_argument("--channel", required=True, metavar="LINE", help=_("line"))
    check.add_argument("--purpose", default="", help=_("what the call is for"))
    check.add_argument("--team", default="", help=_("team"))
    check.add_argument("--at", type=_moment, metavar="MOMENT", help=_("at this moment; without it now"))
    check.add_argument("--take", action="store_true", help=_("put it to the running gate, which counts the call"))
    check.add_argument("--call-id", help=_("with --take: asked again, it gets the same answer"))
    check.add_argument("--gate", default=GATE, metavar="URL", help=_("with --take: where the gate listens"))


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _moment(text: str) -> datetime:
    """Read a moment, or say as of every option that it is none."""
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a moment; write it like 2026-12-31T08:30:00").format(value=text)
        ) from error


def _check(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.check import Question, check, take

    names = (args.enterprise, args.display, args.callee, args.channel)
    question = Question(*names, purpose=args.purpose, team=args.team, at=args.at)
    if args.take:
        call_id = args.call_id or f"check-{secrets.token_hex(8)}"
        told = take(question=question, call_id=call_id, gate=args.gate, actor=actor)
        told["call_id"] = call_id
    else:
        told = check(question=question, actor=actor)

    def show(console: Console) -> None:
        console.print(
            words.translate_code(words.REASONS, str(told["reason"]), _), style="green" if told["allow"] else "red"
        )
        if told.get("rule"):
            console.print(_("rule: {rule}").format(rule=told["rule"]))
        if told.get("retry_at"):
            moment = datetime.fromtimestamp(told["retry_at"], clock.ZONE).isoformat(sep=" ", timespec="seconds")
            console.print(_("again at {moment}").format(moment=moment))
        if told.get("slots"):
            header = (_("counted by"), _("value"), _("limit"), _("window"), _("rule"))
            table.rows(console, header, [_slot(slot) for slot in told["slots"]])
        if told.get("enforce") is False:
            console.print(_("The gate only looks on: every call goes."), style="yellow")

    return Answer(told, show, DONE if told["allow"] else NO)


def _slot(slot: dict[str, Any]) -> tuple[object, ...]:
    window, _space, seconds = str(slot["window"]).partition(" ")
    span = f"{words.translate_code(words.WINDOWS, window, _)} {seconds}".strip()
    return words.translate_code(words.KEYS, slot["key"], _), slot["value"], slot["limit"], span, slot["rule"]


def _feed(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.feed import feed
    from nianjian.platform.accounts.access import EVERYWHERE, require
    from nianjian.platform.accounts.roles import Act

    require(actor, EVERYWHERE, Act.REQUEST)
    fed = feed()
    if args.every:
        return keep_feeding(feed, args.every, args.parent)
    text = (
        _("Snapshot {generation} is in force: {consents} consents, {refused} numbers not to be called.")
        if fed.new
        else _("Snapshot {generation} still holds: {consents} consents, {refused} numbers not to be called.")
    )
    values = {"consents": fed.entries["consents"], "refused": fed.entries["do-not-call"]}
    said = text.format(generation=fed.generation, **values)

    def show(console: Console) -> None:
        console.print(said)
        for code, fault in fed.refused.items():
            gone = _("{enterprise} could not be told to the gate, every call of it is refused: {why}")
            console.print(gone.format(enterprise=code, why=sentence(fault.code, fault.values)), style="red")

    told = {**asdict(replace(fed, refused={})), "refused": {code: one.code for code, one in fed.refused.items()}}
    return Answer(told, show, NO if fed.refused else DONE)


def _build(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.lists import build

    receipt = build(kind=args.kind, path=args.file, enterprise=args.enterprise, actor=actor, progress=lambda *_: None)

    def show(console: Console) -> None:
        text = _("{file}: {rows} rows read, {entries} entries in the list, snapshot {generation}.")
        console.print(text.format(**asdict(receipt)))
        if receipt.rejected:
            left = _("{count} rows could not be read, the first in line {lines}")
            lines = ", ".join(map(str, receipt.lines))
            console.print(left.format(count=receipt.rejected, lines=lines), style="yellow")

    return Answer(asdict(receipt), show, NO if receipt.rejected else DONE)


def _lists(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.lists import list_built_lists

    found = list_built_lists(enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        header = (_("list"), _("file"), _("entries"), _("bytes"), _("by"), _("when"))
        table.rows(
            console,
            header,
            [
                (one["kind"], one["file"], one["entries"], one["size"], one["recorded_by"], one["recorded_at"])
                for one in found
            ],
        )

    return Answer({"lists": found}, show)
