"""What stands on the live screens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

SCREENS: Final[Mapping[str, str]] = {
    "office": mark("Call centre: back office"),
    "gateway": mark("Code-number gateway: log"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "answered": mark("answered"),
    "busy": mark("busy"),
    "no_answer": mark("not answered"),
    "failed": mark("failed"),
    "switch": mark("answered only by the switch"),
    "undialled": mark("not dialled onwards"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "behind": mark("reading earlier records"),
    "journal_unwritten": mark("its decisions cannot be recorded"),
}
STATES: Final[Mapping[str, str]] = {"fresh": mark("live"), "stale": mark("no data"), "absent": mark("not set up")}
