"""``nianjian complaints``: tickets in, acts on them, lists with their clocks, and the calls that they are about."""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.complaints.terminal import tickets as picture
from nianjian.platform.terminal.answer import NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, moment
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

TEXTS: Final = {  # option -> field of the sheet
    "id": "ticket_id",
    "source": "source",
    "reference": "reference",
    "arrived": "arrived_at",
    "accepted": "accepted_at",
    "number": "complained",
    "complainant": "complainant",
    "called": "called_at",
    "duration": "duration",
    "category": "category",
    "content": "content",
    "line": "line_id",
    "team": "team_id",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Every act on tickets, lists, matching and import."""
    actions = Actions(parser)
    _configure_add(actions)
    _configure_acts(actions)
    listed = actions.add(
        "list", _list, _("list tickets with state and clocks, overdue ones first, then the earliest due")
    )
    enterprise(listed)
    listed.add_argument("--state", action="append", metavar="S", help=_("only these states: new, responded …; repeat"))
    listed.add_argument("--clock", choices=("response", "close"), help=_("the clock that --hand is of"))
    listed.add_argument("--hand", action="append", metavar="H", help=_("only clocks that stand so: warned, late …"))
    listed.add_argument("--overdue", action="store_true", help=_("only tickets that are still open past a time limit"))
    listed.add_argument("--drill", action="store_true", help=_("only tickets of drills"))
    shown = _one(actions, "show", _show, _("show one ticket with its history"))
    enterprise(shown)
    matching = actions.add("match", _match, _("find the call, line and team of each ticket"))
    matching.add_argument("ids", nargs="*", metavar="ID", help=_("only these tickets"))
    enterprise(matching)
    matching.add_argument("--again", action="store_true", help=_("also tickets for which nothing new came in"))
    matching.add_argument("--confirm", action="store_true", help=_("confirm the proposed call of the one ticket named"))
    matching.add_argument(
        "--dismiss", action="store_true", help=_("dismiss what was proposed for the one ticket named")
    )
    matching.add_argument("--runner-up", action="store_true", help=_("confirm the runner-up instead"))
    load = actions.add("import", _import, _("import a list that 12321, 12300 or a carrier handed over"))
    load.add_argument("file", type=Path, metavar="FILE", help=_("xlsx or CSV, any headers"))
    enterprise(load)
    load.add_argument(
        "--mapping", type=Path, required=True, metavar="FILE", help=_("YAML that says what its columns are")
    )
    load.add_argument("--arrived", metavar="T", help=_("when the list arrived, where it does not say; without it now"))


def _configure_add(actions: Actions) -> None:
    add = actions.add("add", _add, _("open a ticket"))
    enterprise(add)
    add.add_argument("--id", metavar="I", help=_("the ticket's number; without it one is made"))
    add.add_argument("--source", required=True, metavar="S", help=_("12321, 12300, enterprise, one_click or carrier"))
    add.add_argument("--reference", metavar="R", help=_("the number that the source gave it"))
    add.add_argument("--arrived", metavar="T", help=_("when it arrived here: both clocks start; without it now"))
    add.add_argument("--accepted", metavar="T", help=_("when the source accepted it; without it as it arrived"))
    add.add_argument("--number", metavar="N", help=_("the number complained of"))
    add.add_argument("--complainant", metavar="C", help=_("the complainant's number"))
    add.add_argument("--called", metavar="T", help=_("when the call came, as the complainant says"))
    add.add_argument("--duration", metavar="D", help=_("how long it took, 0:01:30 or seconds"))
    add.add_argument("--category", metavar="K", help=_("kind of complaint"))
    add.add_argument("--content", metavar="TEXT", help=_("what the complainant says; it is stored encrypted"))
    add.add_argument("--line", metavar="L", help=_("the line, where it is known"))
    add.add_argument("--team", metavar="T", help=_("the team, where it is known"))
    add.add_argument("--drill", action="store_true", help=_("a drill: the ticket counts in no figure"))


def _configure_acts(actions: Actions) -> None:
    respond = _several(actions, "respond", _respond, _("record the first response of a person"))
    respond.add_argument("--text", default="", metavar="TEXT", help=_("what was answered; several tickets need it"))
    respond.add_argument("--by", default="", metavar="NAME", help=_("who responded; without it who writes"))
    respond.add_argument("--automatic", action="store_true", help=_("an automatic answer: it is no response"))
    callback = _dated(_one(actions, "callback", _callback, _("record a call-back")))
    callback.add_argument("--result", default="", metavar="R", help=_("what the call-back gave"))
    close = _several(actions, "close", _close, _("close one ticket: it needs a call-back and a result"))
    close.add_argument("--result", default="", metavar="R", help=_("what came of it"))
    close.add_argument("--upheld", choices=("yes", "no"), help=_("whether the complaint was right"))
    reopen = _dated(_one(actions, "reopen", _reopen, _("take a closing back; the clocks keep their start")))
    reopen.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    exclude = _one(actions, "exclude", _exclude, _("let a ticket count nowhere, for a reason"))
    exclude.add_argument(
        "--reason", required=True, metavar="R", help=_("not_accepted, not_own_number, duplicate or not_a_call")
    )
    exclude.add_argument("--of", default="", metavar="I", help=_("of a duplicate: the ticket that stays"))
    exclude.add_argument("--note", default="", metavar="TEXT", help=_("more in words"))
    readmit = _one(actions, "readmit", _readmit, _("take an exclusion back"))
    readmit.add_argument("--reason", default="", metavar="TEXT", help=_("why"))
    assign = _several(actions, "assign", _assign, _("give tickets to a person or a team"), dated=False)
    assign.add_argument("--to", metavar="WHO", help=_("account or staff number; an empty text takes it away"))
    assign.add_argument("--team", metavar="T", help=_("the team"))
    attach = _one(actions, "attach", _attach, _("put a paper beside a ticket; it is stored encrypted"))
    attach.add_argument("file", type=Path, metavar="FILE", help=_("the paper"))
    for parser in (callback, reopen, exclude, readmit, attach):
        enterprise(parser)


def _one(actions: Actions, name: str, act: Any, about: str) -> argparse.ArgumentParser:  # noqa: ANN401 -- a function of this file
    parser = actions.add(name, act, about)
    parser.add_argument("id", metavar="ID", help=_("the ticket's number"))
    return parser


def _several(actions: Actions, name: str, act: Any, about: str, *, dated: bool = True) -> argparse.ArgumentParser:  # noqa: ANN401 -- the same
    parser = actions.add(name, act, about)
    parser.add_argument("ids", nargs="+", metavar="ID", help=_("the ticket's number"))
    enterprise(parser)
    return _dated(parser) if dated else parser


def _dated(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--at", metavar="T", help=_("when, like 2026-03-01 22:15:00; without it now"))
    return parser


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts
    from nianjian.platform.registers.sheets.words import SOURCE

    texts = {field: getattr(args, option) or "" for option, field in TEXTS.items()}
    spelt = {stored: word for word, stored in reversed(SOURCE.items())}
    texts["source"] = spelt.get(args.source, args.source)
    texts |= {name: _typed(texts[name]) for name in ("arrived_at", "accepted_at", "called_at")}
    texts["drill"] = "是" if args.drill else ""
    return _told(args, acts.add(enterprise=args.enterprise, texts=texts, actor=actor), actor)


def _respond(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.respond(
        enterprise=args.enterprise,
        complaints=args.ids,
        actor=actor,
        at=_at(args),
        text=args.text,
        by=args.by,
        automatic=args.automatic,
    )
    return _told(args, args.ids, actor)


def _callback(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.callback(enterprise=args.enterprise, complaint=args.id, result=args.result, actor=actor, at=_at(args))
    return _told(args, args.id, actor)


def _close(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    upheld = None if args.upheld is None else args.upheld == "yes"
    acts.close(
        enterprise=args.enterprise, complaints=args.ids, actor=actor, result=args.result, at=_at(args), upheld=upheld
    )
    return _told(args, args.ids, actor)


def _reopen(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.reopen(enterprise=args.enterprise, complaint=args.id, actor=actor, at=_at(args), reason=args.reason)
    return _told(args, args.id, actor)


def _exclude(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.exclude(
        enterprise=args.enterprise,
        complaint=args.id,
        exclusion=args.reason,
        actor=actor,
        duplicate_of=args.of,
        reason=args.note,
    )
    return _told(args, args.id, actor)


def _readmit(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.readmit(enterprise=args.enterprise, complaint=args.id, actor=actor, reason=args.reason)
    return _told(args, args.id, actor)


def _assign(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    acts.assign(enterprise=args.enterprise, complaints=args.ids, actor=actor, assignee=args.to, team=args.team)
    return _told(args, args.ids, actor)


def _attach(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts

    content = args.file.read_bytes()
    number = acts.attach(
        enterprise=args.enterprise, complaint=args.id, name=args.file.name, content=content, actor=actor
    )
    data = {"id": args.id, "attachment": number, "name": args.file.name}
    text = _("{name} stands beside ticket {id}.")
    return Answer(data, lambda console: console.print(text.format(**data)))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args, own=True)
    from nianjian.features.complaints.clocks import Clock, Hand
    from nianjian.features.complaints.operations.listing import listed
    from nianjian.features.complaints.query import Wanted, as_dict
    from nianjian.features.complaints.states import State

    wanted = Wanted(
        states=_chosen(args.state, State, "state"),
        clock=None if args.clock is None else Clock(args.clock),
        hands=_chosen(args.hand, Hand, "hand"),
        drills=True if args.drill else None,
        overdue=args.overdue,
    )
    found = [as_dict(one) for one in listed(enterprise=args.enterprise, actor=actor, wanted=wanted).tickets()]
    data = {"enterprise": args.enterprise, "rows": found}
    return Answer(data, lambda console: picture.listed(console, found))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args, own=True)
    from nianjian.features.complaints.operations.listing import ticket
    from nianjian.features.complaints.query import as_dict, past_as_dict

    found, past = ticket(enterprise=args.enterprise, complaint=args.id, actor=actor)
    data = as_dict(found) | {"history": [past_as_dict(one) for one in past]}
    return Answer(data, lambda console: picture.shown(console, data))


def _match(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations import acts
    from nianjian.features.complaints.operations.match import match_tickets

    if args.confirm or args.dismiss or args.runner_up:
        if len(args.ids) != 1 or args.dismiss == (args.confirm or args.runner_up):
            raise NianjianError(
                "usage", program="nianjian complaints match", message=_("name one ticket and one decision")
            )
        decision = "dismiss" if args.dismiss else "runner_up" if args.runner_up else "confirm"
        acts.decide(enterprise=args.enterprise, complaint=args.ids[0], actor=actor, decision=decision)
        return _told(args, args.ids, actor)
    told = match_tickets(enterprise=args.enterprise, actor=actor, complaints=args.ids or None, again=args.again)
    return Answer({"enterprise": args.enterprise, **told}, lambda console: picture.matched(console, told))


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.operations.forwards import import_forwards

    receipt = import_forwards(
        enterprise=args.enterprise,
        path=args.file,
        mapping_file=args.mapping,
        arrived=None if args.arrived is None else _moment(args.arrived),
        actor=actor,
    )
    data = picture.receipt(receipt)
    return Answer(data, lambda console: picture.imported(console, data), NO if receipt.errors else 0)


def _told(args: argparse.Namespace, ids: str | list[str], actor: Any) -> Answer:  # noqa: ANN401 -- loaded late
    """The tickets as they stand after the act: of one its row, of several ``rows``."""
    from nianjian.features.complaints.operations.listing import listed
    from nianjian.features.complaints.query import as_dict

    keys = [ids] if isinstance(ids, str) else ids
    found = [as_dict(one) for one in listed(enterprise=args.enterprise, actor=actor).of(keys)]
    data: dict[str, object] = dict(found[0]) if len(found) == 1 else {"rows": found}
    return Answer(data, lambda console: picture.done(console, found))


def _chosen(given: list[str] | None, kind: Any, name: str) -> frozenset[Any]:  # noqa: ANN401 -- an enumeration
    known = [one.value for one in kind]
    for one in given or ():
        if one not in known:
            raise NianjianError("complaint_filter_unknown", filter=f"--{name}", value=one, known=", ".join(known))
    return frozenset(kind(one) for one in given or ())


def _at(args: argparse.Namespace) -> datetime | None:
    return None if args.at is None else _moment(args.at)


def _moment(text: str) -> datetime:
    """Read a moment, or say in the complaints' own words that it is none."""
    try:
        return moment(text)
    except ValueError as fault:
        raise NianjianError("complaint_moment_unreadable", value=text) from fault


def _typed(text: str) -> str:
    """A moment as the sheet reads it; what is no ISO moment is left to the sheet to judge."""
    from nianjian.engines.kernel.clock import ZONE

    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return found.astimezone(ZONE).replace(tzinfo=None).isoformat(sep=" ") if found.tzinfo else text
