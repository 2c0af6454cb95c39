"""Where a task of the plan is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

#: Task -> name of the page's address and what else it names; `YEAR`: the data year.
YEAR: Final = {"year": 0}
PLACES: Final[Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "portrait": ("portrait-newest", {}),
    "stopped_seats": ("registers-list", {"kind": "seats"}),
    "marketing_lines": ("overview-lines", {}),
    "old_tickets": ("complaints", {}),
    "consistency": ("reconcile", {}),
    "filed_base": ("reconcile", {}),
    "items": ("dossier-season", YEAR),
    "package": ("dossier-package", YEAR),
    "drill": ("inspection-drill", {}),
    "rectification": ("rectify", {}),
}
HERE: Final[Mapping[str, str]] = {"entry_test": "#task", "file_licence": "#track", "file_code_number": "#track"}


def place(code: str, year: int, task: str) -> str:
    """The address, or the form on the season's own page; "" where none is known."""
    if task not in PLACES:
        return HERE.get(task, "")
    name, more = PLACES[task]
    return reverse(name, kwargs={"code": code, **({"year": year} if more is YEAR else more)})
