"""What the fields of a call record are called for people; in Chinese as the generic form heads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from nianjian.engines.paper.words import mark

LABELS: Final[Mapping[str, str]] = {
    "call_id": mark("call record ID"),
    "direction": mark("direction"),
    "caller": mark("calling number"),
    "display": mark("displayed number"),
    "callee": mark("called number"),
    "start": mark("start time"),
    "ring": mark("ringing time"),
    "answer": mark("answer time"),
    "end": mark("end time"),
    "result": mark("result"),
    "agent_id": mark("seat number"),
    "agent_kind": mark("seat kind"),
    "line_id": mark("line ID"),
    "team_id": mark("team"),
    "purpose": mark("purpose"),
}


def field_label(field: str) -> str:
    """A field in the language of the page."""
    return gettext(LABELS[field])
