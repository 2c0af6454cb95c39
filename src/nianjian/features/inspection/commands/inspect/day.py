"""The inspection day: its sheet, what is kept of it, the copy for a network that fails."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from nianjian.features.inspection.terminal import day as picture
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, on_day
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """``day``, ``plan`` and ``copy``."""
    shown = actions.add("day", _day, _("the sheet of the inspection day; exit 1 unless everything has passed"))
    enterprise(shown)
    on_day(shown, "--day", _("which day; the next one if not given"))
    shown.add_argument("--last", action="store_true", help=_("as it was last looked at, instead of looking now"))
    plan = actions.add("plan", _plan, _("keep an inspection day: notice, agenda, who stands where"))
    enterprise(plan)
    plan.add_argument("--day", type=day, required=True, metavar="YYYY-MM-DD", help=_("the day of the check"))
    plan.add_argument("--notice", metavar="TEXT", help=_("name or number of the notice"))
    plan.add_argument("--authority", metavar="TEXT", help=_("who checks"))
    on_day(plan, "--received", _("when the notice came"))
    plan.add_argument("--place", metavar="TEXT", help=_("where the check takes place"))
    plan.add_argument("--agenda", type=Path, metavar="FILE", help=_("lines: 09:30 | what | who"))
    plan.add_argument("--posts", type=Path, metavar="FILE", help=_("lines: place | who | task"))
    plan.add_argument("--remove", action="store_true", help=_("remove it"))
    copy = actions.add("copy", _copy, _("write the copy for a network that fails (ZIP of HTML and PDF)"))
    enterprise(copy)
    on_day(copy, "--day", _("which day; the next one if not given"))
    copy.add_argument("--last", action="store_true", help=_("as it was last looked at, instead of looking now"))
    copy.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("write it there"))


def _day(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day.sheet import sheet

    told = sheet(enterprise=args.enterprise, actor=actor, day=args.day, anew=not args.last)
    return Answer(told, picture.sheet(told), DONE if told["state"] == "passed" else NO)


def _plan(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day import visits
    from nianjian.features.inspection.visits.service import VisitInput

    if args.remove:
        visits.remove(enterprise=args.enterprise, day=args.day, actor=actor)
        return Answer({"day": args.day.isoformat(), "removed": True}, picture.present_text(_("Removed.")))
    said = {"notice": args.notice, "authority": args.authority, "received_on": args.received, "place": args.place}
    said |= {
        name: None if path is None else _text(path) for name, path in (("agenda", args.agenda), ("posts", args.posts))
    }
    held = visits.find_visit_input(enterprise=args.enterprise, day=args.day, actor=actor) or VisitInput(args.day)
    given = replace(held, **{name: value for name, value in said.items() if value is not None})
    told = visits.save(enterprise=args.enterprise, given=given, actor=actor)
    return Answer(told, picture.visit(told))


def _copy(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.day import bundle

    told = {"enterprise": args.enterprise, "actor": actor, "language": language(), "day": args.day}
    bundle.write_bundle(**told, path=args.out, anew=not args.last)
    return Answer({"file": str(args.out)}, picture.present_text(str(args.out)))


def _text(path: Path) -> str:
    """A file that a person has typed: UTF-8, else as Chinese Windows writes it."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")
