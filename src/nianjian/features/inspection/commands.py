"""``nianjian inspect``: what stands for the on-site check; ``nianjian drill``: its drill, and the report."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.kernel import files
from nianjian.engines.kernel.encode import to_builtins
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.kernel.files import write_private_file
from nianjian.engines.paper.inspection import evidence_rows
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import inspection
from nianjian.engines.paper.texts import inspection_day as drill_texts
from nianjian.engines.paper.texts.claims import DECLARED
from nianjian.engines.paper.texts.platform import STATES
from nianjian.engines.paper.words import pair_text
from nianjian.features.inspection.documents import (
    AnswerCards,
    Dialling,
    DrillBegun,
    DrillHeld,
    DrillReport,
    Readiness,
    Retention,
    Sheet,
    Suspects,
    Visit,
)
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.inspection.operations.declarations import Declarations

# The on-site check on a terminal.

ANSWERS: Final = {"yes": True, "no": False}


def render_sheet(sheet: Sheet, console: Console) -> None:
    """The notice, the agenda, who stands where, the evidence."""
    data = to_builtins(sheet)
    for name, value in drill_texts.notice_lines(data, _):
        console.print(pair_text(name, value, _), markup=False)
    console.print(
        f"{drill_texts.evidence_reason(sheet.notice.state, _)} · {_(STATES[sheet.state])}",
        markup=False,
    )
    for line in sheet.visit.agenda if sheet.visit else ():
        console.print(f"  {line.at}  {line.what}  {line.who}", markup=False)
    for post in sheet.visit.posts if sheet.visit else ():
        console.print(f"  {pair_text(post.place, post.who, _)}  {post.task}", markup=False)
    table.rows(console, (_("rule"), _("evidence"), _("state"), _("why"), _("as at")), evidence_rows(data, _))


def render_visit(visit: Visit, console: Console) -> None:
    """A day that is kept."""
    line = _("The inspection day {day} is saved: {agenda} agenda lines, {posts} posts.")
    render_text(line.format(day=visit.day, agenda=len(visit.agenda), posts=len(visit.posts)), console)


def render_declarations(result: Declarations, console: Console) -> None:
    """What the enterprise states of each card."""
    for one in result.declarations:
        console.print(f"{_(inspection.CARDS[one.card])} {_(inspection.ANSWERS[one.answer])}", markup=False)


def render_text(text: str, console: Console) -> None:
    """A sentence."""
    console.print(text, markup=False)


def render_drill_begun(result: DrillBegun, console: Console) -> None:
    """The ticket that is now to be worked on."""
    line = _("Drill {drill} has begun: respond, call back and close this ticket in time.")
    render_text(line.format(drill=result.drill), console)


def render_drill_report(report: DrillReport, console: Console) -> None:
    """Steps with times, then what to mend."""
    console.print(
        f"{report.drill} · {drill_texts.clock_text(report.begun_at)} · {_(STATES[report.state])}",
        markup=False,
    )
    rows = [
        (
            _(drill_texts.STEPS[one.step]),
            _(STATES[one.state]),
            drill_texts.clock_text(one.at),
            drill_texts.duration_text(one.taken_s),
            drill_texts.duration_text(one.limit_s),
            actor_text(one.by, _),
            drill_texts.drill_reason(one.why, _),
        )
        for one in report.steps
    ]
    table.rows(console, (_("step"), _("state"), _("at"), _("taken"), _("time allowed"), _("who"), _("why")), rows)
    table.rows(console, (_("to fix"), _("why"), _("quickest fix")), drill_texts.list_remedies(to_builtins(report), _))


def render_timeline(report: DrillReport, console: Console) -> None:
    """What is due, what was done, what was thrown in."""
    console.print(f"{report.drill} · {drill_texts.duration_text(report.running_s)}", markup=False)
    rows = [
        (
            drill_texts.duration_text(one.due_s),
            drill_texts.timeline_line(one.what, _),
            _(drill_texts.ROLES[one.role]),
            actor_text(one.player, _),
            _(drill_texts.LINES[one.state]),
            drill_texts.duration_text(one.taken_s),
            actor_text(one.by, _),
            one.ended_at,
        )
        for one in report.timeline
    ]
    heads = (_("planned"), _("step or inject"), _("role"), _("player"), _("state"), _("taken"), _("who"))
    table.rows(console, (*heads, _("handled at")), rows)


def render_history(drills: Sequence[DrillHeld], console: Console) -> None:
    """All drills, the newest first."""
    rows = [
        (
            one.drill,
            drill_texts.clock_text(one.begun_at),
            actor_text(one.begun_by, _),
            *(drill_texts.duration_text(seconds) for seconds in (one.responded_s, one.called_back_s, one.closed_s)),
        )
        for one in drills
    ]
    heads = (_("ticket"), _("begun"), _("who"))
    table.rows(console, (*heads, _("responded after"), _("called back after"), _("closed after")), rows)


def render_retention(result: Retention, console: Console) -> None:
    """Each kind of log and how far it reaches."""
    rows = [
        (
            _(inspection.LOGS[one.log]),
            _(inspection.LOG_STATES[one.state]),
            one.must_reach,
            one.oldest,
            one.unbroken_since,
            one.missing_days,
            _(inspection.LOG_WHYS[one.why]),
        )
        for one in result.logs
    ]
    heads = (_("log"), _("state"), _("must reach back to"), _("oldest record"), _("without a gap since"))
    table.rows(console, (*heads, _("missing days"), _("why")), rows)
    sample = to_builtins(result.sample)
    for name, text in inspection.sample_facts(sample, _):
        console.print(pair_text(name, text, _), markup=False)
    if calls := inspection.sample_rows(sample, _):
        table.rows(console, inspection.sample_headings(_), calls)


def render_dialling(result: Dialling, console: Console) -> None:
    """Each team's verdict, robots, and the calls that show it."""
    console.print(f"{result.from_} – {result.to}", markup=False)
    console.print(_("Predictive dialling: {verdict}").format(verdict=_(inspection.VERDICTS[result.verdict])))
    ai = result.ai
    line = _("AI outbound: {verdict}; {seats} robot seats open, {calls} calls of robots, {asked} transfers")
    values = {"verdict": _(inspection.VERDICTS[ai.verdict]), "seats": ai.seats.open, "calls": ai.calls}
    console.print(line.format(**values, asked=ai.transfers.asked))
    _render_suspects(console, ai.suggested)
    rows = [
        (
            one.team,
            _(inspection.VERDICTS[one.verdict]),
            one.calls,
            one.answered,
            one.alone,
            one.over,
            one.showing,
            _(inspection.DIALLING_WHYS[one.why]),
        )
        for one in result.teams
    ]
    heads = (_("team"), _("verdict"), _("calls"), _("answered"), _("without an agent"), _("dialled over"))
    table.rows(console, (*heads, _("hours in which it shows"), _("why")), rows)
    calls = [(team.team, one.at, one.callee, one.ringing, one.free) for team in result.teams for one in team.rows]
    if calls:
        table.rows(console, (_("team"), _("at"), _("called"), _("ringing"), _("agents free")), calls)


def _render_suspects(console: Console, seen: Suspects) -> None:
    """Calls that look like an unregistered robot's."""
    line = _("Unregistered robots: {verdict} ({calls} calls)")
    console.print(line.format(verdict=_(inspection.SUGGESTED[seen.verdict]), calls=seen.calls), markup=False)
    rows = [
        (one.source, _(inspection.EVIDENCE[one.evidence]), one.context, one.application, one.calls)
        for one in seen.groups
    ]
    if rows:
        table.rows(console, (_("source"), _("evidence"), _("context"), _("application"), _("calls")), rows)


def render_answers(result: AnswerCards, console: Console) -> None:
    """Each card: what may be said, what it rests on, how it becomes true."""
    console.print(
        _("As at {day}; {released} of {all} may be said").format(
            day=result.as_of, released=result.released, all=result.all
        )
    )
    for one in result.cards:
        data = to_builtins(one)
        state = _(inspection.CARD_STATES[one.state])
        console.print(f"\n{_(inspection.CARDS[one.card])} [{state}]", style="bold", markup=False)
        console.print(f"  {inspection.format_answer(data, result.at[:10], _)}", markup=False)
        figures = "; ".join(pair_text(name, count, _) for name, count in inspection.answer_figures(data, _))
        days = f"{one.from_} – {result.as_of}" if one.from_ else result.as_of
        console.print(f"  {figures} ({days})", markup=False)
        for text in inspection.answer_lacks(data, _):
            console.print(f"  - {text}", markup=False)
        for text in inspection.answer_steps(data, _):
            console.print(f"  > {text}", markup=False)


def render_readiness(result: Readiness, console: Console) -> None:
    """Each check and the share of those passed."""
    for part, share in result.shares.items():
        name = _(inspection.PEOPLE_NUMBERS_SYSTEM[part])
        console.print(pair_text(name, f"{share.passed}/{share.all}", _), markup=False)
    rows = [
        (
            _(inspection.PEOPLE_NUMBERS_SYSTEM[one.part]),
            one.rule,
            _(inspection.CHECKS[one.check]),
            _(STATES[one.state]),
            _(inspection.CHECKS_WHYS[one.why]),
            one.day,
        )
        for one in result.checks
    ]
    table.rows(console, (_("part"), _("rule"), _("check"), _("state"), _("why"), _("as at")), rows)


def configure_inspect(parser: argparse.ArgumentParser) -> None:
    """Every action."""
    actions = Actions(parser)
    _add_check_actions(actions)
    _add_day_actions(actions)
    _add_notice_actions(actions)
    about = _("state what the records cannot tell: AI outbound calls, predictive dialling, one-click entry")
    stated = actions.add("declare", _declare, about)
    enterprise(stated)
    for card in DECLARED:
        about = _("whether the enterprise has it; without it: nothing is stated")
        stated.add_argument(f"--{card.replace('_', '-')}", choices=tuple(ANSWERS), help=about)


def _declare(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.declarations import declare_facts

    facts = {card: ANSWERS.get(getattr(args, card)) for card in DECLARED}
    result = declare_facts(enterprise=args.enterprise, actor=actor, **facts)
    return Answer(result, partial(render_declarations, result))


def _add_day_actions(actions: Actions) -> None:
    sheet = actions.add("day", _day, _("the sheet of the inspection day; exit 1 unless everything has passed"))
    enterprise(sheet)
    on_day(sheet, "--day", _("which day; default: the next one"))
    sheet.add_argument("--last", action="store_true", help=_("use the last check instead of checking now"))
    plan = actions.add("plan", _plan, _("save an inspection day: notice, agenda, who is where"))
    enterprise(plan)
    plan.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help=_("the day of the check"))
    plan.add_argument("--notice", metavar="TEXT", help=_("name or number of the notice"))
    plan.add_argument("--authority", metavar="TEXT", help=_("the inspecting authority"))
    on_day(plan, "--received", _("when the notice arrived"))
    plan.add_argument("--place", metavar="TEXT", help=_("where the check takes place"))
    plan.add_argument("--agenda", type=Path, metavar="FILE", help=_("lines: 09:30 | what | who"))
    plan.add_argument("--posts", type=Path, metavar="FILE", help=_("lines: place | who | task"))
    plan.add_argument("--remove", action="store_true", help=_("remove it"))
    copy = actions.add("copy", _copy, _("write the offline copy (ZIP of HTML and PDF)"))
    enterprise(copy)
    on_day(copy, "--day", _("which day; default: the next one"))
    copy.add_argument("--last", action="store_true", help=_("use the last check instead of checking now"))
    copy.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("write it there"))


def _day(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day import build_sheet

    sheet = build_sheet(enterprise=args.enterprise, actor=actor, day=args.day, anew=not args.last)
    return Answer(sheet, partial(render_sheet, sheet), DONE if sheet.state == "passed" else NO)


def _plan(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits
    from nianjian.features.inspection.operations.day import VisitInput

    if args.remove:
        visits.remove_visit(enterprise=args.enterprise, day=args.day, actor=actor)
        return Answer({"day": args.day.isoformat(), "removed": True}, partial(render_text, _("Removed.")))
    said = {"notice": args.notice, "authority": args.authority, "received_on": args.received, "place": args.place}
    said |= {name: _text(path) for name, path in (("agenda", args.agenda), ("posts", args.posts)) if path is not None}
    stored = visits.find_visit_input(enterprise=args.enterprise, day=args.day, actor=actor) or VisitInput(args.day)
    visit = replace(stored, **{name: value for name, value in said.items() if value is not None})
    result = visits.save_visit(enterprise=args.enterprise, visit=visit, actor=actor)
    return Answer(result, partial(render_visit, result))


def _copy(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits

    params = {"enterprise": args.enterprise, "actor": actor, "language": language(), "day": args.day}
    _name, content = visits.build_bundle(**params, anew=not args.last)
    write_private_file(args.out, content)
    return Answer({"file": str(args.out)}, partial(render_text, str(args.out)))


def _text(path: Path) -> str:
    """A file that a person has typed: UTF-8, else as Chinese Windows writes it."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


def _add_check_actions(actions: Actions) -> None:
    parts: Sequence[tuple[str, Callable[[Any, Console], None], str]] = (
        ("readiness", render_readiness, _("all checks of the on-site check: passed, not passed, not proved")),
        ("answers", render_answers, _("what may truthfully be said, and how to make the rest true")),
        ("retention", render_retention, _("how far each kind of log reaches back without a gap")),
    )
    for part, render, about in parts:
        one = actions.add(part, partial(_check, part=part, render=render), about)
        enterprise(one)
        on_day(one, "--as-of", _("as at this day instead of today"))
        if part == "retention":
            where = _("the folder with the recordings, instead of the one in NIANJIAN_RECORDINGS")
            one.add_argument("--recordings", metavar="DIR", type=Path, help=where)
    dialling = actions.add("dialling-mode", _dialling, _("predictive dialling and robots, detected from the records"))
    enterprise(dialling)
    on_day(dialling, "--from", _("first day; default: 30 days up to the last one"))
    on_day(dialling, "--to", _("last day; default: today"), "--as-of")


def _check(args: argparse.Namespace, part: str, render: Callable[[Any, Console], None]) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.readiness import PARTS

    more = {"folder": args.recordings} if part == "retention" else {}
    result = PARTS[part](enterprise=args.enterprise, as_of=args.as_of, actor=actor, **more)
    match result:
        case AnswerCards():
            good = result.released == result.all
        case Dialling():
            good = result.verdict == "not_found"
        case _:
            good = result.state in {"passed", "ok"}  # readiness, retention
    return Answer(result, partial(render, result), DONE if good else NO)


def _dialling(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.dialling import check_dialling

    result = check_dialling(
        enterprise=args.enterprise, as_of=None, first=getattr(args, "from"), last=args.to, actor=actor
    )
    return Answer(result, partial(render_dialling, result), DONE if result.verdict == "not_found" else NO)


def _add_notice_actions(actions: Actions) -> None:
    notice = actions.add("notice", _notice, _("store a scan of the notice for an inspection day, get or remove one"))
    enterprise(notice)
    notice.add_argument("file", nargs="?", type=Path, metavar="FILE", help=_("the scan: PDF, JPEG, PNG, TIFF or OFD"))
    notice.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help=_("the day of the check"))
    notice.add_argument(
        "--fetch", type=number, metavar="N", help=_("write this scan to --out; recorded in the audit chain")
    )
    notice.add_argument("--out", type=Path, metavar="FILE", help=_("write it there"))
    notice.add_argument("--remove", type=number, metavar="N", help=_("remove this scan"))
    seen = actions.add("screens", _screens, _("sign that both screens are in the room with live data"))
    enterprise(seen)
    on_day(seen, "--seen-on", _("the day on which you checked; default: today"))
    seen.add_argument("--missing", action="store_true", help=_("they are not both there with live data"))


def _notice(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits

    of = {"enterprise": args.enterprise, "day": args.day, "actor": actor}
    if args.remove is not None:
        visits.remove_scan(number=args.remove, **of)
        return Answer({"scan": args.remove, "removed": True}, partial(render_text, _("Removed.")))
    if args.fetch is not None:
        if args.out is None:
            raise _usage(_("say where to write it: --out FILE"))
        _name, _media, content = visits.fetch_scan(number=args.fetch, **of)
        file = write_private_file(args.out, content)
        return Answer({"scan": args.fetch, "file": file}, partial(render_text, file))
    if args.file is None:
        raise _usage(_("name the scan"))
    result = visits.attach_scan(name=args.file.name, content=files.content(args.file), **of)
    text = _("Scan {scan} is stored: {name}, SHA-256 {sha256}").format(
        scan=result.scan, name=result.name, sha256=result.sha256
    )
    return Answer(result, partial(render_text, text))


def _screens(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits

    result = visits.note_screens(enterprise=args.enterprise, seen_on=args.seen_on, stand=not args.missing, actor=actor)
    text = _("Recorded for {seen_on}, signed by {signed}.").format(seen_on=result.seen_on, signed=result.signed)
    return Answer(result, partial(render_text, text), DONE if result.stand else NO)


def _usage(message: str) -> NianjianError:
    return NianjianError("usage", program="nianjian inspect notice", message=message)


# ``nianjian drill``: the drill of the on-site check, and its report.

CALLS = 3
SOURCES = ("one_click", "12321")
THROWN = ("second_call", "system_slow", "inspector_asks", "media")
MINUTES = ("responded", "called_back", "closed")


def configure_drill(parser: argparse.ArgumentParser) -> None:
    """``run``, ``report``, ``timeline``, ``inject`` and ``history``."""
    actions = Actions(parser)
    ran = actions.add("run", _run_drill, _("check readiness, make test calls, and open a drill complaint"))
    enterprise(ran)
    ran.add_argument("--phone", default="", metavar="N", help=_("telephone of the person playing the complainant"))
    ran.add_argument(
        "--calls", type=number, default=CALLS, metavar="N", help=_("this many numbers get a test call; default: 3")
    )
    ran.add_argument("--source", choices=SOURCES, default=SOURCES[0], help=_("how the complaint arrives"))
    ran.add_argument(
        "--minutes", type=_minutes, default={}, metavar="R,B,C",
        help=_("when the script wants response, call-back and closing; default: 10,30,45"),
    )  # fmt: skip
    ran.add_argument("--agent", default="", metavar="USER", help=_("who responds and calls back"))
    ran.add_argument("--lead", default="", metavar="USER", help=_("who closes the ticket"))
    about = _("drill inject given by the facilitator; can be repeated")
    ran.add_argument("--throw", action="append", default=[], choices=THROWN, help=about)
    _newest(actions.add("timeline", _timeline, _("what is due, what was done, which injects were given")))
    thrown = actions.add("inject", _inject, _("record that an inject was given, or that it was handled"))
    enterprise(thrown)
    thrown.add_argument("what", choices=THROWN, help=_("the inject"))
    thrown.add_argument("--drill", required=True, metavar="TICKET", help=_("the drill's ticket"))
    thrown.add_argument("--handled", action="store_true", help=_("it was handled"))
    enterprise(actions.add("history", _history, _("all drills, and how quickly their steps were done")))
    report = actions.add("report", _report, _("steps with their times, what passed, what to fix; exit 1 unless passed"))
    _newest(report)
    report.add_argument("--out", type=Path, metavar="FILE", help=_("write the report there (PDF)"))


def _newest(parser: argparse.ArgumentParser) -> None:
    enterprise(parser)
    parser.add_argument("--drill", default="", metavar="TICKET", help=_("the drill's ticket; default: the newest"))


def _run_drill(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.drill import run_drill
    from nianjian.features.inspection.states import DrillPlan

    planned = DrillPlan(args.source, args.minutes, {"agent": args.agent, "lead": args.lead}, args.throw)
    result = run_drill(enterprise=args.enterprise, phone=args.phone, calls=args.calls, actor=actor, planned=planned)
    return Answer(result, partial(render_drill_begun, result), DONE)


def _timeline(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    return _lines(drill.build_report(enterprise=args.enterprise, actor=actor, name=args.drill))


def _inject(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    act = "handled" if args.handled else "given"
    drill.note_inject(enterprise=args.enterprise, drill=args.drill, what=args.what, act=act, actor=actor)
    return _lines(drill.build_report(enterprise=args.enterprise, actor=actor, name=args.drill))


def _lines(report: DrillReport) -> Answer:
    data = {"drill": report.drill, "running_s": report.running_s, "timeline": report.timeline}
    return Answer(data, partial(render_timeline, report))


def _history(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    drills = drill.list_drills(enterprise=args.enterprise, actor=actor)
    return Answer({"drills": drills}, partial(render_history, drills))


def _minutes(text: str) -> dict[str, int]:
    """``10,30,45``: of response, call-back and closing."""
    parts = text.split(",")
    if len(parts) != len(MINUTES):
        raise argparse.ArgumentTypeError(_("give three whole numbers separated by commas, like 10,30,45"))
    return dict(zip(MINUTES, map(number, parts), strict=True))


def _report(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import drill

    params = {"enterprise": args.enterprise, "actor": actor, "name": args.drill}
    report = drill.build_report(**params)
    if args.out is not None:
        write_private_file(args.out, drill.build_report_pdf(language=language(), **params)[1])
    return Answer(report, partial(render_drill_report, report), DONE if report.state == "passed" else NO)
