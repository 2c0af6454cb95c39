"""The verbs of ``nianjian rectify`` and what they print: days, steps, tables of groups and figures, what is open."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.figures import amount_text, count_text, proven
from nianjian.engines.paper.people import actor_text, actor_texts
from nianjian.engines.paper.rectification import channel_text, group_row, none_named_text
from nianjian.engines.paper.texts.portrait import METRICS, code_name
from nianjian.engines.paper.texts.rectification import DIMENSIONS, PAPERS, STEPS
from nianjian.engines.paper.words import words
from nianjian.features.rectification import evidence, figures, operations, queries, reports, storage
from nianjian.features.rectification.documents import (
    CaseClosing,
    CaseGap,
    CaseOpened,
    CaseSubmission,
    CaseSummary,
    PendingOrder,
)
from nianjian.features.rectification.storage import Notice
from nianjian.platform.accounts.query import Actor
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.language import _, language, sentence, translate_code

Json = Mapping[str, Any]

GROUPS: Final = 10

#: What closes a gap -> the command that does it.
COMMANDS: Final = {
    "locate": "nianjian rectify locate",
    "isolate": "nianjian rectify isolate",
    "approve": "nianjian approve",
    "measure": "nianjian rectify measure",
}


def _find_case(args: Namespace) -> str | None:
    case: str | None = args.named or args.case
    return case


def _enterprise(args: Namespace) -> str:
    return operations.default_enterprise(args.enterprise)


def _case(args: Namespace, actor: Actor) -> str:
    """The case that is named, or the only open one."""
    return _find_case(args) or operations.get_only_open_case(enterprise=_enterprise(args), actor=actor)


def _place(args: Namespace, actor: Actor) -> str:
    """The enterprise of the case that is named, else the one that is meant."""
    case = _find_case(args)
    return _enterprise(args) if case is None else operations.get_visible_case(case, actor).enterprise_id


def _line(data: object, text: str) -> Answer:
    return Answer(data, lambda console: console.print(text))


def _open(args: Namespace, actor: Actor) -> Answer:
    notice = Notice(args.received, args.due, args.number, args.cause)
    paper = None if args.notice is None else storage.read_paper(args.notice)
    case = operations.open_case(enterprise=_enterprise(args), notice=notice, paper=paper, actor=actor)

    def show(console: Console) -> None:
        console.print(_("Case {id} opened.").format(id=case.id))
        _draw_days(console, case)

    return Answer(case, show)


def _draw_days(console: Console, case: CaseOpened | CaseSummary) -> None:
    when = case.due_at[:16].replace("T", " ")
    console.print(_("Due {due}, internal target {target}.").format(due=when, target=case.target))
    if case.provisional:
        console.print(_("Provisional: the holidays of a year in between are not known yet."), style="yellow")


def _list(args: Namespace, actor: Actor) -> Answer:
    cases = operations.list_cases(enterprise=_enterprise(args), actor=actor)
    header = (_("case"), _("received"), _("target"), _("due"), _("state"), _("notice"))
    body = [(one.id, one.received, one.target, one.due, _(STEPS[one.state]), one.notice or None) for one in cases]
    return Answer({"cases": cases}, lambda console: table.rows(console, header, body))


def _show(args: Namespace, actor: Actor) -> Answer:
    case = operations.get_case_detail(case=_case(args, actor), actor=actor)

    def show(console: Console) -> None:
        console.print(_("Case {id}: {state}").format(id=case.id, state=_(STEPS[case.state])))
        _draw_days(console, case)
        if case.reminder:
            console.print(_("Ask for the opinion on {day}.").format(day=case.reminder.day))
        steps = [(_(STEPS[one.step]), "✓" if one.done else None) for one in case.steps]
        table.rows(console, (_("step"), _("done")), steps)
        orders = [
            (
                *(translate_code("kind", one.kind), one.channel, one.cap),
                *(text or None for text in actor_texts([one.proposed_by, one.approved_by], _)),
                one.approved_at or one.approval,
            )
            for one in case.orders
        ]
        heads = (_("order"), _("channel"), _("cap"), _("requested by"), _("approved by"), _("since or request"))
        _draw_table(console, heads, orders)
        tasks = [(one.id, one.text, actor_text(one.owner, _), one.due, one.done_on) for one in case.measures]
        _draw_table(console, (_("measure"), _("text"), _("owner"), _("due"), _("done")), tasks)
        papers = [(one.id, _(PAPERS[one.kind]), one.name, one.issuer or None, one.dated) for one in case.papers]
        _draw_table(console, (_("number"), _("document"), _("file"), _("issuer"), _("date")), papers)

    return Answer(case, show)


def _draw_table(console: Console, header: Sequence[str], body: Sequence[Sequence[object]]) -> None:
    """A table, or nothing at all."""
    if body:
        table.rows(console, header, body)


def _task(args: Namespace, actor: Actor) -> Answer:
    case = _case(args, actor)
    if args.done is not None:
        if args.text is not None or args.owner is not None or args.due or args.every:
            message = _("give a measure, or use --done to mark one as carried out")
            raise NianjianError("usage", program="nianjian rectify task", message=message)
        operations.complete_measure(case=case, measure=args.done, day=args.on or clock.today(), actor=actor)
        return _line({"case": case, "measure": args.done, "done": True}, _("Measure carried out."))
    words = {"text": args.text or "", "owner": args.owner or ""}
    due = args.due or clock.today()
    place = _place(args, actor)
    measure = operations.add_measure(enterprise=place, case=case, **words, due=due, every=args.every, actor=actor)
    text = _("Measure {number} recorded.").format(number=measure)
    return _line({"case": case, "measure": measure, "done": False}, text)


def _confirm(args: Namespace, actor: Actor) -> Answer:
    case = _case(args, actor)
    operations.confirm_assessment(enterprise=_place(args, actor), case=case, paper=args.read, actor=actor)
    return _line({"case": case, "id": args.read, "read": True}, _("Noted: you have read it."))


def _attach(args: Namespace, actor: Actor) -> Answer:
    about = {"issuer": args.issuer, "number": args.number, "dated": args.dated, "scope": args.scope}
    case = _case(args, actor)
    content = storage.read_paper(args.file)
    paper = operations.add_paper(case=case, kind=args.kind, paper=content, actor=actor, **about)
    return _line(paper, _("Document stored."))


def _list_cases_beside(args: Namespace, actor: Actor) -> list[str]:
    """Open cases that what was done belongs to none of, as it named none."""
    return [] if _find_case(args) else operations.list_open_cases(enterprise=_enterprise(args), actor=actor)


def _draw_cases_beside(console: Console, cases: Sequence[str]) -> None:
    if cases:
        text = _("This belongs to no case. Give the case it is for: {cases}.")
        console.print(text.format(cases=", ".join(cases)), style="yellow")


def _locate(args: Namespace, actor: Actor) -> Answer:
    place = _enterprise(args) if _find_case(args) is None else ""
    days = {"first": getattr(args, "from"), "last": args.to}
    location = evidence.locate_cause(enterprise=place, case=_find_case(args), **days, actor=actor)
    beside = _list_cases_beside(args, actor)

    code = place or queries.get_case(_find_case(args) or "").enterprise_id
    last = date.fromisoformat(location["to"]) - timedelta(days=1)

    def show(console: Console) -> None:
        names, said = queries.list_channel_names(code, last), words(language())
        _draw_cases_beside(console, beside)
        for one in location["named"]:
            text = _("{group} {key} stands out beyond chance.")
            key = channel_text(one["dimension"], one["key"], names)
            console.print(text.format(group=_(DIMENSIONS[one["dimension"]]), key=key), style="bold red")
        if not location["named"]:
            console.print(none_named_text(location, said))
        for dimension, part in location["dimensions"].items():
            if not part["groups"]:
                continue
            console.print(_("Complaints by {group}").format(group=_(DIMENSIONS[dimension])), style="bold")
            header = (_("group"), _("complaints"), _("answered"), _("rate"), _("rest"), _("chance"), _("mark"))
            rows = [group_row(one, dimension, names, said) for one in part["groups"][:GROUPS]]
            columns = ("key", "complaints", "answered", "rate", "rest", "chance", "mark")
            table.rows(console, header, [[row[name] or None for name in columns] for row in rows])

    return Answer(location, show)


def _tickets(args: Namespace, actor: Actor) -> Answer:
    page = evidence.list_group_tickets(
        enterprise=_enterprise(args),
        dimension=args.dimension,
        key=None if args.key == "-" else args.key,
        first=getattr(args, "from"),
        last=args.to,
        page=max(1, args.page),
        actor=actor,
    )
    header = (_("complaint"), _("accepted"), _("complained"), _("line"), _("calls"), _("recordings"))
    body = [
        (
            one.id,
            one.accepted,
            one.complained,
            one.line,
            ", ".join(call.call_id for call in one.calls) or None,
            ", ".join(text for call in one.calls for text in call.recordings) or None,
        )
        for one in page.tickets
    ]
    return Answer(page, lambda console: table.rows(console, header, body))


def _isolate(args: Namespace, actor: Actor) -> Answer:
    order = operations.request_isolation(
        enterprise=_place(args, actor),
        case=_find_case(args),
        key=args.by,
        channel=args.channel,
        cap=args.cap,
        reason=args.reason,
        end=_("the case is closed") if args.end is None else args.end,
        actor=actor,
    )
    return _pending(order, _list_cases_beside(args, actor))


def _lift(args: Namespace, actor: Actor) -> Answer:
    channel = {"key": args.by, "channel": args.channel}
    return _pending(operations.request_lift(enterprise=_place(args, actor), **channel, reason=args.reason, actor=actor))


def _pending(order: PendingOrder, beside: Sequence[str] = ()) -> Answer:
    """What a second person must say yes to; ``beside``: open cases that it is no step of."""

    def show(console: Console) -> None:
        text = _("{channel}: request {approval} is waiting for a second person (nianjian approve {approval}).")
        console.print(text.format(channel=order.channel, approval=order.approval))
        _draw_cases_beside(console, beside)

    return Answer(order, show, NO)


def _rate(part: Json) -> str:
    rate = proven({"value": part["rate"], "light": part["rate_light"]})
    return amount_text(rate, "‱", part.get("rate_limit"))


def _measure(args: Namespace, actor: Actor) -> Answer:
    days = {"first": getattr(args, "from"), "last": args.to}
    measured = evidence.measure_figures(case=_case(args, actor), **days, actor=actor)

    def show(console: Console) -> None:
        parts = (measured["before"], measured["after"])
        body: list[tuple[object, ...]] = [
            (_("window"), *(f"{one['from']} – {one['to']}" for one in parts)),
            (_("complaints"), *(count_text(one["complaints"]) for one in parts)),
            (_("answered calls"), *(count_text(one["answered"]) for one in parts)),
            (
                _("rate"),
                *(f"{_rate(one)} {code_name('light', one['rate_light'], _)}" for one in parts),
            ),
            (_("complaints of the channel"), *(count_text(one["channel"]["complaints"]) for one in parts)),
            (_("attempts of the channel"), *(count_text(one["channel"]["attempts"]) for one in parts)),
            (_("most attempts on a day"), *(count_text(one["channel"]["most"]) for one in parts)),
            (
                _("calls to callees with a consent on file"),
                *(amount_text(one["channel"]["white_list_share"], "%") for one in parts),
            ),
        ]
        table.rows(console, (_("figure"), _("before the isolation"), _("since the isolation")), body)
        day = _("On {day}, the day of the isolation: {before} attempts before it, {after} since.")
        console.print(day.format(**measured["that_day"]))
        if over := measured["over_cap"]:
            values = {"days": len(over), "cap": measured["cap"], "first": over[0][0], "attempts": over[0][1]}
            console.print(sentence("over_cap", values), style="red")

    return Answer(measured, show)


def _check(args: Namespace, actor: Actor) -> Answer:
    case = _case(args, actor)
    check = evidence.check_gaps(case=case, actor=actor)
    return Answer(check, lambda console: _draw_gaps(console, check.gaps), DONE if check.ready else NO)


def _draw_gaps(console: Console, gaps: Sequence[CaseGap]) -> None:
    for gap in gaps:
        command = COMMANDS.get(gap.do)
        hint = f" ({command})" if command else ""
        console.print(f"• {sentence(gap.code, gap.values)}{hint}", style="red" if gap.blocks else "yellow")
    if not any(gap.blocks for gap in gaps):
        console.print(_("Ready: report and test report can be handed in."))


def _report(args: Namespace, actor: Actor) -> Answer:
    report = reports.write_report_file(case=_case(args, actor), path=args.out, language=language(), actor=actor)

    def show(console: Console) -> None:
        text = _("Draft written: {file}") if report.draft else _("Report written: {file}")
        console.print(text.format(file=report.file))
        if report.gaps:
            _draw_gaps(console, report.gaps)

    return Answer(report, show, NO if report.draft else DONE)


def _submit(args: Namespace, actor: Actor) -> Answer:
    answer = reports.submit(enterprise=_place(args, actor), case=_case(args, actor), day=args.on, actor=actor)
    text = _("Handed in on {submitted_on}. Ask for the opinion on {day}; nothing is overdue before or after it.")
    day = answer.reminder and answer.reminder.day
    return _line(_without_case(answer), text.format(submitted_on=answer.submitted_on, day=day))


def _close(args: Namespace, actor: Actor) -> Answer:
    place, case = _place(args, actor), _case(args, actor)
    answer = reports.close(enterprise=place, case=case, check=args.check, actor=actor)
    days = answer.after[figures.UNRECORDED]
    text = " ".join([_("Case closed."), *([sentence("effect_unproved", {"days": days})] if days else [])])
    return _line(_without_case(answer), text)


def _without_case(answer: CaseSubmission | CaseClosing) -> Json:
    """What was done as the command prints it: ``id`` alone names the case."""
    return {name: value for name, value in to_builtins(answer).items() if name != "case"}


def _watch(args: Namespace, actor: Actor) -> Answer:
    values = {name: getattr(args, name) for name in ("licence", "source", "since", "until", "year")}
    answer = operations.change_watch_list(enterprise=_enterprise(args), case=_find_case(args), actor=actor, **values)

    def show(console: Console) -> None:
        header = (_("licence"), _("from"), _("until"), _("source"))
        table.rows(console, header, [[one.licence, one.since, one.until, one.source] for one in answer.watched])
        figures = [
            (
                _(METRICS[one.metric]) if one.metric in METRICS else _("landline and mobile share"),
                amount_text(one.value, one.unit, one.limit),
                *(amount_text(limit, one.unit) for limit in (one.limit, one.internal_limit)),
                _("hit") if one.internal_met else _("unproven") if one.internal_unproven else _("not reached"),
            )
            for one in answer.closer or ()
        ]
        internal = _("internal limit (the enterprise's own, not law)")
        _draw_table(console, (_("metric"), _("value"), _("guide"), internal, _("internal")), figures)

    data = {name: value for name, value in to_builtins(answer).items() if value is not None}  # of no year none is told
    return Answer(data, show)


def _routine(args: Namespace, actor: Actor) -> Answer:
    tasks = operations.update_routine(enterprise=_enterprise(args), done=args.done, day=args.on, actor=actor)
    header = (_("task"), _("text"), _("owner"), _("every (days)"), _("due"), _("last done"))
    body = [(one.id, one.text, one.owner, one.every, one.due, one.done_on) for one in tasks]
    return Answer({"tasks": tasks}, lambda console: table.rows(console, header, body))


VERBS: Final[Mapping[str, Callable[[Namespace, Actor], Answer]]] = {
    "open": _open,
    "list": _list,
    "show": _show,
    "task": _task,
    "assessment": _confirm,
    "attach": _attach,
    "locate": _locate,
    "tickets": _tickets,
    "isolate": _isolate,
    "lift": _lift,
    "measure": _measure,
    "check": _check,
    "report": _report,
    "submit": _submit,
    "close": _close,
    "watch": _watch,
    "routine": _routine,
}
