"""People from the shell: the first administrator, links, closed accounts, tokens for some acts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.fixtures import Shell


def test_the_first_administrator_gets_a_link_once(cli: Shell) -> None:
    said = cli("init", "--name", "李明", NIANJIAN_URL="https://nj.example.com/")
    assert said.code == 0, said.err
    lines = said.out.strip().splitlines()
    assert lines[0] == "李明 现在是管理员。"
    assert re.fullmatch(r"https://nj\.example\.com/account/first/[\w-]{43}/", lines[-1])
    again = cli("init", "--name", "王芳", "--json")
    assert (again.code, again.json["error"]["code"]) == (2, "administrator_exists")
    result = cli("init", "--name", "王芳", "--again", "--json").json
    assert result["link"].startswith("http://127.0.0.1:8000/account/first/")
    assert [one["name"] for one in cli("user", "list", "--json").json["users"]] == ["李明", "王芳"]


def test_a_user_is_added_with_a_name_and_a_link_closed_and_reopened(cli: Shell) -> None:
    add = ("user", "add", "anna", "--enterprise", "demo", "--role", "auditor", "--display-name", "李敏")
    added = cli(*add, "--link", "--json").json
    assert "token" not in added
    assert "/account/first/" in added["link"]
    assert "李敏" in cli("user", "list").out
    assert cli("user", "display-name", "anna", "王强", "--json").json["changed"]
    assert [one["display_name"] for one in cli("user", "list", "--json").json["users"]] == ["王强"]
    newer = cli("user", "link", "anna", "--json").json["link"]
    assert newer != added["link"]
    assert cli("user", "close", "anna").code == 0
    assert cli("user", "link", "anna", "--json").json["error"]["code"] == "user_closed"
    assert cli("user", "reopen", "anna").code == 0


def test_a_token_does_its_acts_and_no_more(cli: Shell) -> None:
    cli("user", "add", "anna", "--enterprise", "demo", "--role", "compliance_lead")
    add = ("user", "token", "add", "anna", "夜间", "--act", "read", "--days", "30", "--json")
    token = cli(*add).json
    assert (token["acts"], token["name"]) == (["read"], "夜间")
    proved = {"NIANJIAN_TOKEN": token["token"]}
    assert cli("calls", "list", "--enterprise", "demo", "--as", "anna", **proved).code == 0
    undo = cli("calls", "undo", "B1", "--as", "anna", "--json", **proved).json
    assert undo["error"]["code"] in {"batch_unknown", "role_missing"}
    assert cli("user", "token", "revoke", token["id"]).code == 0
    gone = cli("calls", "list", "--enterprise", "demo", "--as", "anna", "--json", **proved)
    assert gone.json["error"]["code"] == "token_refused"


def test_what_is_asked_for_stands_in_the_list_of_requests(cli: Shell) -> None:
    when = ("--enterprise", "demo", "--from", "2026-01-01", "--reason", "重点监测")
    result = cli("rules", "overlay", "portrait.seat_vacancy.limit", "0.24", *when, "--json")
    assert result.code == 1
    (approval,) = cli("approvals", "list", "--json").json["approvals"]
    assert (approval["approval"], approval["state"]) == (result.json["approval"], "pending")
    values = {"key": "portrait.seat_vacancy.limit", "value": "0.24", "valid_from": "2026-01-01", "reason": "重点监测"}
    assert approval["asked"] | values == approval["asked"]
    assert "申请内容" in cli("approvals", "list").out.replace("\n", "").replace(" ", "")


def test_an_outsourcer_needs_a_team_of_the_register(cli: Shell) -> None:
    add = ("user", "add", "out", "--role", "outsourcer", "--json")
    where = ("--enterprise", "demo")
    codes = [cli(*words).json["error"]["code"] for words in (add, (*add, *where), (*add, *where, "--team", "T9"))]
    assert codes == ["outsourcer_everywhere", "team_missing", "team_not_registered"]
    needless = cli("user", "add", "out", "--role", "auditor", *where, "--team", "T9", "--json")
    assert needless.json["error"]["code"] == "team_needless"
