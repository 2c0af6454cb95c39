"""``nianjian rectify``: a notice in, the channel located and isolated, figures before and since, report, closing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.rectification import terminal
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.platform.accounts.query import Actor

KEYS: Final = ("line", "display", "team")
DIMENSIONS: Final = (*KEYS, "complainant")


def configure(parser: argparse.ArgumentParser) -> None:
    """The steps of a case, its measures and papers, and the channel."""
    actions = Actions(parser)
    _configure_case(actions)
    _configure_channel(actions)
    _configure_end(actions)


def run(args: argparse.Namespace) -> Answer:
    """Answer the chosen action."""
    answer: Answer = args.act(args)
    return answer


def _configure_case(actions: Actions) -> None:
    opened = actions.add("open", _open, _("open a case of a rectification notice"))
    enterprise(opened, required=False)
    opened.add_argument(
        "--received", type=day, required=True, metavar="YYYY-MM-DD", help=_("day of receipt; it is not counted")
    )
    on_day(opened, "--due", _("the last day that the notice names; it wins"))
    opened.add_argument("--notice", type=Path, metavar="FILE", help=_("the notice itself: PDF, OFD, docx, picture"))
    opened.add_argument("--number", default="", metavar="N", help=_("the notice's own number"))
    opened.add_argument("--cause", action="append", default=[], metavar="TEXT", help=_("a cause it names; repeat"))
    enterprise(actions.add("list", _list, _("list the cases with their days")), required=False)
    _case(actions.add("show", _show, _("show a case: steps, orders, measures, papers, events")))
    task = actions.add("task", _task, _("name a measure with its owner, or say that it was carried out"))
    _case(task)
    task.add_argument("--text", metavar="TEXT", help=_("what is to be done"))
    task.add_argument("--owner", metavar="WHO", help=_("who does it"))
    on_day(task, "--due", _("until when"))
    task.add_argument(
        "--every", type=number, metavar="DAYS", help=_("again after so many days, when the case is closed")
    )
    task.add_argument("--done", type=number, metavar="N", help=_("this measure was carried out"))
    on_day(task, "--on", _("on this day instead of today"))
    paper = actions.add("attach", _attach, _("keep a paper of the case: the test report, an annex"))
    _case(paper)
    paper.add_argument("file", type=Path, metavar="FILE", help=_("PDF, OFD, docx, xlsx, picture"))
    paper.add_argument("--kind", default="test_report", metavar="K", help=_("test_report (default), notice or annex"))
    paper.add_argument("--issuer", default="", metavar="TEXT", help=_("who issued the test report"))
    paper.add_argument("--number", default="", metavar="N", help=_("its number"))
    on_day(paper, "--dated", _("its date"))


def _configure_channel(actions: Actions) -> None:
    located = actions.add("locate", _locate, _("find the number, line or team that draws the complaints"))
    _place(located)
    on_day(located, "--from", _("first day; a year before the last one if not given"))
    on_day(located, "--to", _("last day; today if not given"))
    rows = actions.add("tickets", _tickets, _("list the complaints of one group with the calls they may be about"))
    enterprise(rows, required=False)
    rows.add_argument("dimension", choices=DIMENSIONS, metavar="GROUP", help=", ".join(DIMENSIONS))
    rows.add_argument("key", metavar="KEY", help=_("the number, line or team; - for those that name none"))
    on_day(rows, "--from", _("first day; a year before the last one if not given"))
    on_day(rows, "--to", _("last day; today if not given"))
    rows.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 complaints each"))
    for name, act, about in (
        ("isolate", _isolate, _("ask to isolate a channel: a low cap a day, white list only")),
        ("lift", _lift, _("ask to lift the isolation of a channel")),
    ):
        one = actions.add(name, act, about)
        _place(one)
        one.add_argument("--channel", required=True, metavar="C", help=_("the line, displayed number or team"))
        one.add_argument("--by", choices=KEYS, default="line", help=_("what the channel is; a line by default"))
        one.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
        if act is _isolate:
            one.add_argument("--cap", type=number, metavar="N", help=_("attempts a day; the rulebook's if not given"))
            end = _("what must be true before the isolation is lifted; the case's closing if not given")
            one.add_argument("--end", metavar="TEXT", help=end)
    measured = actions.add("measure", _measure, _("count the figures before the isolation and since"))
    _case(measured)
    on_day(measured, "--from", _("first day before; as many days as since if not given"))
    on_day(measured, "--to", _("last day since; today if not given"))


def _configure_end(actions: Actions) -> None:
    _case(actions.add("check", _check, _("what is still open before the report goes out")))
    report = actions.add("report", _report, _("write the rectification report"))
    _case(report)
    report.add_argument("--out", type=Path, metavar="FILE", help=_("file to write: .docx or .pdf"))
    submitted = actions.add("submit", _submit, _("note that report and test report were handed in"))
    _case(submitted)
    on_day(submitted, "--on", _("on this day instead of today"))
    closed = actions.add("close", _close, _("close the case after a check that the measures worked"))
    _case(closed)
    closed.add_argument("--check", required=True, metavar="TEXT", help=_("what was checked, and how"))
    watch = actions.add("watch", _watch, _("the watch list: show, put a licence on it, take it off"))
    _place(watch)
    watch.add_argument("--licence", metavar="NUMBER", help=_("put this licence on the list"))
    watch.add_argument("--source", default="", metavar="TEXT", help=_("who said so"))
    on_day(watch, "--since", _("from this day on instead of today"))
    on_day(watch, "--until", _("take it off from this day on"))
    watch.add_argument(
        "--year", type=number, metavar="Y", help=_("look at the portrait of this data year more closely")
    )
    routine = actions.add("routine", _routine, _("the recurring tasks (SOP), the next one first"))
    enterprise(routine, required=False)
    routine.add_argument("--done", type=number, metavar="N", help=_("this task was done"))
    on_day(routine, "--on", _("on this day instead of today"))


def _case(parser: argparse.ArgumentParser) -> None:
    """``[CASE]`` or ``--case CASE``: the only open one where none is named."""
    _place(parser, _("the case; the only open one if not given"))


def _place(parser: argparse.ArgumentParser, about: str = "") -> None:
    """``[CASE]`` or ``--case CASE``, and ``--enterprise``."""
    parser.add_argument("named", nargs="?", metavar="CASE", help=about or _("the case that it belongs to"))
    parser.add_argument("--case", metavar="CASE", help=_("the same"))
    enterprise(parser, required=False)


def _named(args: argparse.Namespace) -> str | None:
    named: str | None = args.named or args.case
    return named


def _meant(args: argparse.Namespace, actor: Actor) -> str:
    from nianjian.features.rectification import operations

    return _named(args) or operations.get_only_open_case(
        enterprise=operations.default_enterprise(args.enterprise), actor=actor
    )


def _beside(args: argparse.Namespace, actor: Actor) -> list[str]:
    """Open cases that what was done belongs to none of, as it named none."""
    from nianjian.features.rectification import operations

    return (
        []
        if _named(args)
        else operations.list_open_cases(enterprise=operations.default_enterprise(args.enterprise), actor=actor)
    )


def _tenant(args: argparse.Namespace) -> str:
    from nianjian.features.rectification import operations

    return operations.default_enterprise(args.enterprise)


def _open(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations, storage
    from nianjian.features.rectification.storage import Notice

    told = operations.open_case(
        enterprise=_tenant(args),
        notice=Notice(args.received, args.due, args.number, args.cause),
        paper=None if args.notice is None else storage.read_paper(args.notice),
        actor=actor,
    )
    return Answer(told, terminal.render_opened_case(told))


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    found = operations.list_cases(enterprise=_tenant(args), actor=actor)
    return Answer({"cases": found}, terminal.render_cases(found))


def _show(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    told = operations.get_case_detail(case=_meant(args, actor), actor=actor)
    return Answer(told, terminal.render_case(told))


def _task(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.rectification import operations

    case = _meant(args, actor)
    if args.done is not None:
        if args.text is not None or args.owner is not None or args.due or args.every:
            message = _("name a measure, or say with --done which one was carried out")
            raise NianjianError("usage", program="nianjian rectify task", message=message)
        operations.complete_measure(case=case, measure=args.done, day=args.on or clock.today(), actor=actor)
        return Answer(
            {"case": case, "measure": args.done, "done": True}, terminal.render_line(_("Measure carried out."))
        )
    made = operations.add_measure(
        case=case,
        text=args.text or "",
        owner=args.owner or "",
        due=args.due or clock.today(),
        every=args.every,
        actor=actor,
    )
    told = _("Measure {number} named.").format(number=made)
    return Answer({"case": case, "measure": made, "done": False}, terminal.render_line(told))


def _attach(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations, storage

    kept = operations.add_paper(
        case=_meant(args, actor),
        kind=args.kind,
        paper=storage.read_paper(args.file),
        actor=actor,
        issuer=args.issuer,
        number=args.number,
        dated=args.dated,
    )
    return Answer(kept, terminal.render_line(_("Paper kept.")))


def _locate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import evidence, operations

    place = operations.default_enterprise(args.enterprise) if _named(args) is None else ""
    told = evidence.locate_cause(
        enterprise=place, case=_named(args), first=getattr(args, "from"), last=args.to, actor=actor
    )
    return Answer(told, terminal.render_location(told, _beside(args, actor)))


def _tickets(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import evidence

    told = evidence.list_group_tickets(
        enterprise=_tenant(args),
        dimension=args.dimension,
        key=None if args.key == "-" else args.key,
        first=getattr(args, "from"),
        last=args.to,
        page=max(1, args.page),
        actor=actor,
    )
    return Answer(told, terminal.render_tickets(told))


def _isolate(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    place = operations.default_enterprise(args.enterprise) if _named(args) is None else ""
    told = operations.request_isolation(
        enterprise=place,
        case=_named(args),
        key=args.by,
        channel=args.channel,
        cap=args.cap,
        reason=args.reason,
        end=_("the case is closed") if args.end is None else args.end,
        actor=actor,
    )
    return Answer(told, terminal.render_pending_approval(told, _beside(args, actor)), NO)


def _lift(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    place = _tenant(args) if _named(args) is None else ""
    told = operations.request_lift(
        enterprise=place, key=args.by, channel=args.channel, reason=args.reason, actor=actor, case=_named(args)
    )
    return Answer(told, terminal.render_pending_approval(told), NO)


def _measure(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import evidence

    told = evidence.measure_figures(case=_meant(args, actor), first=getattr(args, "from"), last=args.to, actor=actor)
    return Answer(told, terminal.render_figures(told))


def _check(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import evidence

    case = _meant(args, actor)
    found = [gap.as_dict() for gap in evidence.check_gaps(case=case, actor=actor)]
    blocked = any(gap["blocks"] for gap in found)
    return Answer(
        {"case": case, "ready": not blocked, "gaps": found}, terminal.render_gaps(found), NO if blocked else DONE
    )


def _report(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import reports
    from nianjian.platform.terminal.language import language

    told = reports.write_report_file(case=_meant(args, actor), path=args.out, language=language(), actor=actor)
    return Answer(told, terminal.render_report(told), NO if told["draft"] else DONE)


def _submit(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.rectification import reports

    told = reports.submit_report(case=_meant(args, actor), day=args.on or clock.today(), actor=actor)
    return Answer(told, terminal.render_submission(told))


def _close(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import reports

    told = reports.close_case(case=_meant(args, actor), check=args.check, actor=actor)
    return Answer(told, terminal.render_line(_("Case closed.")))


def _watch(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    told = operations.change_watch_list(
        enterprise=_tenant(args),
        case=_named(args),
        licence=args.licence,
        source=args.source,
        since=args.since,
        until=args.until,
        year=args.year,
        actor=actor,
    )
    return Answer(told, terminal.render_watch_list(told))


def _routine(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.rectification import operations

    told = operations.update_routine(enterprise=_tenant(args), done=args.done, day=args.on, actor=actor)
    return Answer({"tasks": told}, terminal.render_routine(told))
