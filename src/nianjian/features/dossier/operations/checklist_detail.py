"""What pages and programs see of the checklist: seasons, an item with its versions and comments, a file as it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from nianjian.engines.kernel.errors import NianjianError
from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.features.dossier.kinds.catalogue import ITEMS, KNOWN
from nianjian.features.dossier.kinds.catalogue import item as known_item
from nianjian.features.dossier.kinds.item import Form
from nianjian.features.dossier.materials import query, service
from nianjian.features.dossier.materials.model import Comment, Version
from nianjian.features.dossier.materials.query import ALGORITHM, Line
from nianjian.features.dossier.materials.service import Place
from nianjian.features.dossier.operations import checklist
from nianjian.platform.accounts import query as accounts
from nianjian.platform.accounts.access import require
from nianjian.platform.accounts.query import Actor
from nianjian.platform.accounts.roles import Act
from nianjian.platform.rulebook.deadlines import calendars, data_year
from nianjian.platform.rulebook.rulebooks import rulebook

Json = dict[str, Any]
DUTY: Final = "law.algorithm.duty"
FURTHER: Final = "further"  # the board of what only some provinces ask for


@dataclass(frozen=True, slots=True)
class ItemRequirement:
    """What the rulebook says of an item. ``beside``: a rule of the law that asks for less, or None."""

    item: str
    rule: Rule
    board: str  # general | special | further
    form: Form
    seals: tuple[str, ...]
    beside: Rule | None


@dataclass(frozen=True, slots=True)
class ItemDetail:
    """An item with all that hangs on it, newest first."""

    line: Line
    versions: list[Version]
    comments: list[Comment]


def season(enterprise: str, today: date) -> int:
    """The data year whose package is due next, by the rulebook's deadlines."""
    tenant = accounts.enterprise(enterprise)
    return data_year(calendars({tenant.code: tenant.province}, today)[tenant.code], today)


def seasons(enterprise: str, chosen: int, today: date) -> list[int]:
    """Data years to choose from, newest first: the one that is due, the one before it, and those with materials."""
    due = season(enterprise, today)
    return sorted({due, due - 1, chosen, *query.years(enterprise)}, reverse=True)


def book(enterprise: str) -> Rulebook:
    """The rulebook that holds for an enterprise today."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=None, province=where, enterprise=enterprise)


def list_requirements(rules: Rulebook) -> dict[str, ItemRequirement]:
    """What is asked of each item, of those that only some provinces ask for too."""
    return {name: _asked(name, rules) for name in KNOWN if KNOWN[name].rule in rules.in_force}


def _asked(name: str, rules: Rulebook) -> ItemRequirement:
    item = KNOWN[name]
    rule = rules.rule(item.rule)
    board = str(rule.value.get("board", "")) if isinstance(rule.value, Mapping) else FURTHER
    beside = rules.in_force.get(DUTY) if name == ALGORITHM else None
    return ItemRequirement(name, rule, board, item.form(rules), item.seals(rules), beside)


def get_item_detail(
    *, enterprise: str, year: int, item: str, actor: Actor, first: int = 0, most: int = query.MOST
) -> ItemDetail:
    """An item as it stands today, with ``most`` versions and comments from the ``first`` on.

    NianjianError role_missing, dossier_item_unknown.
    """
    require(actor, enterprise, Act.READ)
    known_item(item)
    line = next((one for one in checklist.lines(enterprise, year, actor) if one.item == item), None)
    if line is None:  # of another province
        raise NianjianError("dossier_item_unknown", item=item, items=", ".join(ITEMS))
    row = query.material(enterprise, year, item)
    if row is None:
        return ItemDetail(line, [], [])
    return ItemDetail(line, query.versions(row, first, most), query.comments(row, first, most))


def version_to_document(row: Version) -> Json:
    """A version as JSON; the report's findings are codes, their values as the check has masked them."""
    found = query.report(row)
    return {
        "version": row.number,
        "name": row.name or "",
        "media_type": row.media_type,
        "sha256": row.sha256,
        "size": row.size,
        "pages": row.pages,
        "verdict": row.verdict,
        "findings": found.get("findings", []),
        "fields": found.get("fields", {}),
        "effective_on": row.effective_on,
        "valid_until": row.valid_until,
        "reused_from": row.reused_from,
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
        "confirmed_at": row.confirmed_at,
        "confirmed_by": row.confirmed_by,
        "returned_at": row.returned_at,
        "returned_by": row.returned_by,
        "returned_reason": row.returned_reason,
    }


def fetch(*, enterprise: str, year: int, item: str, number: int, actor: Actor) -> tuple[Version, bytes]:
    """A version's file as it came, with an entry in the chain: it may show personal values in full.

    NianjianError role_missing, dossier_version_unknown, blob_missing.
    """
    require(actor, enterprise, Act.REVEAL)
    row = query.version(enterprise, year, item, number)
    content = query.content(row)
    service.given_out(place=Place(enterprise, year, item), version=row, actor=actor)
    return row, content
