"""公司章程: whose, and of which day; whether it is the latest version only a person knows."""

from collections.abc import Mapping, Sequence
from datetime import date

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.text import Facts, PageText, check_page_order, find_dates, fold_name


def read(pages: Sequence[PageText], book: Rulebook, asked_on: date, expected: Mapping[str, str]) -> Facts:
    """The last date of the paper is that of its version. ``expected``: `name` of the enterprise."""
    del book
    facts = Facts(findings=[*check_page_order(pages)])
    text = "".join(page.plain for page in pages)
    if "章程" not in text:
        facts.ask("articles_not_recognised")
    if (name := expected.get("name")) and fold_name(name) not in fold_name(text):
        facts.ask("name_not_found", name=name)
    dated = [(match.day, row) for page in pages for row in page.rows for match in find_dates(row.plain)]
    if not dated:
        facts.ask("field_missing", field="dated")
        return facts
    day, row = dated[-1]
    facts.enter("dated", day.isoformat(), row)
    facts.check_dated(day, row.page, asked_on)
    return facts
