"""``nianjian complaints``: tickets in, acts on them, lists with their clocks, and the calls that they are about."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.complaints import ACTS, CONFIDENCE, HANDS, PROPOSALS, STATES
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, moment
from nianjian.platform.terminal.language import _, language, sentence
from nianjian.platform.terminal.session import begin, load

Row = Mapping[str, Any]


def print_tickets(console: Console, rows: Sequence[Row]) -> None:
    """One line a ticket."""
    header = (
        _("ticket"), _("source"), _("number complained of"), _("state"), _("response due"), _("response"),
        _("close due"), _("close"), _("match"),
    )  # fmt: skip
    table.rows(console, header, [_line(row) for row in rows])


def _source_text(code: str) -> str:
    """A ticket's source in the shell's language; codes stand in the JSON."""
    from nianjian.features.complaints.sheet import spell_source

    return code.replace("_", " ") if language() == ENGLISH else spell_source(code)


def _line(row: Row) -> tuple[object, ...]:
    name, match = f"{row['id']} ({_('drill')})" if row["drill"] else row["id"], row["match"]
    return (
        name, _source_text(str(row["source"])), row["complained"], _(STATES[row["state"]]), row["response_due"],
        _(HANDS[row["response_clock"]]), row["close_due"], _(HANDS[row["close_clock"]]),
        None if match is None else _(CONFIDENCE[match["confidence"]]),
    )  # fmt: skip


def print_action_result(console: Console, rows: Sequence[Row]) -> None:
    """Tickets after an act."""
    text = _("Ticket {id} is {state}; response due {response_due}, close due {close_due}.")
    for row in rows:
        console.print(text.format(**{**row, "state": _(STATES[row["state"]])}))


def print_ticket(console: Console, row: Row) -> None:
    """One ticket and what happened to it."""
    print_tickets(console, [row])
    header = (_("when"), _("act"), _("who"), _("with a note"))
    body = [(one.at, _(ACTS[one.act]), one.by, "✓" if one.noted else None) for one in row["history"]]
    table.rows(console, header, body)


def print_match_counts(console: Console, counts: Mapping[str, int]) -> None:
    """What a run found."""
    console.print(_("{count} tickets were checked.").format(count=counts["looked_at"]))
    for state, name in PROPOSALS.items():
        if counts.get(state):
            console.print(f"  {_(name)}: {counts[state]}")


def print_import(console: Console, data: Row) -> None:
    """What became of a forward list."""
    for one in data["errors"]:
        text = _("line {line}, {column}: {fault}")
        console.print(text.format(line=one["line"], column=one["column"], fault=one["message"]), style="red")
    if data["errors"]:
        console.print(_("Nothing imported."))
        return
    rows = data["rows"]
    text = _("{file}: {added} tickets opened, {updated} updated, {unchanged} unchanged.")
    console.print(text.format(file=data["file"], **rows))
    if data["extra_columns"]:
        console.print(_("Stored as additional columns: {columns}").format(columns=", ".join(data["extra_columns"])))


def configure(parser: argparse.ArgumentParser) -> None:
    """Every act on tickets, lists, matching and import."""
    actions = Actions(parser)
    _configure_add(actions)
    load()
    from nianjian.features.complaints import operations  # noqa: F401 -- they are declared there
    from nianjian.features.complaints.operations import TICKETS
    from nianjian.platform.operations.operation import REGISTRY
    from nianjian.platform.terminal.commands import configure as add_operations

    add_operations(actions, REGISTRY.of(TICKETS), print_action_result)
    attach = _ticket(actions, "attach", _attach, _("attach a document to a ticket; it is stored encrypted"))
    attach.add_argument("file", type=Path, metavar="FILE", help=_("the document"))
    listed = actions.add(
        "list", _list, _("list tickets with state and clocks, overdue ones first, then the earliest due")
    )
    enterprise(listed)
    listed.add_argument(
        "--state", action="append", metavar="S", help=_("only these states: new, responded …; can be repeated")
    )
    listed.add_argument("--clock", choices=("response", "close"), help=_("the clock that --hand refers to"))
    listed.add_argument("--hand", action="append", metavar="H", help=_("only clocks in this state: warned, late …"))
    listed.add_argument("--overdue", action="store_true", help=_("only tickets that are still open past a time limit"))
    listed.add_argument("--drill", action="store_true", help=_("only tickets of drills"))
    _ticket(actions, "show", _show, _("show one ticket with its history"))
    matching = actions.add("match", _match, _("find the call, line and team of each ticket"))
    matching.add_argument("ids", nargs="*", metavar="ID", help=_("only these tickets"))
    enterprise(matching)
    matching.add_argument("--again", action="store_true", help=_("also tickets without new data"))
    matching.add_argument("--confirm", action="store_true", help=_("confirm the proposed call of the given ticket"))
    matching.add_argument("--dismiss", action="store_true", help=_("dismiss the proposal for the given ticket"))
    matching.add_argument("--runner-up", action="store_true", help=_("confirm the runner-up instead"))
    importing = actions.add("import", _import, _("import a list that 12321, 12300 or a carrier handed over"))
    importing.add_argument("file", type=Path, metavar="FILE", help=_("xlsx or CSV, any headers"))
    enterprise(importing)
    importing.add_argument("--mapping", type=Path, required=True, metavar="FILE", help=_("YAML that maps its columns"))
    importing.add_argument(
        "--arrived", metavar="T", help=_("when the list arrived, if the list does not say so; default: now")
    )


def _configure_add(actions: Actions) -> None:
    add = actions.add("add", _add, _("open a ticket"))
    enterprise(add)
    add.add_argument("--id", dest="ticket_id", metavar="I", help=_("the ticket's number; default: generated"))
    add.add_argument("--source", required=True, metavar="S", help=_("12321, 12300, enterprise, one_click or carrier"))
    add.add_argument("--reference", metavar="R", help=_("the number given by the source"))
    add.add_argument(
        "--arrived", dest="arrived_at", metavar="T", help=_("when it arrived here: both clocks start; default: now")
    )
    add.add_argument(
        "--accepted",
        dest="accepted_at",
        metavar="T",
        help=_("when the source accepted it; default: the time of arrival"),
    )
    add.add_argument("--number", dest="complained", metavar="N", help=_("the number complained of"))
    add.add_argument("--complainant", metavar="C", help=_("the complainant's number"))
    add.add_argument("--called", dest="called_at", metavar="T", help=_("time of the call according to the complainant"))
    add.add_argument("--duration", metavar="D", help=_("how long the call lasted, 0:01:30 or seconds"))
    add.add_argument("--category", metavar="K", help=_("kind of complaint"))
    add.add_argument("--content", metavar="TEXT", help=_("what the complainant says; it is stored encrypted"))
    add.add_argument("--line", dest="line_id", metavar="L", help=_("the line, if known"))
    add.add_argument("--team", dest="team_id", metavar="T", help=_("the team, if known"))
    add.add_argument("--drill", action="store_true", help=_("a drill: the ticket is not counted in any figure"))


def _ticket(actions: Actions, name: str, act: Any, about: str) -> argparse.ArgumentParser:  # noqa: ANN401 -- a function of this file
    parser = actions.add(name, act, about)
    parser.add_argument("id", metavar="ID", help=_("the ticket's number"))
    enterprise(parser)
    return parser


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints import operations as acts
    from nianjian.features.complaints.sheet import COMPLAINTS, spell_source

    values = {one.field: getattr(args, one.field, None) for one in COMPLAINTS.columns}
    texts = {field: text for field, text in values.items() if isinstance(text, str)}
    texts["source"] = spell_source(args.source)
    texts |= {name: _typed(texts.get(name, "")) for name in ("arrived_at", "accepted_at", "called_at")}
    texts["drill"] = "是" if args.drill else ""
    return _done(args, acts.open_ticket(enterprise=args.enterprise, texts=texts, actor=actor), actor)


def _attach(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints import operations as acts

    content = args.file.read_bytes()
    number = acts.attach_paper(
        enterprise=args.enterprise, complaint=args.id, name=args.file.name, content=content, actor=actor
    )
    data = {"id": args.id, "attachment": number, "name": args.file.name}
    text = _("{name} is attached to ticket {id}.")
    return Answer(data, lambda console: console.print(text.format(**data)))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args, own=True)
    from nianjian.features.complaints.clocks import Clock, Hand
    from nianjian.features.complaints.queries import TicketFilter, list_tickets, ticket_as_dict
    from nianjian.features.complaints.states import State

    filters = TicketFilter(
        states=_chosen(args.state, State, "state"),
        clock=None if args.clock is None else Clock(args.clock),
        hands=_chosen(args.hand, Hand, "hand"),
        drills=True if args.drill else None,
        overdue=args.overdue,
    )
    rows = [
        ticket_as_dict(one) for one in list_tickets(enterprise=args.enterprise, actor=actor, filters=filters).tickets()
    ]
    data = {"enterprise": args.enterprise, "rows": rows}
    return Answer(data, lambda console: print_tickets(console, rows))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args, own=True)
    from nianjian.features.complaints.documents import event_to_document
    from nianjian.features.complaints.queries import get_ticket, ticket_as_dict

    ticket, past = get_ticket(enterprise=args.enterprise, complaint=args.id, actor=actor)
    data = ticket_as_dict(ticket) | {"history": [event_to_document(one) for one in past]}
    return Answer(data, lambda console: print_ticket(console, data))


def _match(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.matching import decide, match_tickets

    if args.confirm or args.dismiss or args.runner_up:
        if len(args.ids) != 1 or args.dismiss == (args.confirm or args.runner_up):
            raise NianjianError(
                "usage", program="nianjian complaints match", message=_("give one ticket and one decision")
            )
        decision = "dismiss" if args.dismiss else "runner_up" if args.runner_up else "confirm"
        decide(enterprise=args.enterprise, complaint=args.ids[0], actor=actor, decision=decision)
        return _done(args, args.ids[0], actor)
    counts = match_tickets(enterprise=args.enterprise, actor=actor, complaints=args.ids or None, again=args.again)
    return Answer({"enterprise": args.enterprise, **counts}, lambda console: print_match_counts(console, counts))


def _import(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.complaints.forwards import import_forwards

    receipt = import_forwards(
        enterprise=args.enterprise,
        path=args.file,
        mapping_file=args.mapping,
        arrived=None if args.arrived is None else _moment(args.arrived),
        actor=actor,
    )
    errors = [{**one.as_dict(), "message": sentence(one.code, one.values())} for one in receipt.errors]
    data = {**receipt.as_dict(), "errors": errors}
    return Answer(data, lambda console: print_import(console, data), NO if receipt.errors else 0)


def _done(args: argparse.Namespace, key: str, actor: Any) -> Answer:  # noqa: ANN401 -- loaded late
    """The ticket as it stands after the act."""
    from nianjian.features.complaints.operations import TICKETS
    from nianjian.platform.terminal.commands import answer

    return answer(TICKETS, args.enterprise, actor, [key], print_action_result)


def _chosen(values: list[str] | None, kind: Any, name: str) -> frozenset[Any]:  # noqa: ANN401 -- an enumeration
    choices = [one.value for one in kind]
    for one in values or ():
        if one not in choices:
            raise NianjianError("complaint_filter_unknown", filter=f"--{name}", value=one, known=", ".join(choices))
    return frozenset(kind(one) for one in values or ())


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
        stamp = datetime.fromisoformat(text)
    except ValueError:
        return text
    return stamp.astimezone(ZONE).replace(tzinfo=None).isoformat(sep=" ") if stamp.tzinfo else text
