"""Which reader reads which item, and the reading that a check plugs in.

A reader is a function of pages alone: the same pages, rulebook, day and expectations give the same facts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading import (
    articles,
    audit_report,
    business_licence,
    id_card,
    licence,
    ocr,
    shareholders,
    social_insurance,
    strips,
)
from nianjian.features.dossier.reading.text import Facts, PageText, ask_finding, check_page_order
from nianjian.features.dossier.seals.mask import Picture
from nianjian.features.dossier.states import ReadFields, Sheet

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
        return Facts(findings=[ask_finding("item_without_reader", item=item)])
    empty = [ask_finding("page_without_text", page.number) for page in pages if not page.lines]
    if len(empty) == len(pages):
        return Facts(findings=empty or [ask_finding("paper_without_pages")])
    facts = READERS[item](pages, rulebook, asked_on, expected)
    facts.findings += empty
    return facts


@dataclass(frozen=True)
class SheetReading:
    """Reads sheets of pixels in the limited process, for one day and with what is known of the enterprise."""

    rulebook: Rulebook
    asked_on: date
    expected: Mapping[str, str] = field(default_factory=dict)

    def read(self, item: str, sheets: Iterable[Sheet]) -> ReadFields:
        """As the port of `dossier.kinds` wants it; of an item without a reader only the foot of each page."""
        if item not in READERS:
            return ReadFields({}, (ask_finding("item_without_reader", item=item), *strips.check_page_order(sheets)))
        rings: list[bytes] = []
        pages = list(ocr.read_sheets(self._seen(sheets, rings)))
        facts = read(item, pages, self.rulebook, self.asked_on, self.expected)
        fields = {name: mask_value(value) if name in facts.personal else value for name, value in facts.fields.items()}
        existing = {(one.code, one.page) for one in facts.findings}
        more = [one for one in check_page_order(pages) if (one.code, one.page) not in existing]
        if self.expected.get("name"):
            more += strips.check_seal_names(rings, self.expected["name"])
        return ReadFields(
            {name: value for name, value in fields.items() if value is not None}, (*facts.findings, *more)
        )

    def _seen(self, sheets: Iterable[Sheet], rings: list[bytes]) -> Iterator[tuple[int, int, Picture]]:
        """The sheets for the recogniser; on the way the rings of the first page's seals are laid straight."""
        for sheet in sheets:
            if sheet.number == 1 and self.expected.get("name"):
                rings += strips.cut_rings(sheet)
            yield sheet.number, sheet.dpi, sheet.bgr


def mask_value(value: object) -> object:
    """A personal value as a check may show it: the first sign of a name, of a code the first four and the last two."""
    if isinstance(value, list | tuple):
        return [mask_value(one) for one in value]
    text = str(value)
    if len(text) < CODE_SIGNS:
        return text[:1] + MASK * (len(text) - 1)
    return text[:4] + MASK * (len(text) - 6) + text[-2:]
