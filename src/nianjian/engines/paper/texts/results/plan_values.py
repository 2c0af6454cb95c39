"""Words inside the values of the rules for the season's plan and for the fill-in sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

PLAN: Final[Mapping[str, str]] = {
    "about": mark("told about"),
    "before": mark("days before"),
    "roles": mark("roles that are told"),
    "escalate": mark("told higher up from days left"),
    "administrator": mark("administrator"),
    "compliance_lead": mark("compliance lead"),
    "data_officer": mark("data officer"),
    "after": mark("after"),
    "closing": mark("Rectified and handed in"),
    "consistency": mark("Reconcile with the number-resource system"),
    "data": mark("Data in order"),
    "drill": mark("drill"),
    "ends": mark("ends after this share of the days"),
    "entry_test": mark("Test the entry: sign in, open the form"),
    "file_code_number": mark("Hand in the code-number report"),
    "file_licence": mark("Hand in the licence report"),
    "filed_base": mark("Check what was filed by the end of the data year"),
    "items": mark("Bring every item of the package"),
    "marketing_lines": mark("Decide on marketing lines"),
    "materials": mark("Materials settled"),
    "module": mark("module"),
    "old_tickets": mark("Bring the closing rate to its limit"),
    "package": mark("Build the package"),
    "rectification": mark("Rectification"),
    "self_check": mark("Self-check"),
    "stopped_seats": mark("Take stopped seats off line"),
    "task": mark("task"),
}
FILL_IN: Final[Mapping[str, str]] = {
    "closing_rate": mark("Closing rate"),
    "component": mark("part of the metric"),
    "count": mark("count"),
    "hand": mark("filled in by hand"),
    "kind": mark("kind"),
    "licences": mark("register of licences"),
    "lines": mark("register of trunk lines"),
    "list": mark("list"),
    "metric": mark("metric"),
    "numbers": mark("register of numbers"),
    "order": mark("place in the sheet"),
    "personal": mark("personal data"),
    "portrait": mark("Portrait"),
    "prefixes": mark("leading digits"),
    "seat_vacancy": mark("Seat vacancy"),
    "social_insurance": mark("social insurance"),
    "source": mark("source"),
    "staff": mark("register of staff"),
}
