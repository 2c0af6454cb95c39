"""``nianjian season``: what is due and what is still to be done; reports handed in, tasks, the calendar feed."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console

from nianjian.engines.kernel import clock
from nianjian.engines.paper.people import actor_text
from nianjian.engines.paper.texts import season as texts
from nianjian.engines.paper.texts.dossier import ITEMS
from nianjian.engines.paper.words import ENGLISH
from nianjian.platform.terminal import table
from nianjian.platform.terminal.answer import NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day, year
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

if TYPE_CHECKING:
    from nianjian.features.inbox.operations import Reminded, Sending
    from nianjian.features.season.documents import FeedMade, RolledOver, SeasonMilestone, SeasonTask, SeasonTold

# The season on a terminal.

Json = Mapping[str, Any]


def render_season(summary: "SeasonTold", console: Console) -> None:
    """A season as it stands."""
    first = summary.earliest
    console.print(_("Season of data year {year}, as of {day}").format(year=summary.year, day=summary.today))
    if first is not None:
        text = _("Earliest: {day} ({left}), {source}: {citation}")
        left = texts.format_time_left(first.left.days, first.left.workdays, _, provisional=first.left.provisional)
        where = _(texts.TEMPLATES.get(first.template, first.template))
        said = text.format(day=first.last_day, left=left, source=where, citation=first.citation)
        console.print(said, style="bold")
    for one in summary.obstacles:
        console.print(f"! {one.text}", style="bold red", markup=False)
    for flag in summary.risk_flags:
        console.print(f"! {flag.text}", style="yellow", markup=False)
    _tracks(console, summary)
    _plan(console, summary)


def _tracks(console: Console, summary: "SeasonTold") -> None:
    from nianjian.features.season.documents import list_days

    states = [
        (one.licence, _(texts.TRACKS[one.track]), _(texts.STATES[one.state]), one.due, one.filed_on)
        for one in summary.tracks
    ]
    table.rows(console, (_("licence"), _("report"), _("state"), _("last day"), _("handed in")), states)
    if package := summary.package:
        text = _("Package {number} was handed in on {day}, manifest {sum}.")
        said = text.format(number=package.number, day=package.handed_on, sum=package.manifest[:12])
        console.print(said, markup=False)
    rows = [
        (
            one.date,
            _(texts.DAY_KINDS[one.kind]),
            one.name_en if language() == ENGLISH else one.name,
            _(texts.TEMPLATES.get(one.template, one.template)),
            " · ".join((one.citation, *licences)),
        )
        for one, licences, _mark in sorted(list_days(summary.tracks), key=lambda entry: entry[0].date)
    ]
    table.rows(console, (_("day"), _("what it is"), _("deadline"), _("source"), _("citation")), rows)


def _plan(console: Console, summary: "SeasonTold") -> None:
    rows = [
        (
            _(texts.MODULES.get(one.module, one.module)),
            one.begins,
            _day(one),
            f"{one.progress.done}/{one.progress.total}",
        )
        for one in summary.milestones
    ]
    table.rows(console, (_("module"), _("begins"), _("due"), _("done")), rows)
    tasks = [
        (
            one.task,
            _(texts.TASKS.get(one.task, one.task)),
            texts.task_state_text(one.state, one.status, _),
            _day(one),
            f"{one.steps.done}/{one.steps.total}" if one.steps.total else None,
            actor_text(one.owner, _) or None,
        )
        for one in summary.tasks
    ]
    table.rows(console, (_("code"), _("task"), _("state"), _("due"), _("steps"), _("owner")), tasks)
    for one in summary.tasks:
        for line in filter(None, (texts.task_reason(one.figures, _), *one.effects)):
            console.print(f"  {line}", markup=False)


def _day(one: "SeasonMilestone | SeasonTask") -> str:
    return f"{one.due} ({_('provisional')})" if one.provisional else str(one.due)


def render_feeds(new_feed: "FeedMade | None", feeds: Sequence[Json], console: Console) -> None:
    """A feed that was just made, and those there are."""
    if new_feed is not None:
        text = _("Subscribe to {path} at this server's address; it is shown only once.")
        console.print(text.format(path=new_feed.path))
    table.rows(console, (_("feed"), _("created at")), [(one["feed"], one["made_at"]) for one in feeds])


def render_reminders(reminders: "Sequence[Reminded]", console: Console) -> None:
    """Whom what was told, and what became of it by each channel."""
    rows = [
        (
            one.day,
            actor_text(one.user, _),
            one.text,
            "；".join(_sent(each) for each in one.dispatches) or "–",
        )
        for one in reminders
    ]
    table.rows(console, (_("day"), _("Person reminded"), _("reminder"), _("channels")), rows)


def _sent(one: "Sending") -> str:
    fault = f" ({one.fault})" if one.fault else ""
    return f"{one.dispatch} {_(texts.MESSAGE_STATES[one.state])}{fault}"


def render_roll_over(result: "RolledOver", console: Console) -> None:
    """What was taken over into a season, and what was not."""
    text = _("Season of data year {year}: {taken} documents taken over, {owners} tasks have last year's owner.")
    console.print(text.format(year=result.year, taken=len(result.taken), owners=len(result.owners)))
    rows = [
        (_(ITEMS.get(one.item, one.item)), _(texts.NOT_TAKEN[one.reason]), one.valid_until or "–")
        for one in result.left
    ]
    table.rows(console, (_("not taken over"), _("reason"), _("valid until")), rows)


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(clock.ZONE):%Y-%m-%d %H:%M}"


def render_archive(document: Json, console: Console) -> None:
    """A closed season: how its reports ended, and the digest of all of it."""
    text = _("Season of data year {year}, closed at {at}; digest {sha256}")
    season = document["season"]
    console.print(
        text.format(year=season["year"], at=_moment(document["closed_at"]), sha256=document["sha256"]), markup=False
    )
    rows = [
        (_(texts.TRACKS[one["track"]]), _(texts.STATES[one["state"]]), one["filed_on"] or "–")
        for one in season["tracks"]
    ]
    table.rows(console, (_("report"), _("state"), _("handed in")), rows)
    closings = [
        (one["number"], _moment(one["closed_at"]), _moment(one["opened_at"]) if one["opened_at"] else "–",
         one["sha256"][:12])
        for one in document["closings"]
    ]  # fmt: skip
    if document["package"] is None:
        console.print(_("No package is recorded as submitted, so the archive contains none."))
    elif "package" in document["left_out"]:
        console.print(_("The files of the package were no longer here: only its manifest is archived."))
    if "portrait" in document["left_out"]:
        console.print(_("The portrait named by the package is not in this installation, so it is not archived."))
    if len(closings) > 1:
        table.rows(console, (_("closing"), _("closed at"), _("opened again"), _("digest")), closings)


TRACKS: Final = ("licence", "code_number")
PARTS: Final = ("manifest", "package", "signed", "portrait", "log")
MOST: Final = 200  # lines of the log


def configure(parser: argparse.ArgumentParser) -> None:
    """Show, and what people say."""
    actions = Actions(parser)
    show = actions.add("show", _show, _("show deadlines with their sources, both reports, the plan and its tasks"))
    enterprise(show)
    year(show, required=False)
    on_day(show, "--today", _("as of this day instead of today"))
    _configure_reports(actions)
    task = actions.add("task", _task, _("assign the owner of a task, snooze it, or mark it as done"))
    enterprise(task)
    year(task)
    task.add_argument("task", metavar="TASK", help=_("the task's code, as `season show --json` names it"))
    task.add_argument("--owner", metavar="WHO", help=_("who does it"))
    on_day(task, "--snooze", _("snooze until this day"))
    task.add_argument("--reason", default="", metavar="TEXT", help=_("why it is snoozed, or what was done"))
    task.add_argument("--wake", action="store_true", help=_("end its snooze"))
    on_day(task, "--done", _("it was done on this day"))
    task.add_argument("--reopen", action="store_true", help=_("mark it as not done"))
    _configure_entry_test(actions)
    feed = actions.add("feed", _feed, _("create a calendar feed (iCal), list your own or revoke one"))
    enterprise(feed)
    feed.add_argument("--add", action="store_true", help=_("create one; its secret is shown only once"))
    feed.add_argument("--revoke", metavar="FEED", help=_("revoke this one"))
    for name, act, about in (
        ("roll-over", _roll_over, _("begin a season from the last one: valid documents, owners of tasks")),
        ("close", _close, _("close a season, with its package, portrait and log; only two people can reopen it")),
        ("reopen", _reopen, _("request a second person's approval to reopen a closed season")),
        ("archive", _archive, _("show a closed season as it was")),
    ):
        one = actions.add(name, act, about)
        enterprise(one)
        year(one)
        if name == "archive":
            parts = _("write this file of it: ") + ", ".join(PARTS)
            one.add_argument("--take", choices=PARTS, metavar="PART", help=parts)
            one.add_argument("--closing", type=int, metavar="N", help=_("an earlier closing, by its number"))
            one.add_argument(
                "--out", type=Path, metavar="FILE", help=_("where to write it; the file must not exist yet")
            )
        if name == "close":
            words = _("also while the authority has not said that the last package passed")
            one.add_argument("--undecided", action="store_true", help=words)
            words = _("also where no package is recorded as submitted")
            one.add_argument("--without-package", action="store_true", help=words)
        if name == "reopen":
            one.add_argument("--reason", required=True, metavar="TEXT", help=_("why it is reopened"))
    reminders = actions.add("reminders", _reminders, _("show who was told what, and the result; send again"))
    enterprise(reminders)
    reminders.add_argument("--again", metavar="N", help=_("send this one again"))


def _configure_reports(actions: Actions) -> None:
    for name, about in (
        ("file", _("record that a report was handed in")),
        ("notice", _("record the last day stated in a notice to the enterprise; it takes precedence")),
    ):
        one = actions.add(name, _note, about)
        enterprise(one)
        year(one)
        one.add_argument("--track", choices=TRACKS, required=True, metavar="T", help=", ".join(TRACKS))
        one.add_argument("--licence", metavar="NUMBER", help=_("for this licence only"))
        on_day(one, "--on", _("on this day instead of today") if name == "file" else _("the last day stated in it"))
        one.add_argument("--undo", action="store_true", help=_("withdraw it"))
        if name == "file":
            one.add_argument("--receipt", default="", metavar="TEXT", help=_("the system's reference number"))
            where = _("where the package that goes out with the report was handed in: the window or the system")
            one.add_argument("--place", default="", metavar="WHERE", help=where)
        else:
            one.add_argument("--name", default="", metavar="TEXT", help=_("name of the notice"))


def _configure_entry_test(actions: Actions) -> None:
    test = actions.add("entry-test", _entry_test, _("save the result of the entry test with its screenshot (T4)"))
    enterprise(test)
    year(test)
    test.add_argument("--result", choices=("passed", "failed"), required=True, help=_("what became of it"))
    test.add_argument("--picture", type=Path, required=True, metavar="FILE", help=_("the screenshot: png, jpg or pdf"))
    test.add_argument("--note", required=True, metavar="TEXT", help=_("what was tried"))
    on_day(test, "--on", _("on this day instead of today"))


def _build_answer(args: argparse.Namespace, actor: Any, today: Any = None) -> Answer:  # noqa: ANN401 -- an actor, a day; both load late
    from nianjian.features.season.queries import summarize_season

    summary = summarize_season(
        enterprise=args.enterprise, year=args.year, today=today or clock.today(), actor=actor, language=language()
    )
    return Answer(summary, partial(render_season, summary))


def _show(args: argparse.Namespace) -> Answer:
    return _build_answer(args, begin(args), args.today)


def _note(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import operations

    of = {"enterprise": args.enterprise, "year": args.year, "track": args.track, "licence": args.licence}
    of |= {"day": None if args.undo else args.on or clock.today(), "actor": actor}
    if args.action == "file":
        operations.note_report(receipt=args.receipt, place=args.place, **of)
    else:
        operations.note_notice(notice=args.name, **of)
    return _build_answer(args, actor)


def _task(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import operations as acts

    of = {"enterprise": args.enterprise, "year": args.year, "task": args.task, "actor": actor}
    if args.owner is not None:
        acts.assign_task(owner=args.owner, **of)
    if args.snooze is not None or args.wake:
        acts.snooze_task(until=None if args.wake else args.snooze, reason=args.reason, **of)
    if args.done is not None or args.reopen:
        acts.mark_task_done(day=None if args.reopen else args.done, note=args.reason, **of)
    return _build_answer(args, actor)


def _entry_test(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel.files import wrap_read_errors
    from nianjian.features.season.operations import record_entry_test

    with wrap_read_errors(args.picture):
        content = args.picture.read_bytes()
    record_entry_test(
        enterprise=args.enterprise, year=args.year, result=args.result, day=args.on or clock.today(), note=args.note,
        name=args.picture.name, content=content, actor=actor,
    )  # fmt: skip
    return _build_answer(args, actor)


def _feed(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import feeds, operations

    feed = operations.create_feed(enterprise=args.enterprise, actor=actor) if args.add else None
    if args.revoke:
        operations.revoke_feed(enterprise=args.enterprise, feed=args.revoke, actor=actor)
    rows = [
        {"feed": one.feed, "made_at": one.made_at.isoformat()}  # with microseconds, as it was always printed
        for one in feeds.list_feeds(enterprise=args.enterprise, actor=actor)
    ]
    return Answer({"made": feed, "feeds": rows}, partial(render_feeds, feed, rows))


def _reminders(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inbox import operations

    rows = operations.list_log(enterprise=args.enterprise, actor=actor)
    if args.again:
        operations.retry_sending(enterprise=args.enterprise, dispatch=operations.parse_number(args.again), actor=actor)
    reminders = [operations.to_document(one, language()) for one in rows[:MOST]]
    return Answer({"reminders": list(map(_reminder_row, reminders))}, partial(render_reminders, reminders))


def _reminder_row(reminder: "Reminded") -> dict[str, Any]:
    """A reminder as this command has always printed it: its moments with their microseconds."""
    row: dict[str, Any] = asdict(reminder) | {"made_at": reminder.made_at.isoformat()}
    for each in row["dispatches"]:
        each["not_before"] = each["not_before"].isoformat()
        each["sent_at"] = each["sent_at"] and each["sent_at"].isoformat()
    return row


def _roll_over(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season.operations import roll_over

    result = roll_over(enterprise=args.enterprise, year=args.year, actor=actor)
    return Answer(result, partial(render_roll_over, result))


def _close(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing

    params = {"undecided": args.undecided, "without_package": args.without_package}
    document = closing.close_season(enterprise=args.enterprise, year=args.year, actor=actor, **params)
    return Answer(document, partial(render_archive, document))


def _reopen(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing as archive
    from nianjian.features.season.documents import ReopenAsked

    approval = archive.reopen_season(enterprise=args.enterprise, year=args.year, reason=args.reason, actor=actor)
    text = _("Request {approval} is waiting for a second person: nianjian approve {approval} --as USER")
    return Answer(
        ReopenAsked(approval.id, approval.state), lambda console: console.print(text.format(approval=approval.id)), NO
    )


def _archive(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing as archive

    document = archive.get_archive(enterprise=args.enterprise, year=args.year, actor=actor, closing=args.closing)
    if args.take is not None:
        _write(args, actor)
    return Answer(document, partial(render_archive, document))


def _write(args: argparse.Namespace, actor: Any) -> None:  # noqa: ANN401 -- an actor; it loads late
    from nianjian.engines.kernel.errors import NianjianError
    from nianjian.features.season import closing as files

    if args.out is None or args.out.exists():
        raise NianjianError("season_out_wrong", path=str(args.out or ""))
    download = files.download_file(
        enterprise=args.enterprise, year=args.year, part=args.take, actor=actor, closing=args.closing
    )
    with args.out.open("xb") as file:
        file.writelines(download.content)
