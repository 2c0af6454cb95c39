"""What the registers know of an enterprise, and a reader of papers that holds them against it."""

from __future__ import annotations

from datetime import date

from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.reading.readers import SheetReading
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.staff import Person
from nianjian.platform.registers.versions import versions_on
from nianjian.platform.rulebook.rulebooks import rulebook


def reader(*, enterprise: str, year: int, day: date, actor: Actor) -> tuple[SheetReading, Rulebook]:
    """The reader for a file that is only looked at, and the rulebook of the enterprise; role_missing."""
    require(actor, enterprise, Act.READ)
    where = accounts.enterprise(enterprise).province or None
    book = rulebook(day=None, province=where, enterprise=enterprise)
    return build_sheet_reading(enterprise, year, book, day), book


def build_sheet_reading(enterprise: str, year: int, book: Rulebook, day: date) -> SheetReading:
    """The reader of an enterprise's papers for a data year, on a day."""
    return SheetReading(book, day, expected(enterprise, year, day))


def expected(enterprise: str, year: int, day: date) -> dict[str, str]:
    """Values that papers should show, under the readers' names; what several licences tell otherwise is left out."""
    rows = list(versions_on(Licence, enterprise, day))
    told = {
        "name": {row.holder for row in rows} - {None} or {accounts.enterprise(enterprise).name},
        "credit_code": {row.credit_code for row in rows},
        "number": {row.number for row in rows},
        "legal_representative": {row.representative for row in rows},
    }
    found = {name: one for name, values in told.items() if (one := _only(values))}
    people = sorted({row.person for row in versions_on(Person, enterprise, day) if row.person and not _left(row, day)})
    return found | {"year": str(year)} | ({"people": "\n".join(people)} if people else {})


def _only(values: set[str | None]) -> str:
    known = {one for one in values if one}
    return known.pop() if len(known) == 1 else ""


def _left(row: Person, day: date) -> bool:
    return row.left_on is not None and row.left_on <= day
