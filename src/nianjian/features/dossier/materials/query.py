"""Read the checklist."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.features.dossier.finding import Verdict
from nianjian.features.dossier.kinds.catalogue import ITEMS
from nianjian.features.dossier.materials.model import Comment, Material, Version
from nianjian.features.dossier.materials.states import DONE, Facts, State, state
from nianjian.platform.vault import blobs

ALGORITHM: Final = "algorithm_filing"
MOST: Final = 200  # versions or comments that a page shows


@dataclass(frozen=True, slots=True)
class Line:
    """An item of the list with its state on the day that counts.

    ``required`` False: the guide does not ask for it this year. ``not_applicable``: the reason that a person gave.
    """

    item: str
    state: State
    required: bool
    owner: str
    due: date | None
    not_applicable: str
    versions: int
    newest: Version | None


def checklist(enterprise: str, year: int, *, on: date, robots: bool, further: Sequence[str] = ()) -> list[Line]:
    """All items in the order of the guide's list, then the ``further`` ones that are asked for here.

    ``robots``: whether M13 is due (robot seats in the data year).
    """
    materials = {row.item: row for row in Material.objects.filter(enterprise_id=enterprise, year=year)}
    newest: dict[int, Version] = {}
    counts: dict[int, int] = {}
    found = Version.objects.filter(material__in=list(materials.values()))
    for row in found.defer("name", "report").order_by("number"):  # sealed: opened only where they are looked at
        newest[row.material_id] = row
        counts[row.material_id] = counts.get(row.material_id, 0) + 1
    return [_line(item, materials.get(item), newest, counts, on=on, robots=robots) for item in (*ITEMS, *further)]


def _line(
    item: str, row: Material | None, newest: Mapping[int, Version], counts: Mapping[int, int], *, on: date, robots: bool
) -> Line:
    required = robots or item != ALGORITHM  # a duty in law has fewer: so a person may say why it does not apply
    last = None if row is None else newest.get(row.pk)
    reason = "" if row is None else row.not_applicable
    found = state(None if last is None else facts(last), not_applicable=bool(reason) or not required, on=on)
    return Line(
        item=item,
        state=found,
        required=required,
        owner="" if row is None else row.owner,
        due=None if row is None else row.due,
        not_applicable=reason,
        versions=0 if row is None else counts.get(row.pk, 0),
        newest=last,
    )


def facts(row: Version) -> Facts:
    """What of a version decides its item's state."""
    return Facts(
        verdict=Verdict(row.verdict),
        confirmed=row.confirmed_at is not None,
        returned=row.returned_at is not None,
        effective_on=row.effective_on,
        valid_until=row.valid_until,
    )


def material(enterprise: str, year: int, item: str) -> Material | None:
    """The item's row; None: nothing was done about it yet."""
    return Material.objects.filter(enterprise_id=enterprise, year=year, item=item).first()


STANDING: Final = ("verdict", "confirmed_at", "returned_at", "effective_on", "valid_until")


def unready(enterprise: str, year: int, *, on: date, further: Sequence[str] = ()) -> tuple[set[str], bool]:
    """Items that are not ready, all taken as required, and whether anything was done about one; a single query."""
    rows = Material.objects.filter(enterprise_id=enterprise, year=year).order_by("versions__number")
    told = rows.values_list("item", "not_applicable", "versions__number", *(f"versions__{one}" for one in STANDING))
    newest = {row[0]: row for row in told}
    asked = (*ITEMS, *further)
    return {item for item in asked if _raw(newest.get(item), on) not in DONE}, bool(newest)


def _raw(row: tuple[Any, ...] | None, on: date) -> State:
    if row is None:
        return State.MISSING
    _item, reason, number, verdict, confirmed, returned, effective_on, valid_until = row
    last = None
    if number is not None:
        last = Facts(Verdict(verdict), confirmed is not None, returned is not None, effective_on, valid_until)
    return state(last, not_applicable=bool(reason), on=on)


def years(enterprise: str) -> list[int]:
    """Data years of which something was done about an item."""
    found = Material.objects.filter(enterprise_id=enterprise).order_by().values_list("year", flat=True)
    return list(found.distinct())


def versions(row: Material, first: int = 0, most: int = MOST) -> list[Version]:
    """Its files, newest first."""
    return list(row.versions.order_by("-number")[first : first + most])


def comments(row: Material, first: int = 0, most: int = MOST) -> list[Comment]:
    """What was said, newest first."""
    return list(row.comments.order_by("-pk")[first : first + most])


def version(enterprise: str, year: int, item: str, number: int) -> Version:
    """One file of an item; NianjianError dossier_version_unknown."""
    found = Version.objects.filter(
        material__enterprise_id=enterprise, material__year=year, material__item=item, number=number
    ).first()
    if found is None:
        raise NianjianError("dossier_version_unknown", item=item, version=number)
    return found


def report(row: Version) -> dict[str, Any]:
    """What the check of a version found, as it is kept: codes and values."""
    found: dict[str, Any] = json.loads(row.report or "{}")
    return found


def content(row: Version) -> bytes:
    """The plain file; ``blob_missing``, ``sealed_damaged``."""
    return blobs.get(row.blob)
