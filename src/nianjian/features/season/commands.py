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
    on_day(show, "--today", _("as of this day instead of today"))
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
        else:
            one.add_argument("--name", default="", metavar="TEXT", help=_("name of the notice"))
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
        if name == "reopen":
            one.add_argument("--reason", required=True, metavar="TEXT", help=_("why it is reopened"))
    told = actions.add("reminders", _reminders, _("show who was told what, and the result; send again"))
    enterprise(told)
    told.add_argument("--again", metavar="N", help=_("send this one again"))


def _configure_entry_test(actions: Actions) -> None:
    test = actions.add("entry-test", _entry_test, _("save the result of the entry test with its screenshot (T4)"))
    enterprise(test)
    year(test)
    test.add_argument("--result", choices=("passed", "failed"), required=True, help=_("what became of it"))
    test.add_argument("--picture", type=Path, required=True, metavar="FILE", help=_("the screenshot: png, jpg or pdf"))
    test.add_argument("--note", required=True, metavar="TEXT", help=_("what was tried"))
    on_day(test, "--on", _("on this day instead of today"))


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


def _entry_test(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.engines.kernel import clock
    from nianjian.engines.kernel.files import wrap_read_errors
    from nianjian.features.season.entry_test import record_entry_test

    with wrap_read_errors(args.picture):
        content = args.picture.read_bytes()
    record_entry_test(
        enterprise=args.enterprise, year=args.year, result=args.result, day=args.on or clock.today(), note=args.note,
        name=args.picture.name, content=content, actor=actor,
    )  # fmt: skip
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

    told = closing.close_season(enterprise=args.enterprise, year=args.year, actor=actor, undecided=args.undecided)
    return Answer(told, partial(terminal.render_archive, told))


def _reopen(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.season import closing as archive

    asked = archive.reopen_season(enterprise=args.enterprise, year=args.year, reason=args.reason, actor=actor)
    text = _("Request {approval} is waiting for a second person: nianjian approve {approval} --as USER")
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
