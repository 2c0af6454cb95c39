"""``nianjian dossier check FILE --item ITEM``: what a file is worth for an item of the package."""

from __future__ import annotations

import argparse
from pathlib import Path

from nianjian.platform.terminal.answer import DONE, NO, Answer
from nianjian.platform.terminal.arguments import Actions, enterprise, year
from nianjian.platform.terminal.language import _
from nianjian.platform.terminal.session import begin


def configure(actions: Actions) -> None:
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
    from nianjian.features.dossier.kinds.catalogue import item
    from nianjian.features.dossier.reading.readers import SheetReading
    from nianjian.features.dossier.terminal.check import present_check, to_document

    day = clock.today()
    if args.enterprise:  # what the registers know of it is held against the paper
        actor = begin(args)
        from nianjian.features.dossier.operations import checklist_detail, expected_values

        season = args.year or checklist_detail.season(args.enterprise, day)
        reading, book = expected_values.reader(enterprise=args.enterprise, year=season, day=day, actor=actor)
    else:
        book = Rulebook.on(day)
        reading = SheetReading(book, day)
    checked = check(args.file, item(args.item), reading=reading, book=book)
    answer = to_document(checked)
    return Answer(answer, present_check(answer), DONE if checked.verdict is Verdict.READY else NO)
