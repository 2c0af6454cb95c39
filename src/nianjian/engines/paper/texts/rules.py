"""Names of the topics of the rulebook, in the order in which settings show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

SUBJECTS: Final[Mapping[str, str]] = {
    "portrait": mark("Portrait and metrics"),
    "calls": mark("Calls, lines and displayed numbers"),
    "gate": mark("Pre-dial gate"),
    "frequency": mark("Dialling frequency of vendors"),
    "rectification": mark("Rectification and isolation"),
    "inspection": mark("On-site check"),
    "timeline": mark("Deadlines"),
    "season": mark("Plan of the season"),
    "calendar": mark("How deadlines are counted"),
    "materials": mark("Materials"),
    "scans": mark("Check of scans"),
    "fill_in": mark("Fields of the two yearly reports"),
    "reconcile": mark("Reconciliation"),
    "numbers": mark("Code numbers"),
    "personal_data": mark("Personal data and algorithms"),
    "retention": mark("Retention periods"),
    "law": mark("The law beside the guide"),
    "conflicts": mark("Where guide and law disagree"),
}
