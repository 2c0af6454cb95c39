"""``nianjian gate``: may this call be dialled? Policies, lists, snapshot, journal, a question, the process itself."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts import gate
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.jobs.beside import TAKEN, Beside
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, moment, number, on_day
from nianjian.platform.terminal.console import stderr
from nianjian.platform.terminal.language import _, language, sentence
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.dial_policy.decisions import DecisionDocument
    from nianjian.features.dial_policy.operations import GateCap, GateChange


LIMIT = 50


def configure_journal(actions: Actions) -> None:
    """Decisions, replay."""
    listed = actions.add("decisions", _list_decisions, _("list what the gate has answered, newest first"))
    enterprise(listed, required=False)
    listed.add_argument("--callee", default="", help=_("dialled number, in any notation"))
    listed.add_argument("--display", default="", help=_("display number"))
    listed.add_argument("--channel", default="", help=_("line"))
    listed.add_argument("--reason", default="", help=_("reason of the answer, such as cap"))
    listed.add_argument("--call-id", default="", help=_("the switch's id of the call"))
    answers = listed.add_mutually_exclusive_group()
    answers.add_argument("--allowed", action="store_true", help=_("only calls that were allowed"))
    answers.add_argument("--refused", action="store_true", help=_("only calls that were refused"))
    on_day(listed, "--from", _("first day"))
    on_day(listed, "--to", _("last day, included"))
    listed.add_argument("--limit", type=number, default=LIMIT, metavar="N", help=_("at most this many"))
    replay = actions.add("replay", _replay, _("decide again with the snapshots of that time, and compare"))
    replay.add_argument("what", metavar="FILE|DAY", help=_("a file of the journal, or a day (YYYY-MM-DD)"))


def _list_decisions(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.gate.decision_search import DecisionFilter
    from nianjian.features.dial_policy.decisions import decision_to_document, search_journal

    first = getattr(args, "from")
    filters = DecisionFilter(
        enterprise=args.enterprise or "",
        **{name: getattr(args, name) for name in ("callee", "display", "channel", "reason", "call_id")},
        allow=True if args.allowed else False if args.refused else None,
        since=None if first is None else _midnight(first),
        until=None if args.to is None else _midnight(args.to + timedelta(days=1)),
    )
    matches = search_journal(filters=filters, limit=args.limit, actor=actor)
    rows = [decision_to_document(one) for one in matches.decisions]

    def show(console: Console) -> None:
        header = (_("time"), _("channel"), _("display number"), _("callee"), _("answer"), _("rule"), _("call"))
        cells = [
            (one.at, one.channel, one.display, one.callee, _describe_reason(one), one.rule, one.call_id) for one in rows
        ]
        table.rows(console, header, cells)
        if matches.more:
            console.print(_("There are more: --limit."))
        if matches.damaged:
            console.print(_("{count} damaged lines were skipped.").format(count=matches.damaged), style="yellow")

    return Answer({"decisions": rows, "more": matches.more, "damaged": matches.damaged}, show)


def _describe_reason(one: DecisionDocument) -> str:
    return _translate_reason(one.observed or one.reason)


def _translate_reason(code: str) -> str:
    return gate.translate_code(gate.REASONS, code, _)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=clock.ZONE).timestamp()) * 1000


def _replay(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.decisions import replay_journal

    result = replay_journal(what=args.what, actor=actor)

    def show(console: Console) -> None:
        text = _("{decided} decided again: {same} the same, {differ} different.")
        console.print(text.format(decided=result.decided, same=result.same, differ=result.differ))
        if result.without_snapshot:
            gone = _("{count} without a snapshot: it has been deleted.")
            console.print(gone.format(count=result.without_snapshot), style="yellow")
        if result.differing:
            header = (_("time"), _("channel"), _("callee"), _("then"), _("now"))
            body = [
                (one.at, one.channel, one.callee, _describe_reason(one), _translate_reason(one.now))
                for one in result.differing
            ]
            table.rows(console, header, body)

    return Answer(result, show, NO if result.differ else DONE)


LOG: Final = logging.getLogger(__name__)
LISTEN: Final = "127.0.0.1:18431"
PORTS: Final = range(1, 65536)
EVERY: Final = 60  # seconds between two feeds by the clock
STEP: Final = 1.0


def configure_serve(actions: Actions) -> None:
    """Where each door listens, what counts, and who feeds."""
    serve = actions.add("serve", _serve, _("answer switches and dialers: may this call be dialled?"))
    serve.add_argument("--listen", default=LISTEN, metavar="HOST:PORT", help=_("HTTP address"))
    serve.add_argument("--line", type=_port, metavar="PORT", help=_("port of the one-line protocol"))
    serve.add_argument("--fastagi", type=_port, metavar="PORT", help=_("port of FastAGI, for Asterisk"))
    serve.add_argument(
        "--store",
        default="",
        metavar="URL",
        help=_("a Valkey that several gates share; default: the gate's own journal"),
    )
    serve.add_argument(
        "--kamailio",
        action="append",
        default=[],
        metavar="[CODE=]SOCKET",
        help=_("push leases into the tables of a Kamailio, through its datagram socket; can be repeated"),
    )
    serve.add_argument(
        "--process", default="main", metavar="NAME", help=_("name of this process among those of the home")
    )
    serve.add_argument("--no-feed", action="store_true", help=_("feed no snapshot: `nianjian worker` runs elsewhere"))
    serve.add_argument("--parent", type=int, help=argparse.SUPPRESS)


def configure_store(actions: Actions) -> None:
    """A common store before its first use, after it was emptied, or set back to an older copy."""
    store = actions.add("store", _store, _("fill a store that several gates share: new, emptied or restored"))
    store.add_argument("url", metavar="URL", help=_("unix:///PATH, valkey://HOST:PORT or valkeys://HOST:PORT"))
    store.add_argument(
        "--decisions",
        action="append",
        type=Path,
        default=[],
        metavar="FOLDER",
        help=_("decision journals of another machine's home; can be repeated"),
    )


def keep_feeding(feed: Callable[[], object], every: int, parent: int | None) -> Answer:
    """Feed by the clock until interrupted, or until ``parent`` is gone; a feed that fails is told and tried again."""
    from django.db import DatabaseError

    ends = Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_frame: ends.set())
    due = time.monotonic() + every
    while not ends.wait(STEP):
        if parent is not None and os.getppid() != parent:
            break
        if time.monotonic() < due:
            continue
        due = time.monotonic() + every
        try:
            feed()
        except (NianjianError, DatabaseError, OSError):
            LOG.exception("the gate could not be fed; it is tried again in %s s", every)
    return Answer({"feeder": "ended"})


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) not in PORTS:
        raise argparse.ArgumentTypeError(_("“{value}” is not a port").format(value=text))
    return int(text)


def _store(args: argparse.Namespace) -> Answer:
    """Count what the journals know, and give the store a new generation: gates started from now on go by it."""
    from nianjian.platform.home.gate import fill

    generation, gates, leased, units = fill(args.url, args.decisions)
    document = {"generation": generation, "journals": gates, "leased": leased, "units": units}
    said = _("The store counts {leased} leased keys and {units} single calls; restart the gates that use it.")
    return Answer(document, lambda console: console.print(said.format(leased=leased, units=units)))


HELD: Final = frozenset({"gate_port_taken", "gate_journal_taken"})


def _serve(args: argparse.Namespace) -> Answer:
    """Serve until interrupted or terminated."""
    from nianjian.engines.gate.process import Ports, serve
    from nianjian.platform.home.gate import serving

    host, colon, port = args.listen.rpartition(":")
    if not colon or not port.isdecimal() or int(port) not in PORTS:
        raise NianjianError("listen_malformed", listen=args.listen)
    ports = Ports(host.strip("[]") or "127.0.0.1", int(port), args.line, args.fastagi)
    service = serving(ports, store=args.store, process=args.process, switches=args.kamailio, parent=args.parent)
    url = f"http://{ports.host}:{ports.http}/"
    feeder = None if args.no_feed else _start_feeder()

    def ready() -> None:
        stderr().print(_("The gate answers at {url} – press Ctrl-C to stop.").format(url=url))
        if feeder is not None:
            feeder.start()

    try:
        serve(service, ready=ready)
    except NianjianError as error:
        if args.parent is None or error.code not in HELD:
            raise
        stderr().print(sentence(error.code, error.values), style="yellow")  # `nianjian serve` says what becomes of it
        return Answer({"served": None}, code=TAKEN)
    finally:
        if feeder is not None:
            feeder.stop()
    return Answer({"served": url})


def _start_feeder() -> Beside:
    """Feed once before the first question; the database's libraries stay in processes of their own."""
    command = [sys.executable, "-m", "nianjian", "gate", "feed", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 -- this program itself
    if done.returncode:
        said = _("The snapshot could not be created; the gate continues with the one it has: {answer}")
        stderr().print(said.format(answer=done.stdout.decode(errors="replace").strip()), style="yellow")
    return Beside("gate", "feed", "--every", str(EVERY))


KEYS: Final = ("channel", "display", "team")
DEFAULT: Final = "default"
UNCAPPED: Final = "none"


def configure_policy(actions: Actions) -> None:
    """List, propose, set, choose, fail-open, mode."""
    group = actions.group("policy", _("the gate policy: list, propose, set, choose, fail-open, mode"))
    enterprise(group.add("list", _list_policy, _("list caps, channels, purposes and switches")))
    enterprise(
        group.add("propose", _propose, _("new lines that only observe, each with the cap proposed from its calls"))
    )
    change = group.add("set", _set, _("cap a channel; changes to an isolated channel need a second person"))
    change.add_argument("channel", metavar="CHANNEL", help=_("the line's id (or a display number, or a team's id)"))
    enterprise(change)
    change.add_argument(
        "--cap", type=_cap, metavar="N", help=_("calls per day; `default`: as in the rulebook; `none`: no cap")
    )
    switch = change.add_mutually_exclusive_group()
    switch.add_argument(
        "--enforce",
        dest="enforce",
        action="store_true",
        default=None,
        help=_("refuse from now on"),
    )
    switch.add_argument(
        "--observe", dest="enforce", action="store_false", help=_("only count again; needs a second person")
    )
    change.add_argument("--per", choices=("day",), default="day", help=_("a calendar day in Asia/Shanghai"))
    change.add_argument(
        "--white-list-only", action="store_true", help=_("isolate it: only callees with a consent on file")
    )
    change.add_argument("--key", choices=KEYS, default="channel", help=_("what CHANNEL is"))
    _add_reason(change)
    choose = group.add("choose", _choose, _("adopt the limits of a vendor's rule"))
    choose.add_argument("rule", metavar="RULE", help=_("the rule's key, such as frequency.tencent_tccc"))
    enterprise(choose)
    choose.add_argument("--drop", action="store_true", help=_("no longer"))
    _add_reason(choose)
    opens = group.add("fail-open", _fail_open, _("allow calls of a purpose while the gate cannot decide"))
    opens.add_argument("purpose", metavar="PURPOSE", help=_("the purpose, such as service"))
    enterprise(opens)
    opens.add_argument("--off", action="store_true", help=_("no longer"))
    _add_reason(opens)
    mode = group.add("mode", _mode, _("let the gate refuse, or only observe"))
    mode.add_argument(
        "mode",
        choices=("enforce", "observe"),
        help=_("observe: every call is allowed, the journal records the decision"),
    )
    enterprise(mode)
    _add_reason(mode)


def _add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", default="", help=_("why; it is recorded in the audit chain"))


def _cap(text: str) -> int | str:
    if text in {DEFAULT, UNCAPPED}:
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(_("“{value}” is not a whole number of 0 or more").format(value=text))
    return int(text)


def _list_policy(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import summarize_policy

    summary = summarize_policy(enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        console.print(
            _("The gate refuses.") if summary.enforce else _("The gate only observes: every call is allowed.")
        )
        header = (_("counted by"), _("only"), _("limit"), _("window"), _("counts"), _("rule"))
        table.rows(console, header, [_cap_row(cap) for cap in summary.caps])
        yes = _("yes")
        channels = [
            (one.name, one.team or None, yes if one.isolated else None, yes if one.observing else None)
            for one in summary.channels
        ]
        table.rows(console, (_("channel"), _("team"), _("white list only"), _("only observed")), channels)
        purposes = [
            (
                one.name,
                " ".join(f"{start}–{end}" for start, end in one.hours),
                yes if one.needs_consent else None,
                yes if one.fail_open else None,
            )
            for one in summary.purposes
        ]
        table.rows(console, (_("purpose"), _("hours"), _("needs consent"), _("fails open")), purposes)
        console.print(_("Vendors' limits to choose from: {choices}").format(choices=", ".join(summary.choices)))

    return Answer(to_builtins(summary) | {"caps": [_cap_data(cap) for cap in summary.caps]}, show)


def _cap_data(cap: GateCap) -> dict[str, Any]:
    """A cap as JSON: without ``seconds`` where it counts a natural day."""
    data: dict[str, Any] = to_builtins(cap)
    seconds = data.pop("seconds")
    return data if seconds is None else {**data, "seconds": seconds}


def _propose(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import list_observing_lines

    rows = list_observing_lines(enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        header = (_("channel"), _("proposed cap"), _("days with calls"))
        table.rows(console, header, [(one.name, one.cap, one.days) for one in rows])

    return Answer({"lines": rows}, show)


def _cap_row(cap: GateCap) -> tuple[object, ...]:
    window = gate.translate_code(gate.WINDOWS, cap.window, _)
    span = window if cap.seconds is None else f"{window} {cap.seconds} s"
    key, counts = gate.translate_code(gate.KEYS, cap.key, _), gate.translate_code(gate.COUNTS, cap.counts, _)
    return key, cap.only or None, cap.limit, span, counts, cap.rule


def _set(args: argparse.Namespace) -> Answer:
    if args.cap is None and not args.white_list_only and args.enforce is None:
        raise NianjianError("gate_cap_missing")
    actor = begin(args)
    from nianjian.features.dial_policy.operations import find_values, set_cap

    about = {"enterprise": args.enterprise, "key": args.key, "name": args.channel}
    cap = None if args.cap in {None, DEFAULT, UNCAPPED} else args.cap
    change = {"cap": cap, "white_list": args.white_list_only, "uncapped": args.cap == UNCAPPED}
    if args.cap is None and not args.white_list_only:  # only the mode: all else stays as it is
        change |= find_values(**about) or {}
    change["enforce"] = args.enforce
    return _describe_change(set_cap(**about, **change, reason=args.reason, actor=actor))


def _choose(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import choose_limits

    return _describe_change(
        choose_limits(enterprise=args.enterprise, rule=args.rule, on=not args.drop, reason=args.reason, actor=actor)
    )


def _fail_open(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import set_fail_open

    return _describe_change(
        set_fail_open(
            enterprise=args.enterprise, purpose=args.purpose, on=not args.off, reason=args.reason, actor=actor
        )
    )


def _mode(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import set_mode

    on = args.mode == "enforce"
    return _describe_change(set_mode(enterprise=args.enterprise, enforce=on, reason=args.reason, actor=actor))


def _describe_change(done: GateChange) -> Answer:
    """In force, or waiting for a second person: then the answer is a "no" for now."""
    if done.state == "pending":
        text = _("Request {approval} is waiting for a second person: nianjian approve {approval} --as USER")
        data = {"approval": done.approval, "state": done.state}
        return Answer(data, lambda console: console.print(text.format(approval=done.approval)), NO)
    data = asdict(done)
    del data["approval"]
    said = _("In force; the gate has been notified.")
    if not done.told:
        said = _("Set; the gate has not been notified yet. The next feed tries again.")
    return Answer(data, lambda console: console.print(said))


def configure(parser: argparse.ArgumentParser) -> None:
    """Serve, check, feed, policy, list, decisions, replay."""
    actions = Actions(parser)
    configure_serve(actions)
    configure_store(actions)
    _configure_check(actions)
    configure_policy(actions)
    lists = actions.group("list", _("lists of numbers too long for the database: build, show"))
    build = lists.add("build", _build, _("build a list from a file; it replaces the previous one"))
    build.add_argument("kind", metavar="KIND", help=_("do-not-call or consents"))
    build.add_argument("file", type=Path, metavar="FILE", help=_("CSV with the register's headers, plain or gz"))
    enterprise(build)
    enterprise(lists.add("show", _lists, _("show the built lists in use")))
    feed = actions.add("feed", _feed, _("write the snapshot now, if anything changed"))
    feed.add_argument("--every", type=int, metavar="SECONDS", help=_("keep feeding, at this interval"))
    feed.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    configure_journal(actions)


def _configure_check(actions: Actions) -> None:
    check = actions.add("check", _check, _("check whether a call may be dialled; not counted unless --take is given"))
    enterprise(check)
    check.add_argument("--display", required=True, metavar="N", help=_("display number"))
    check.add_argument("--callee", required=True, metavar="N", help=_("dialled number"))
    check.add_argument("--channel", required=True, metavar="LINE", help=_("line"))
    check.add_argument("--purpose", default="", help=_("what the call is for"))
    check.add_argument("--team", default="", help=_("team"))
    check.add_argument("--at", type=_moment, metavar="MOMENT", help=_("at this time; default: now"))
    check.add_argument("--take", action="store_true", help=_("ask the running gate, which counts the call"))
    check.add_argument("--call-id", help=_("with --take: asking again returns the same answer"))
    check.add_argument(
        "--gate", default="", metavar="URL", help=_("with --take: address of the gate; default: NIANJIAN_GATE_URL")
    )


def _moment(text: str) -> datetime:
    """Read a moment, or say as of every option that it is none."""
    try:
        return moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            _("“{value}” is not a date and time; write it like 2026-12-31T08:30:00").format(value=text)
        ) from error


def _check(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.decisions import Question, ask_running_gate, check_call

    names = (args.enterprise, args.display, args.callee, args.channel)
    question = Question(*names, purpose=args.purpose, team=args.team, at=args.at)
    if args.take:
        call_id = args.call_id or f"check-{secrets.token_hex(8)}"
        document = ask_running_gate(question=question, call_id=call_id, gate=args.gate, actor=actor)
        document["call_id"] = call_id
    else:
        document = check_call(question=question, actor=actor)

    def show(console: Console) -> None:
        rules = _name_rules()
        style = "yellow" if document.get("would") else "green" if document["allow"] else "red"
        console.print(_translate_reason(str(document.get("would") or document["reason"])), style=style)
        if document.get("rule"):
            console.print(_("rule: {rule}").format(rule=rules.get(document["rule"], document["rule"])))
        if document.get("retry_at"):
            moment = datetime.fromtimestamp(document["retry_at"], clock.ZONE).isoformat(sep=" ", timespec="seconds")
            console.print(_("again at {moment}").format(moment=moment))
        if document.get("slots"):
            header = (_("counted by"), _("value"), _("limit"), _("window"), _("rule"))
            table.rows(console, header, [_slot(slot, rules) for slot in document["slots"]])
        if document.get("enforce") is False:
            console.print(_("The gate only observes here: the call is allowed."), style="yellow")

    return Answer(document, show, DONE if document["allow"] else NO)


def _name_rules() -> dict[str, str]:
    """Each rule's title, with its key behind it."""
    from nianjian.platform.rulebook.rulebooks import rulebook

    rules = rulebook(day=None, province=None, enterprise=None).in_force
    titles = {key: rule.title_en if language() == ENGLISH else rule.title_zh for key, rule in rules.items()}
    return {key: _("{name} ({code})").format(name=title, code=key) for key, title in titles.items()}


def _slot(slot: dict[str, Any], rules: Mapping[str, str]) -> tuple[object, ...]:
    window, _space, seconds = str(slot["window"]).partition(" ")
    span = f"{gate.translate_code(gate.WINDOWS, window, _)} {seconds}".strip()
    return (
        gate.translate_code(gate.KEYS, slot["key"], _),
        slot["value"],
        slot["limit"],
        span,
        rules.get(slot["rule"], slot["rule"]),
    )


def _feed(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.feed import feed
    from nianjian.platform.accounts.access import EVERYWHERE, require_permission
    from nianjian.platform.accounts.roles import Permission

    require_permission(actor, EVERYWHERE, Permission.REQUEST)
    fed = feed()
    if args.every:
        return keep_feeding(feed, args.every, args.parent)
    text = _("Snapshot {generation} is still valid: {consents} consents, {refused} numbers not to be called.")
    if fed.new:
        text = _("Snapshot {generation} is in force: {consents} consents, {refused} numbers not to be called.")
    values = {"consents": fed.entries["consents"], "refused": fed.entries["do-not-call"]}

    def show(console: Console) -> None:
        console.print(text.format(generation=fed.generation, **values))
        for code, fault in fed.refused.items():
            gone = _("the data of {enterprise} could not be sent to the gate, all its calls are refused: {why}")
            console.print(gone.format(enterprise=code, why=sentence(fault.code, fault.values)), style="red")

    document = {**asdict(replace(fed, refused={})), "refused": {code: one.code for code, one in fed.refused.items()}}
    return Answer(document, show, NO if fed.refused else DONE)


def _build(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import build_list

    receipt = build_list(kind=args.kind, path=args.file, enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        text = _("{file}: {rows} rows read, {entries} entries in the list, snapshot {generation}.")
        console.print(text.format(**asdict(receipt)))
        if receipt.rejected:
            left = _("{count} rows could not be read, the first in line {lines}")
            lines = ", ".join(map(str, receipt.lines))
            console.print(left.format(count=receipt.rejected, lines=lines), style="yellow")

    return Answer(receipt, show, NO if receipt.rejected else DONE)


def _lists(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dial_policy.operations import list_built_lists

    lists = list_built_lists(enterprise=args.enterprise, actor=actor)

    def show(console: Console) -> None:
        header = (_("list"), _("file"), _("entries"), _("bytes"), _("by"), _("when"))
        rows = [(one.kind, one.file, one.entries, one.size, one.recorded_by, one.recorded_at) for one in lists]
        table.rows(console, header, rows)

    return Answer({"lists": lists}, show)
