"""Which reader reads which item, and the reading that a check plugs in.

A reader is a function of pages alone: the same pages, rulebook, day and expectations give the same facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from nianjian.dossier.kinds.port import Read, Sheet
from nianjian.dossier.reading import (
    articles,
    audit_report,
    business_licence,
    id_card,
    licence,
    ocr,
    shareholders,
    social_insurance,
)
from nianjian.dossier.reading.text.lines import PageText
from nianjian.dossier.reading.text.result import Facts, ask
from nianjian.rules.rulebook import Rulebook

MASK: Final = "*"
CODE_SIGNS: Final = 15

Reader = Callable[[Sequence[PageText], Rulebook, date, Mapping[str, str]], Facts]

READERS: Final[Mapping[str, Reader]] = {
    "articles": articles.read,
    "audit_report": audit_report.read,
    "business_licence": business_licence.read,
    "legal_person_id": id_card.read,
    "licence": licence.read,
    "shareholders": shareholders.read,
    "social_insurance": social_insurance.read,
}


def read(
    item: str, pages: Sequence[PageText], rulebook: Rulebook, asked_on: date, expected: Mapping[str, str]
) -> Facts:
    """The facts of an item's pages. An item without a reader, a page without text: a person looks, nothing passes."""
    if item not in READERS:
        return Facts({}, (ask("item_without_reader", item=item),))
    empty = tuple(ask("page_without_text", page.number) for page in pages if not page.lines)
    if len(empty) == len(pages):
        return Facts({}, empty or (ask("paper_without_pages"),))
    facts = READERS[item](pages, rulebook, asked_on, expected)
    return Facts(facts.fields, (*facts.findings, *empty), facts.evidence, facts.personal)


@dataclass(frozen=True)
class SheetReading:
    """Reads sheets of pixels in the limited process, for one day and with what is known of the enterprise."""

    rulebook: Rulebook
    asked_on: date
    expected: Mapping[str, str] = field(default_factory=dict)

    def read(self, item: str, sheets: Iterable[Sheet]) -> Read:
        """As the port of `dossier.kinds` wants it; the sheets of an item without a reader are not looked at."""
        if item not in READERS:
            return Read({}, (ask("item_without_reader", item=item),))
        pages = list(ocr.sheets((sheet.number, sheet.dpi, sheet.bgr) for sheet in sheets))
        facts = read(item, pages, self.rulebook, self.asked_on, self.expected)
        told = {name: shown(value) if name in facts.personal else value for name, value in facts.fields.items()}
        return Read({name: value for name, value in told.items() if value is not None}, facts.findings)


def shown(value: object) -> object:
    """A personal value as a check may show it: the first sign of a name, of a code the first four and the last two."""
    if isinstance(value, list | tuple):
        return [shown(one) for one in value]
    text = str(value)
    if len(text) < CODE_SIGNS:
        return text[:1] + MASK * (len(text) - 1)
    return text[:4] + MASK * (len(text) - 6) + text[-2:]
