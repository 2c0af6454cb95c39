"""What the registers know on the day of the portrait's run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.metrics import revive
from nianjian.features.dossier.generated.document import DASH, Head, Row
from nianjian.features.portrait import portraits
from nianjian.platform.accounts import query as accounts
from nianjian.platform.registers.columns import Sheet, mask_text
from nianjian.platform.registers.licences import Licence
from nianjian.platform.registers.numbers import NUMBERS, Number
from nianjian.platform.registers.seats import SEATS, Seat
from nianjian.platform.registers.shared_columns import IDENTITY
from nianjian.platform.registers.versions import Version, versions_on

V = TypeVar("V", bound=Version)


def head(enterprise: str, year: int) -> tuple[Head, Mapping[str, Any]]:
    """Whose paper it is, and the year's newest portrait; ``portrait_missing``."""
    portrait, run = portraits.find_portrait(enterprise, year), portraits.find_newest_run(enterprise, year)
    if portrait is None or run is None:
        raise NianjianError("portrait_missing", enterprise=enterprise, year=year)
    day = revive.frame(portrait).as_of
    licences = list(versions_on(Licence, enterprise, day))
    made = Head(
        enterprise=accounts.enterprise(enterprise).name,
        licence=_all(one.number for one in licences),
        credit_code=_all(one.credit_code for one in licences),
        representative=_all(one.representative for one in licences),
        address=_all(one.address for one in licences),
        year=year,
        as_of=day,
        run=run.id,
        snapshot=str(portrait["snapshot"]["sha256"]),
        rulebook=str(portrait["rulebook"]["version"]),
    )
    return made, portrait


def _all(values: Any) -> str:  # noqa: ANN401 -- texts or None
    return ", ".join(sorted({one for one in values if one})) or DASH


def numbers(enterprise: str, day: date) -> list[Row]:
    """The ledger, the day of the last change beside."""
    rows = versions_on(Number, enterprise, day)
    return [_row(row, NUMBERS, "changed_on") | {"changed_on": row.valid_from} for row in rows]


def seats(enterprise: str, day: date) -> list[Row]:
    """The seats, identity papers masked."""
    found: list[Row] = []
    for row in versions_on(Seat, enterprise, day):
        told = _row(row, SEATS, "changed_on") | {"cancelled_on": row.cancelled_on}
        if row.identity:
            told["identity"] = mask_text(row.identity, IDENTITY.kind)
        found.append(told)
    return found


def _row(row: Version, sheet: Sheet, *but: str) -> dict[str, object]:
    return {one.field: getattr(row, one.field) for one in sheet.columns if one.field not in but}


def tickets(rows: Sequence[Version], sheet: Sheet) -> list[dict[str, object]]:
    """Tickets as they stand, numbers of persons masked."""
    found = []
    for row in rows:
        told = _row(row, sheet)
        for name in ("complainant", "complained"):
            if told[name]:
                told[name] = mask_text(str(told[name]), sheet.by_field(name).kind)
        found.append(told)
    return found
