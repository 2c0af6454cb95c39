"""All items, in the order of the guide's list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.kinds import (
    algorithm_filing,
    articles,
    audit_report,
    business_licence,
    complaint_records,
    legal_person_id,
    licence,
    monthly_traffic,
    number_ledger,
    responsibility_report,
    seat_table,
    shareholders,
    social_insurance,
)
from nianjian.features.dossier.kinds.further import FURTHER
from nianjian.features.dossier.kinds.item import Item

ITEMS: Final[Mapping[str, Item]] = {
    item.name: item
    for item in (
        business_licence.ITEM,
        licence.ITEM,
        articles.ITEM,
        shareholders.ITEM,
        audit_report.ITEM,
        legal_person_id.ITEM,
        social_insurance.ITEM,
        number_ledger.ITEM,
        seat_table.ITEM,
        monthly_traffic.ITEM,
        complaint_records.ITEM,
        responsibility_report.ITEM,
        algorithm_filing.ITEM,
    )
}


KNOWN: Final[Mapping[str, Item]] = {**ITEMS, **FURTHER}
"""With the papers that only some provinces ask for."""


def item(name: str) -> Item:
    """The item; NianjianError dossier_item_unknown."""
    if name not in KNOWN:
        raise NianjianError("dossier_item_unknown", item=name, items=", ".join(KNOWN))
    return KNOWN[name]
