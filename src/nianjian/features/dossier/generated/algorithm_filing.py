"""AI外呼算法备案表 (M13): the form with what the registers know of robot seats; the rest is filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated import seat_table
from nianjian.features.dossier.generated.document import Document, Head, Row, Section, Table, facts, foot, signs

ITEM: Final = "algorithm_filing"
BLANK: Final = "＿＿＿＿＿＿＿＿＿＿＿＿"


def document(head: Head, rows: Sequence[Row], duty: Sequence[str], _: Words) -> Document:
    """``rows``: the seats on the day; ``duty``: what the rulebook says of the duty to file, and where it stands."""
    robots = [row for row in rows if row.get("kind") == "robot"]
    count = seat_table.totals(robots, head.as_of)
    form = (
        (_("Robot seats listed"), str(len(robots))),
        (_("Robot seats filed"), str(count["filed"])),
        (_("Robot seats opened"), str(count["opened"])),
        (_("Name of the algorithm"), BLANK),
        (_("Kind of the algorithm"), BLANK),
        (_("Provider of the algorithm"), BLANK),
        (_("Purpose of the calls"), BLANK),
        (_("State of the filing"), _("☐ filed   ☐ does not apply (reason below)")),
        (_("Filing number"), BLANK),
        (_("Day of the filing"), BLANK),
        (_("Reason why it does not apply"), BLANK),
        (_("Callees are told that a machine speaks"), _("☐ yes   ☐ no")),
        (_("Words at the start of the call"), BLANK),
    )
    return Document(
        item=ITEM,
        title=_(ITEMS[ITEM]),
        facts=facts(head, _),
        foot=foot(head, _),
        sections=(Section(_("Duty to file"), tuple(duty)),) if duty else (),
        tables=(Table(_("Filing form"), (_("Entry"), _("Content")), form, shares=(2, 5)),),
        signs=signs(_, _("Filled in by")),
    )
