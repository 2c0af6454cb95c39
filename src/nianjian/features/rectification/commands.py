"""``nianjian rectify``: a notice in, the channel located and isolated, figures before and since, report, closing."""

import argparse
from pathlib import Path
from typing import Final

from nianjian.platform.terminal.answer import Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin

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
    actor = begin(args)
    from nianjian.features.rectification import terminal

    return terminal.VERBS[args.action](args, actor)


def _configure_case(actions: Actions) -> None:
    opened = actions.add("open", run, _("open a case of a rectification notice"))
    enterprise(opened, required=False)
    opened.add_argument(
        "--received", type=day, required=True, metavar="YYYY-MM-DD", help=_("day of receipt; that day is not counted")
    )
    on_day(opened, "--due", _("the last day stated in the notice; it takes precedence"))
    opened.add_argument("--notice", type=Path, metavar="FILE", help=_("the notice itself: PDF, OFD, docx or image"))
    opened.add_argument("--number", default="", metavar="N", help=_("the notice's own number"))
    opened.add_argument(
        "--cause", action="append", default=[], metavar="TEXT", help=_("a cause stated in the notice; can be repeated")
    )
    enterprise(actions.add("list", run, _("list the cases with their days")), required=False)
    _case(actions.add("show", run, _("show a case: steps, orders, measures, documents, events")))
    task = actions.add("task", run, _("record a measure with its owner, or mark it as carried out"))
    _case(task)
    task.add_argument("--text", metavar="TEXT", help=_("what is to be done"))
    task.add_argument("--owner", metavar="WHO", help=_("who does it"))
    on_day(task, "--due", _("by when"))
    task.add_argument(
        "--every", type=number, metavar="DAYS", help=_("again after this many days, once the case is closed")
    )
    task.add_argument("--done", type=number, metavar="N", help=_("this measure was carried out"))
    on_day(task, "--on", _("on this day instead of today"))
    paper = actions.add("attach", run, _("store a document of the case: the test report, an annex"))
    _case(paper)
    paper.add_argument("file", type=Path, metavar="FILE", help=_("PDF, OFD, docx, xlsx or image"))
    paper.add_argument("--kind", default="test_report", metavar="K", help=_("test_report (default), notice or annex"))
    paper.add_argument("--issuer", default="", metavar="TEXT", help=_("who issued the test report"))
    paper.add_argument("--number", default="", metavar="N", help=_("its number"))
    on_day(paper, "--dated", _("its date"))
    paper.add_argument("--scope", default="", metavar="TEXT", help=_("what was tested"))
    read = actions.add("assessment", run, _("confirm that you have read a test report whose text cannot be read"))
    _case(read)
    read.add_argument("--read", type=number, required=True, metavar="N", help=_("its number in the case"))


def _configure_channel(actions: Actions) -> None:
    located = actions.add("locate", run, _("find the number, line or team that draws the complaints"))
    _place(located)
    on_day(located, "--from", _("first day; default: a year before the last one"))
    on_day(located, "--to", _("last day; default: today"))
    rows = actions.add("tickets", run, _("list the complaints of one group with the calls they may be about"))
    enterprise(rows, required=False)
    rows.add_argument("dimension", choices=DIMENSIONS, metavar="GROUP", help=", ".join(DIMENSIONS))
    rows.add_argument("key", metavar="KEY", help=_("the number, line or team; - for calls that name none"))
    on_day(rows, "--from", _("first day; default: a year before the last one"))
    on_day(rows, "--to", _("last day; default: today"))
    rows.add_argument("--page", type=number, default=1, metavar="N", help=_("page, 50 complaints each"))
    for name, about in (
        ("isolate", _("request to isolate a channel: a low cap per day, white list only")),
        ("lift", _("request to lift the isolation of a channel")),
    ):
        one = actions.add(name, run, about)
        _place(one)
        one.add_argument("--channel", required=True, metavar="C", help=_("the line, displayed number or team"))
        one.add_argument("--by", choices=KEYS, default="line", help=_("what the channel is; a line by default"))
        one.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
        if name == "isolate":
            one.add_argument("--cap", type=number, metavar="N", help=_("attempts per day; default: from the rulebook"))
            end = _("condition for lifting the isolation; default: the case's closing")
            one.add_argument("--end", metavar="TEXT", help=end)
    measured = actions.add("measure", run, _("count the figures before and since the isolation"))
    _case(measured)
    on_day(measured, "--from", _("first day before; default: as many days as since"))
    on_day(measured, "--to", _("last day since; default: today"))


def _configure_end(actions: Actions) -> None:
    _case(actions.add("check", run, _("what is still open before the report is submitted")))
    report = actions.add("report", run, _("write the rectification report"))
    _case(report)
    report.add_argument("--out", type=Path, metavar="FILE", help=_("file to write: .docx or .pdf"))
    submitted = actions.add("submit", run, _("record that report and test report were handed in"))
    _case(submitted)
    on_day(submitted, "--on", _("on this day instead of today"))
    closed = actions.add("close", run, _("close the case after checking that the measures worked"))
    _case(closed)
    closed.add_argument("--check", required=True, metavar="TEXT", help=_("what was checked, and how"))
    watch = actions.add("watch", run, _("the watch list: show, add a licence, remove it"))
    _place(watch)
    watch.add_argument("--licence", metavar="NUMBER", help=_("add this licence to the list"))
    watch.add_argument("--source", default="", metavar="TEXT", help=_("who ordered it"))
    on_day(watch, "--since", _("from this day on instead of today"))
    on_day(watch, "--until", _("remove it from this day on"))
    watch.add_argument(
        "--year", type=number, metavar="Y", help=_("check the portrait of this data year against the internal limits")
    )
    routine = actions.add("routine", run, _("the recurring tasks (SOP), the next one first"))
    enterprise(routine, required=False)
    routine.add_argument("--done", type=number, metavar="N", help=_("this task was done"))
    on_day(routine, "--on", _("on this day instead of today"))


def _case(parser: argparse.ArgumentParser) -> None:
    """``[CASE]`` or ``--case CASE``: the only open one where none is named."""
    _place(parser, _("the case; default: the only open one"))


def _place(parser: argparse.ArgumentParser, about: str = "") -> None:
    """``[CASE]`` or ``--case CASE``, and ``--enterprise``."""
    parser.add_argument("named", nargs="?", metavar="CASE", help=about or _("the case it belongs to"))
    parser.add_argument("--case", metavar="CASE", help=_("the same"))
    enterprise(parser, required=False)
