"""``nianjian inspect``: what stands for the on-site check."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from nianjian.engines.kernel import files
from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.paper.texts.claims import DECLARED
from nianjian.features.inspection import terminal
from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, day, enterprise, number, on_day
from nianjian.platform.terminal.language import _, language
from nianjian.platform.terminal.session import begin

ANSWERS: Final = {"yes": True, "no": False}


def configure(parser: argparse.ArgumentParser) -> None:
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
    told = asdict(declare_facts(enterprise=args.enterprise, actor=actor, **facts))
    return Answer(told, partial(terminal.render_declarations, told))


def _add_day_actions(actions: Actions) -> None:
    shown = actions.add("day", _day, _("the sheet of the inspection day; exit 1 unless everything has passed"))
    enterprise(shown)
    on_day(shown, "--day", _("which day; default: the next one"))
    shown.add_argument("--last", action="store_true", help=_("use the last check instead of checking now"))
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

    told = build_sheet(enterprise=args.enterprise, actor=actor, day=args.day, anew=not args.last)
    return Answer(told, partial(terminal.render_sheet, told), DONE if told["state"] == "passed" else NO)


def _plan(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits
    from nianjian.features.inspection.operations.day import VisitInput

    if args.remove:
        visits.remove_visit(enterprise=args.enterprise, day=args.day, actor=actor)
        return Answer({"day": args.day.isoformat(), "removed": True}, partial(terminal.render_text, _("Removed.")))
    said = {"notice": args.notice, "authority": args.authority, "received_on": args.received, "place": args.place}
    said |= {name: _text(path) for name, path in (("agenda", args.agenda), ("posts", args.posts)) if path is not None}
    known = visits.find_visit_input(enterprise=args.enterprise, day=args.day, actor=actor) or VisitInput(args.day)
    given = replace(known, **{name: value for name, value in said.items() if value is not None})
    told = visits.save_visit(enterprise=args.enterprise, given=given, actor=actor)
    return Answer(told, partial(terminal.render_visit, told))


def _copy(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits

    told = {"enterprise": args.enterprise, "actor": actor, "language": language(), "day": args.day}
    visits.write_bundle(**told, path=args.out, anew=not args.last)
    return Answer({"file": str(args.out)}, partial(terminal.render_text, str(args.out)))


def _text(path: Path) -> str:
    """A file that a person has typed: UTF-8, else as Chinese Windows writes it."""
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030", errors="replace")


Json = Mapping[str, Any]


def _add_check_actions(actions: Actions) -> None:
    for part, render, about in (
        (
            "readiness",
            terminal.render_readiness,
            _("all checks of the on-site check: passed, not passed, not proved"),
        ),
        ("answers", terminal.render_answers, _("what may truthfully be said, and how to make the rest true")),
        ("retention", terminal.render_retention, _("how far each kind of log reaches back without a gap")),
    ):
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


def _check(args: argparse.Namespace, part: str, render: Callable[[Json, Console], None]) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.readiness import PARTS

    more = {"folder": args.recordings} if part == "retention" else {}
    told = PARTS[part](enterprise=args.enterprise, as_of=args.as_of, actor=actor, **more)
    good = {"readiness": told.get("state") == "passed", "retention": told.get("state") == "ok"}
    released = part == "answers" and told["released"] == told["all"]
    return Answer(told, partial(render, told), DONE if released or good.get(part) else NO)


def _dialling(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations.dialling import check_dialling

    told = check_dialling(
        enterprise=args.enterprise, as_of=None, first=getattr(args, "from"), last=args.to, actor=actor
    )
    return Answer(told, partial(terminal.render_dialling, told), DONE if told["verdict"] == "not_found" else NO)


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
        return Answer({"scan": args.remove, "removed": True}, partial(terminal.render_text, _("Removed.")))
    if args.fetch is not None:
        if args.out is None:
            raise _usage(_("say where to write it: --out FILE"))
        from nianjian.features.reconciliation.commands import write_private_file

        _name, _media, content = visits.fetch_scan(number=args.fetch, **of)
        file = write_private_file(args.out, content)
        return Answer({"scan": args.fetch, "file": file}, partial(terminal.render_text, file))
    if args.file is None:
        raise _usage(_("name the scan"))
    told = visits.attach_scan(name=args.file.name, content=files.content(args.file), **of)
    text = _("Scan {scan} is stored: {name}, SHA-256 {sha256}").format(**told)
    return Answer(told, partial(terminal.render_text, text))


def _screens(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.inspection.operations import day as visits

    told = visits.note_screens(enterprise=args.enterprise, seen_on=args.seen_on, stand=not args.missing, actor=actor)
    text = _("Recorded for {seen_on}, signed by {signed}.").format(**told)
    return Answer(told, partial(terminal.render_text, text), DONE if told["stand"] else NO)


def _usage(message: str) -> NianjianError:
    return NianjianError("usage", program="nianjian inspect notice", message=message)
