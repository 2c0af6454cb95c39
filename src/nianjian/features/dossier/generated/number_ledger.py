"""码号资源使用台账 (M8): every code number of the register on the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nianjian.engines.paper.texts.dossier.words import ITEMS
from nianjian.engines.paper.words import Words
from nianjian.features.dossier.generated.document import Document, Head, Row, Table, cells, facts, foot, signs
from nianjian.platform.registers.numbers import NUMBERS

ITEM: Final = "number_ledger"
FIELDS: Final = (
    ("root", "total_length", "holder", "purpose", "scope", "certificate", "approval_paper", "valid_since",
     "valid_until", "filing", "filed_on"),
    ("root", "carrier", "opened_on", "access_place", "gateway", "inbound", "outbound", "commitment", "fee", "contact",
     "changed_on"),
)  # fmt: skip
SHARES: Final = ((5, 4, 10, 6, 4, 9, 10, 6, 6, 5, 6), (5, 6, 6, 6, 7, 5, 5, 6, 6, 5, 6))


def document(head: Head, rows: Sequence[Row], _: Words) -> Document:
    """Two tables of the same numbers, for the columns do not fit side by side: the filing, and the use."""
    tables = []
    for title, fields, shares in zip((_("Approval and filing"), _("Access and use")), FIELDS, SHARES, strict=True):
        columns = [NUMBERS.by_field(name) for name in fields]
        body = tuple(cells({**row, "total_length": _length(row)}, columns) for row in rows)
        tables.append(Table(title, tuple(one.header for one in columns), body, shares=shares))
    return Document(ITEM, _(ITEMS[ITEM]), facts(head, _), foot(head, _), tuple(tables), signs=signs(_), wide=True)


def _length(row: Row) -> object:
    """Digits in all; a text, for it is no count."""
    return None if row.get("total_length") is None else str(row["total_length"])
