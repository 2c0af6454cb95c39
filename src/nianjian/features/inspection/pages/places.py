"""Where each row of the guide and each check of readiness is shown or mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

RULES: Final[Mapping[str, str]] = {
    "S1": "inspection-day", "S2": "reconcile", "S3": "reconcile", "S4": "callback", "S5": "inspection-dialling",
    "S6": "inspection-retention", "S7": "inspection-answers", "S8": "complaints", "S9": "screens",
    "S10": "inspection-drill", "M15": "dossier",
}  # fmt: skip
#: Checks that are mended elsewhere than their row is shown; a name's beginning stands for all of its kind.
CHECKS: Final[Mapping[str, str]] = {
    "callback": "callback",
    "predictive": "inspection-dialling",
    "one_click": "inspection-answers",
    "control": "gate",
    "own_numbers": "inspection-answers",
    "number_use": "inspection-answers",
    "number_filing": "reconcile",
    "robot_abilities": "inspection-answers",
    "tickets_in_time": "complaints",
    "screens_seen": "inspection-day",
}


def of_rule(code: str, rule: str) -> str:
    """The page of a row; "" for what belongs to none."""
    return reverse(RULES[rule], kwargs={"code": code}) if rule in RULES else ""


def of_check(code: str, check: str, rule: str) -> str:
    """The page where a check is looked after: its own, else that of its row."""
    return reverse(CHECKS[check], kwargs={"code": code}) if check in CHECKS else of_rule(code, rule)
