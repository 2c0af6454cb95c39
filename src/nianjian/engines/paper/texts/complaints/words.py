"""What the states, clocks and acts of tickets are called, for every door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nianjian.engines.paper.words import mark

STATES: Final[Mapping[str, str]] = {
    "new": mark("new"),
    "responded": mark("responded to"),
    "called_back": mark("called back"),
    "closed": mark("closed"),
    "reopened": mark("reopened"),
    "excluded": mark("excluded"),
}
HANDS: Final[Mapping[str, str]] = {
    "running": mark("time is running"),
    "warned": mark("little time left"),
    "met": mark("in time"),
    "late": mark("late"),
    "stopped": mark("not counted"),
    "unset": mark("arrival not known"),
}
CLOCKS: Final[Mapping[str, str]] = {"response": mark("first response"), "close": mark("close")}
ACTS: Final[Mapping[str, str]] = {  # as they stand in "it cannot be … now"
    "acknowledge": mark("acknowledged automatically"),
    "respond": mark("responded to"),
    "callback": mark("called back"),
    "close": mark("closed"),
    "reopen": mark("reopened"),
    "exclude": mark("excluded"),
    "readmit": mark("readmitted"),
    "assign": mark("assigned"),
    "attach": mark("given a paper"),
    "add": mark("opened"),
    "import": mark("taken from a list"),
    "edit": mark("edited"),
    "match": mark("matched with a call"),
}
CONFIDENCE: Final[Mapping[str, str]] = {
    "high": mark("sure"),
    "medium": mark("likely"),
    "low": mark("ambiguous"),
    "none": mark("no call found"),
}
LINKS: Final[Mapping[str, str]] = {
    "id": mark("recorded call id"),
    "ten_minutes": mark("within minutes of the time named"),
    "day": mark("on the day named"),
    "before": mark("the last call before the complaint"),
    "": mark("no call found"),
}
PROPOSALS: Final[Mapping[str, str]] = {
    "asserted": mark("written to the ticket"),
    "proposed": mark("waits for a decision"),
    "confirmed": mark("confirmed"),
    "dismissed": mark("dismissed"),
    "none": mark("no call found"),
}
