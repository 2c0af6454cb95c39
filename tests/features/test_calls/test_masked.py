"""A Call-ID that looks like a telephone number: the own one is shown whole, whatever else holds a number is masked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nianjian.engines.paper.people import mask_call_text
from nianjian.features.test_calls.models import Landing
from nianjian.features.test_calls.queries import landing_to_document

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
OWN = "ab13800138000cdef0123456"


def test_the_own_call_id_is_never_taken_for_a_number() -> None:
    text = f"Call-ID: {OWN}\r\nX-Who: 13800138000\r\nX-Id: {OWN}13912345678\r\nVia: SIP/2.0/UDP 1.1.1.1"
    assert mask_call_text(text) != text, "eleven digits of chance look like a mobile's"
    shown = mask_call_text(text, OWN)
    assert shown.count(OWN) == 2
    assert "X-Who: 13800138000" not in shown
    assert "13912345678" not in shown
    assert "13800138000" not in mask_call_text("Call-ID: 13800138000@gw", OWN)  # another's may hold one


@pytest.mark.parametrize(
    ("call", "left"),
    [
        (OWN, True),
        ("1795561739.4", True),
        ("deadbeef-0001-4000-8000-013800138000", True),
        ("13800138000-5887@127.0.0.1", False),
        ("20261126-13800138000", False),
    ],
)
def test_the_call_of_a_record_shows_no_number(call: str, left: bool) -> None:  # noqa: FBT001
    record = {
        "source": "lake:x",
        "call": call,
        "at": "2026-11-26T20:00:00+08:00",
        "named": [],
        "voicemail": "VoiceMail",
    }
    told = landing_to_document(Landing(id="W1", at=NOON, verdict="filed", records=[record], sources={}, seen=[]))
    (shown,) = told["records"]
    assert (shown["call"] == call) is left
    assert ("13800138000" in shown["call"]) is (left and "13800138000" in call)
    assert shown["voicemail"] == "VoiceMail"
