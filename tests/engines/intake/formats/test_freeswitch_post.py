"""What is kept of a posted FreeSWITCH record: an import reads the same from it, and nothing else stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nianjian.engines.intake.formats import freeswitch_json as form
from nianjian.engines.intake.formats.freeswitch_post import connecting_apps, extract_leg_id, parse_leg, parse_moment

RECORDS = Path(__file__).parents[3] / "sources" / "freeswitch_json" / "records.jsonl"
WHOLE = [
    line
    for line in RECORDS.read_text(encoding="utf-8").splitlines()
    if line.endswith("}") and '"times": {}' not in line
]
ONE: dict[str, Any] = json.loads(WHOLE[0])


def cells(text: str) -> dict[str, str | None]:
    return dict(zip(form.COLUMNS, form.parse(text), strict=True))


def changed(**variables: str) -> str:
    return json.dumps({**ONE, "variables": {**ONE["variables"], **variables}})


@pytest.mark.parametrize("text", WHOLE)
def test_an_import_reads_the_same_without_the_name(text: str) -> None:
    kept = parse_leg(text)
    assert cells(kept.line.decode()) == {**cells(text), "caller_id_name": None}
    assert extract_leg_id(kept.line) == kept.uuid == cells(text)["uuid"]
    assert b"\n" not in kept.line
    assert connecting_apps(kept.line.decode()) == connecting_apps(text)


def test_what_nobody_uses_is_left_out() -> None:
    document = {
        **ONE,
        "app_log": {"applications": [{"app_name": "set", "app_data": "secret=1"}, {"app_name": "bridge"}]},
    }
    document["variables"] = {**ONE["variables"], "sip_auth_password": "secret", "wife_of": "secret"}
    document["callflow"][0]["caller_profile"]["caller_id_name"] = "王secret"
    kept = parse_leg(json.dumps(document)).line
    assert b"secret" not in kept
    assert json.loads(kept)["app_log"] == {"applications": [{"app_name": "bridge"}]}


@pytest.mark.parametrize("mark", ["100%", "%41", "a b", "é", '"', "95013%2C1"])
def test_odd_values_come_back(mark: str) -> None:
    text = changed(accountcode=mark)
    assert cells(parse_leg(text).line.decode())["accountcode"] == cells(text)["accountcode"]


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", '"x"', "{", '{"variables":{}}', '{"variables":{"uuid":"u"},"callflow":[]}',
        '{"variables":{"uuid":"u","start_epoch":"soon"}}', '{"variables":{"start_epoch":"1772413260"}}',
        '{"variables":{"uuid":"u","start_epoch":"1772413260","accountcode":"' + 600 * "9" + '"}}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        parse_leg(text)


def test_moments() -> None:
    seconds = 1_772_413_260
    for text in (str(seconds), f"{seconds}000", f"{seconds}000000", "2026-03-02 09:01:00"):
        assert parse_moment(text) == seconds
    assert [
        parse_moment(text) for text in (None, "", "0", "12", "2026-13-02 09:01:00", "9" * 5000, "１７７２４１３２６０")
    ] == [None] * 7
