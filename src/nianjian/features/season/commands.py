"""``nianjian season``: what is due and what is still to be done; reports handed in, tasks, the calendar feed."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any, Final

from nianjian.features.season import terminal
from nianjian.platform.terminal.answer import NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, on_day, year
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

TRACKS: Final = ("licence", "code_number")
PARTS: Final = ("manifest", "package", "signed", "portrait", "log")
MOST: Final = 200  # lines of the log


def configure(parser: argparse.ArgumentParser) -> None:
    """Show, and what people say."""
    actions = Actions(parser)
    show = actions.add("show", _show, _("show deadlines with their sources, both reports, the plan and its tasks"))
    enterprise(show)
    year(show, required=False)
    on_day(show, "--today", _("as it stands on this day instead of today"))
    for name, about in (
        ("file", _("note that a report was handed in")),
        ("notice", _("note the last day that a notice to the enterprise names; it wins")),
    ):
        one = actions.add(name, _note, about)
        enterprise(one)
        year(one)
        one.add_argument("--track", choices=TRACKS, required=True, metavar="T", help=", ".join(TRACKS))
        one.add_argument("--licence", metavar="NUMBER", help=_("of this licence alone"))
        on_day(one, "--on", _("on this day instead of today") if name == "file" else _("the last day that it names"))
        one.add_argument("--undo", action="store_true", help=_("take it back"))
        if name == "file":
            one.add_argument("--receipt", default="", metavar="TEXT", help=_("the system's number of it"))
        else:
            one.add_argument("--name", default="", metavar="TEXT", help=_("how the notice is called"))
    task = actions.add("task", _task, _("name who does a task, let it rest, or say that it was done"))
    enterprise(task)
    year(task)
    task.add_argument("task", metavar="TASK", help=_("the task's code, as `season show --json` names it"))
    task.add_argument("--owner", metavar="WHO", help=_("who does it"))
    on_day(task, "--snooze", _("let it rest until this day"))
    task.add_argument("--reason", default="", metavar="TEXT", help=_("why it rests, or what was done"))
    task.add_argument("--wake", action="store_true", help=_("end its rest"))
    on_day(task, "--done", _("it was done on this day"))
    task.add_argument("--reopen", action="store_true", help=_("it was not done after all"))
    feed = actions.add("feed", _feed, _("make a calendar feed (iCal), list one's own or revoke one"))
    enterprise(feed)
    feed.add_argument("--add", action="store_true", help=_("make one; its secret is told now only"))
    feed.add_argument("--revoke", metavar="FEED", help=_("end this one"))
    for name, act, about in (
        ("roll-over", _roll_over, _("begin a season from the last one: papers that hold, owners of tasks")),
        ("close", _close, _("close a season, with its package, portrait and log; only two people open it again")),
        ("reopen", _reopen, _("ask for a second person to open a closed season again")),
        ("archive", _archive, _("show a closed season as it stood")),
    ):
        one = actions.add(name, act, about)
        enterprise(one)
        year(one)
        if name == "archive":
            parts = _("write this file of it: ") + ", ".join(PARTS)
            one.add_argument("--take", choices=PARTS, metavar="PART", help=parts)
            one.add_argument("--closing", type=int, metavar="N", help=_("an earlier closing, by its number"))
            one.add_argument("--out", type=Path, metavar="FILE", help=_("where to write it; it must not be there yet"))
        if name == "reopen":
            one.add_argument("--reason", required=True, metavar="TEXT", help=_("why it is opened again"))
    told = actions.add("reminders", _reminders, _("show whom what was told, and what became of it; send again"))
    enterprise(told)
    told.add_argument("--again", metavar="N", help=_("send this one once more"))


def _shown(args: argparse.Namespace, actor: Any, today: Any = None) -> Answer:  # noqa: ANN401 -- an actor, a day; both load late
    from nianjian.engines.kernel import clock
    from nianjian.features.season.queries import summarize_season

    told = summarize_season(
        enterprise=args.enterprise, year=args.year, today=today or clock.today(), actor=actor, language=language()
    )
    return Answer(told, partial(terminal.render_season, told))


def _show(args: argparse.Namespace) -> Answer:
    return _shown(args, begin(args), args.today)


def _note(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.features.season import operations

    of = {"enterprise": args.enterprise, "year": args.year, "track": args.track, "licence": args.licence}
    of |= {"day": None if args.undo else args.on or clock.today(), "actor": actor}
    if args.action == "file":
        operations.note_report(receipt=args.receipt, **of)
    else:
        operations.note_notice(notice=args.name, **of)
    return _shown(args, actor)


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
    return _shown(args, actor)


def _feed(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import feeds, operations

    made = operations.create_feed(enterprise=args.enterprise, actor=actor) if args.add else None
    if args.revoke:
        operations.revoke_feed(enterprise=args.enterprise, feed=args.revoke, actor=actor)
    told = {"made": made, "feeds": feeds.list_feeds(enterprise=args.enterprise, actor=actor)}
    return Answer(told, partial(terminal.render_feeds, told))


def _reminders(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inbox import operations

    rows = operations.list_log(enterprise=args.enterprise, actor=actor)
    if args.again:
        operations.retry_sending(enterprise=args.enterprise, dispatch=operations.parse_number(args.again), actor=actor)
    told = {"reminders": [operations.to_document(one, language()) for one in rows[:MOST]]}
    return Answer(told, partial(terminal.render_reminders, told))


def _roll_over(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season.operations import roll_over

    told = roll_over(enterprise=args.enterprise, year=args.year, actor=actor)
    return Answer(told, partial(terminal.render_roll_over, told))


def _close(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing

    told = closing.close_season(enterprise=args.enterprise, year=args.year, actor=actor)
    return Answer(told, partial(terminal.render_archive, told))


def _reopen(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing as archive

    asked = archive.reopen_season(enterprise=args.enterprise, year=args.year, reason=args.reason, actor=actor)
    text = _("Request {approval} waits for a second person: nianjian approve {approval} --as USER")
    told = {"approval": asked.id, "state": asked.state}
    return Answer(told, lambda console: console.print(text.format(approval=asked.id)), NO)


def _archive(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing as archive

    told = archive.get_archive(enterprise=args.enterprise, year=args.year, actor=actor, closing=args.closing)
    if args.take is not None:
        _write(args, actor)
    return Answer(told, partial(terminal.render_archive, told))


def _write(args: argparse.Namespace, actor: Any) -> None:  # noqa: ANN401 -- an actor; it loads late
    from nianjian.engines.kernel.errors import NianjianError
    from nianjian.features.season import closing as files

    if args.out is None or args.out.exists():
        raise NianjianError("season_out_wrong", path=str(args.out or ""))
    made = files.download_file(
        enterprise=args.enterprise, year=args.year, part=args.take, actor=actor, closing=args.closing
    )
    with args.out.open("xb") as file:
        file.writelines(made.content)
