"""``nianjian dossier list|add|confirm|…|check|sort``: the checklist of a season, and files for it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, number, on_day, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
    """Name the options."""
    listed = actions.add("list", _list, _("the checklist: each item with its state, owner and days"))
    _season(listed)
    on_day(listed, "--on", _("as for a package handed in on this day instead of today"))
    added = actions.add("add", _add, _("check a file and keep it as an item's newest version"))
    added.add_argument("file", type=Path, metavar="FILE", help=_("PDF, JPEG, PNG or TIFF; OFD is kept, not read"))
    _item(added)
    confirmed = actions.add("confirm", _confirm, _("stand for the newest version of an item: a person has looked"))
    _version(confirmed)
    on_day(confirmed, "--effective", _("the day from which the paper holds"))
    on_day(confirmed, "--valid-until", _("the last day on which it holds; as it was read if not given"))
    returned = actions.add("return", _return, _("send the newest version of an item back"))
    _version(returned)
    returned.add_argument("--reason", required=True, metavar="TEXT", help=_("why"))
    free = actions.add("not-applicable", _not_applicable, _("say why the algorithm filing does not apply"))
    _season(free)
    free.add_argument("--reason", required=True, metavar="TEXT", help=_("why; an empty text takes it back"))
    assigned = actions.add("assign", _assign, _("name who brings an item, and until when"))
    _item(assigned)
    assigned.add_argument("--owner", required=True, metavar="WHO", help=_("who does it"))
    on_day(assigned, "--due", _("until when"))
    spoken = actions.add("comment", _comment, _("say something about an item"))
    _item(spoken)
    spoken.add_argument("--text", required=True, metavar="TEXT", help=_("what is said"))
    _season(actions.add("reuse", _reuse, _("take over what was confirmed a year before and is missing now")))


def _season(parser: argparse.ArgumentParser) -> None:
    enterprise(parser, required=False)
    year(parser)


def _item(parser: argparse.ArgumentParser) -> None:
    _season(parser)
    parser.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))


def _version(parser: argparse.ArgumentParser) -> None:
    _item(parser)
    parser.add_argument("--version", type=number, required=True, metavar="N", help=_("the newest version's number"))


def _where(args: argparse.Namespace) -> str:
    from nianjian.features.rectification.operations import default_enterprise

    return default_enterprise(args.enterprise)


def _list(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_checklist

    lines = checklist.list_items(_where(args), args.year, actor, args.on)
    done = checklist.is_complete(lines)
    data = {"year": args.year, "complete": done, "items": [checklist.line_to_document(one) for one in lines]}
    return Answer(data, present_checklist(data), DONE if done else NO)


def _add(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.finding import Verdict
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_check, to_document

    made, checked = checklist.add(enterprise=_where(args), year=args.year, item=args.item, path=args.file, actor=actor)
    answer = {**to_document(checked), "version": made.number}
    return Answer(answer, present_check(answer), NO if checked.verdict is Verdict.NOT_READY else DONE)


def _confirm(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    row = checklist.confirm(
        enterprise=_where(args), year=args.year, item=args.item, number=args.version, actor=actor,
        effective_on=args.effective, valid_until=args.valid_until,
    )  # fmt: skip
    until = None if row.valid_until is None else row.valid_until.isoformat()
    told = {"item": args.item, "version": row.number, "confirmed": True, "valid_until": until}
    return Answer(told, present_sentence(_("{item}: version {version} is confirmed"), told))


def _return(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    row = checklist.send_back(
        enterprise=_where(args), year=args.year, item=args.item, number=args.version, reason=args.reason, actor=actor
    )
    told = {"item": args.item, "version": row.number, "returned": True}
    return Answer(told, present_sentence(_("{item}: version {version} was sent back"), told))


def _not_applicable(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.materials import ALGORITHM
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    checklist.not_applicable(enterprise=_where(args), year=args.year, item=ALGORITHM, reason=args.reason, actor=actor)
    told = {"item": ALGORITHM, "not_applicable": args.reason.strip()}
    return Answer(
        told,
        present_sentence(
            _("{item} does not apply: {not_applicable}") if args.reason.strip() else _("{item} applies"), told
        ),
    )


def _assign(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    checklist.assign(
        enterprise=_where(args), year=args.year, item=args.item, owner=args.owner, due=args.due, actor=actor
    )
    due = None if args.due is None else args.due.isoformat()
    told = {"item": args.item, "owner": args.owner, "due": due}
    return Answer(told, present_sentence(_("{item}: {owner} brings it"), told))


def _comment(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    made = checklist.comment(enterprise=_where(args), year=args.year, item=args.item, text=args.text, actor=actor)
    told = {"item": args.item, "comment": made.pk}
    return Answer(told, present_sentence(_("{item}: comment {comment} is kept"), told))


def _reuse(args: argparse.Namespace) -> Answer:
    actor = begin(args)
    from nianjian.features.dossier.operations import checklist
    from nianjian.features.dossier.terminal import present_sentence

    told = {"year": args.year, "taken": checklist.reuse(enterprise=_where(args), year=args.year, actor=actor)}
    return Answer(told, present_sentence(_("Taken from the year before, to be confirmed again: {taken}"), told))


def configure_check(actions: Actions) -> None:
    """Name the options."""
    checked = actions.add("check", _check, _("check a scan, photo or PDF for an item: pages, seals, fields"))
    checked.add_argument("file", type=Path, metavar="FILE", help=_("PDF, JPEG, PNG or TIFF; OFD is kept, not read"))
    checked.add_argument("--item", required=True, metavar="ITEM", help=_("the item's name, for example audit_report"))

    enterprise(checked, required=False)
    year(checked, required=False)


def _check(args: argparse.Namespace) -> Answer:
    from nianjian.engines.kernel import clock
    from nianjian.engines.rules.rulebook import Rulebook
    from nianjian.features.dossier.check import check
    from nianjian.features.dossier.finding import Verdict
    from nianjian.features.dossier.kinds import get_item
    from nianjian.features.dossier.reading.readers import SheetReading
    from nianjian.features.dossier.terminal import present_check, to_document

    day = clock.today()
    if args.enterprise:  # what the registers know of it is held against the paper
        actor = begin(args)
        from nianjian.features.dossier.operations import checklist

        season = args.year or checklist.due_season(args.enterprise, day)
        reading, book = checklist.build_reader(enterprise=args.enterprise, year=season, day=day, actor=actor)
    else:
        book = Rulebook.on(day)
        reading = SheetReading(book, day)
    checked = check(args.file, get_item(args.item), reading=reading, book=book)
    answer = to_document(checked)
    return Answer(answer, present_check(answer), DONE if checked.verdict is Verdict.READY else NO)


def configure_sort(actions: Actions) -> None:
    """Name the options."""
    asked = actions.add("sort", _sort, _("propose which item each file is; nothing is kept, `dossier add` takes it in"))
    asked.add_argument("paths", type=Path, nargs="+", metavar="DIR|FILE", help=_("files, or folders of them"))


def _sort(args: argparse.Namespace) -> Answer:
    from nianjian.engines.kernel import clock
    from nianjian.engines.kernel.errors import NianjianError
    from nianjian.engines.paper.texts.errors import error_message
    from nianjian.engines.rules.rulebook import Rulebook
    from nianjian.features.dossier.recognition import file_proposal_to_document, propose_for_files

    rows: list[dict[str, Any]] = []
    day = clock.today()
    for path, found in propose_for_files(args.paths, Rulebook.on(day), day):
        if isinstance(found, NianjianError):
            fault = {"code": found.code, "message": error_message(found.code, found.values, _)}
            rows.append(
                {
                    "file": str(path),
                    "item": None,
                    "sure": False,
                    "guesses": [],
                    "pages": 0,
                    "papers": [],
                    "fault": fault,
                }
            )
        else:
            rows.append({"file": str(path), **file_proposal_to_document(found), "fault": None})
    sure = all(one["sure"] for one in rows)

    def show(console: Console) -> None:
        from nianjian.engines.paper.texts.dossier import ITEMS
        from nianjian.engines.paper.words import plain_text
        from nianjian.features.dossier.recognition import format_range
        from nianjian.platform.terminal import table

        def named(item: object) -> str:
            return _(ITEMS[str(item)]) if item else _("not recognised")

        def present_sentence(one: Mapping[str, Any]) -> str:
            parts = [f"{format_range(part['first'], part['last'])} {named(part['item'])}" for part in one["papers"]]
            return _(", ").join(parts) or named(one["item"])

        header = (_("file"), _("item"), _("certainty"))
        body = [
            (
                plain_text(str(one["file"])),
                present_sentence(one),
                _("high") if one["sure"] else _("low"),
            )
            for one in rows
        ]
        table.rows(console, header, body)

    return Answer({"files": rows, "sure": sure}, show, DONE if sure and rows else NO)
