"""``nianjian gate policy …``: what the gate allows, and changes of it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.gate import words
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.dial_policy.operations.policy import Done

KEYS: Final = ("channel", "display", "team")
DEFAULT: Final = "default"


def configure_policy(actions: Actions) -> None:
    """List, set, choose, fail-open, mode."""
    group = actions.group("policy", _("what the gate allows: list, set, choose, fail-open, mode"))
    enterprise(group.add("list", _list, _("list caps, channels, purposes and switches")))
    change = group.add("set", _set, _("cap a channel; what is isolated needs a second person"))
    change.add_argument("channel", metavar="CHANNEL", help=_("the line's id (or a display number, or a team's id)"))
    enterprise(change)
    change.add_argument("--cap", type=_cap, metavar="N", help=_("calls a day; `default`: what the rulebook says"))
    change.add_argument("--per", choices=("day",), default="day", help=_("a natural day in Asia/Shanghai"))
    change.add_argument(
        "--white-list-only", action="store_true", help=_("isolate it: only callees with a consent on file")
    )
    change.add_argument("--key", choices=KEYS, default="channel", help=_("what CHANNEL names"))
    _reason(change)
    choose = group.add("choose", _choose, _("take the limits of a vendor's rule over"))
    choose.add_argument("rule", metavar="RULE", help=_("the rule's key, such as frequency.tencent_tccc"))
    enterprise(choose)
    choose.add_argument("--drop", action="store_true", help=_("no longer"))
    _reason(choose)
    switch = group.add("fail-open", _fail_open, _("let calls of a purpose go while the gate cannot know"))
    switch.add_argument("purpose", metavar="PURPOSE", help=_("the purpose, such as service"))
    enterprise(switch)
    switch.add_argument("--off", action="store_true", help=_("no longer"))
    _reason(switch)
    mode = group.add("mode", _mode, _("let the gate refuse, or only look on"))
    mode.add_argument("mode", choices=("enforce", "observe"), help=_("observe: every call goes, the journal tells"))
    enterprise(mode)
    _reason(mode)


def _reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="", help=_("why; it stands in the audit chain"))


def _cap(text: str) -> int | str:
    if text == DEFAULT:
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("“{value}” is not a whole number from 0 on").format(value=text))
    return int(text)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.policy import summarize_policy

    told = summarize_policy(enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        console.print(_("The gate refuses.") if told["enforce"] else _("The gate only looks on: every call goes."))
        header = (_("counted by"), _("only"), _("limit"), _("window"), _("counts"), _("rule"))
        table.rows(console, header, [_cap_row(cap) for cap in told["caps"]])
        table.rows(
            console,
            (_("channel"), _("team"), _("white list only")),
            [(one["name"], one["team"] or None, _("yes") if one["isolated"] else None) for one in told["channels"]],
        )
        table.rows(
            console,
            (_("purpose"), _("hours"), _("needs consent"), _("fails open")),
            [_purpose_row(one) for one in told["purposes"]],
        )
        console.print(_("Vendors' limits to choose from: {choices}").format(choices=", ".join(told["choices"])))

    return Answer(told, show)


def _cap_row(cap: dict[str, Any]) -> tuple[object, ...]:
    window = words.translate_code(words.WINDOWS, cap["window"], _)
    span = f"{window} {cap['seconds']} s" if "seconds" in cap else window
    key, counts = words.translate_code(words.KEYS, cap["key"], _), words.translate_code(words.COUNTS, cap["counts"], _)
    return key, cap["only"] or None, cap["limit"], span, counts, cap["rule"]


def _purpose_row(one: dict[str, Any]) -> tuple[object, ...]:
    hours = " ".join(f"{start}–{end}" for start, end in one["hours"])
    return (
        one["name"], hours, _("yes") if one["needs_consent"] else None, _("yes") if one["fail_open"] else None
    )  # fmt: skip


def _set(args: argparse.Namespace) -> Answer:
    if args.cap is None and not args.white_list_only:
        raise NianjianError("gate_cap_missing")
    actor = begin(args)
    from nianjian.features.dial_policy.operations.policy import set_cap

    return _answer(
        set_cap(
            enterprise=args.enterprise,
            name=args.channel,
            cap=None if args.cap in {None, DEFAULT} else args.cap,
            white_list=args.white_list_only,
            reason=args.reason,
            actor=actor,
            key=args.key,
        )
    )


def _choose(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.policy import choose

    return _answer(
        choose(enterprise=args.enterprise, rule=args.rule, on=not args.drop, reason=args.reason, actor=actor)
    )


def _fail_open(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.policy import fail_open

    return _answer(
        fail_open(enterprise=args.enterprise, purpose=args.purpose, on=not args.off, reason=args.reason, actor=actor)
    )


def _mode(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations.policy import enforce

    on = args.mode == "enforce"
    return _answer(enforce(enterprise=args.enterprise, on=on, reason=args.reason, actor=actor))


def _answer(done: Done) -> Answer:
    """In force, or waiting for a second person: then the answer is a "no" for now."""
    if done.state == "pending":
        text = _("Request {approval} waits for a second person: nianjian approve {approval} --as USER")
        data = {"approval": done.approval, "state": done.state}
        return Answer(data, lambda console: console.print(text.format(approval=done.approval)), NO)
    set_ = {"state": done.state, "key": done.key, "name": done.name, "values": dict(done.values), "told": done.told}
    said = _("In force; the gate has been told.")
    if not done.told:
        said = _("Set; the gate has not been told yet. It is tried again with the next feed.")
    return Answer(set_, lambda console: console.print(said), DONE)
