"""What a second person sees before saying yes, at the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.fixtures import Shell


def test_the_list_shows_what_is_asked_for(cli: Shell) -> None:
    when = ("--enterprise", "demo", "--from", "2026-01-01", "--reason", "重点监测")
    asked = cli("rules", "overlay", "portrait.seat_vacancy.limit", "0.24", *when, "--json")
    assert asked.code == 1
    listed = cli("approvals", "list", "--json").json["approvals"]
    found = next(one for one in listed if one["approval"] == asked.json["approval"])
    assert found["state"] == "pending"
    assert found["asked"]["key"] == "portrait.seat_vacancy.limit"
    assert found["asked"]["value"] == "0.24"
    assert found["asked"]["valid_from"] == "2026-01-01"
    assert found["asked"]["reason"] == "重点监测"
    shown = cli("approvals", "list").out.replace("\n", "").replace(" ", "")
    assert "申请内容" in shown
