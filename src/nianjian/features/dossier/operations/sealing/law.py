"""What the rulebook says of electronic seals, for every place that shows or prints a picture of one."""

from __future__ import annotations

from datetime import date
from typing import Final

from nianjian.engines.rules.rule import Rule
from nianjian.engines.rules.rulebook import Rulebook
from nianjian.platform.accounts import query as accounts
from nianjian.platform.rulebook.rulebooks import rulebook

ELECTRONIC: Final = "materials.seal.electronic"


def book(enterprise: str, day: date | None = None) -> Rulebook:
    """The enterprise's rulebook; ``enterprise_unknown``."""
    where = accounts.enterprise(enterprise).province or None
    return rulebook(day=day, province=where, enterprise=enterprise)


def rule(found: Rulebook) -> Rule | None:
    """The definition of an electronic seal; None before there was one."""
    return found.in_force.get(ELECTRONIC)


def citation(found: Rulebook) -> str:
    """Where it stands; "–" before there was one."""
    one = rule(found)
    return "–" if one is None else one.citation
